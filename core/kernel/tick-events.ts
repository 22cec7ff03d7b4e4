/** Who wrote a genome; an immigrant's was written in a life that has ended. The values are part of the record: never renumber. */
export const Operator = { founder: 0, copy: 1, classical: 2, llm: 3, immigrant: 4 } as const;
export const operatorNames = ['founder', 'copy', 'classical', 'llm', 'immigrant'] as const;
export type OperatorName = (typeof operatorNames)[number];

/** The model's operators. */
export const modelOperators = ['llm-mutate', 'llm-crossover', 'llm-invent'] as const;
export type ModelOperator = (typeof modelOperators)[number];

/** What was done to a genome between parents and child: a bit each, because a blind child may be edited several times. Part of the record. */
export const Variation = {
  point: 1, insert: 2, delete: 4, duplicate: 8, swap: 16, crossover: 32, 'llm-mutate': 64, 'llm-crossover': 128, 'llm-invent': 256,
} as const;

/** How a child that was planned for the model came by its genome; `none` for one that was not. */
export const Outcome = { none: 0, ok: 1, repaired: 2, fallback: 3, budget: 4 } as const;

/** Why a life ended. */
export const Cause = { starved: 0, age: 1, killed: 2, removed: 3 } as const;

/** Stands for "no such organism" in columns of ids and for "no genome" in columns of handles. */
export const NOBODY = 0xffffffff;

/** A growable struct of arrays whose first `count` entries are valid; the arrays are used again every tick. */
export interface Slices { count: number }

/** Children conceived in a tick, by rising id. What their parents' lives had come to is as of that moment. */
export interface ConceptionSlices extends Slices {
  child: Uint32Array;
  parent: Uint32Array;
  partner: Uint32Array;
  parentGenome: Uint32Array;
  partnerGenome: Uint32Array;
  /** 1 when the model is to write the genome. */
  byModel: Uint8Array;
  parentAge: Uint32Array;
  parentEnergy: Float32Array;
  parentChildren: Uint16Array;
  partnerAge: Uint32Array;
  partnerEnergy: Float32Array;
  partnerChildren: Uint16Array;
}

/** Organisms born in a tick, by rising id. */
export interface BirthSlices extends Slices {
  id: Uint32Array;
  parent: Uint32Array;
  partner: Uint32Array;
  genome: Uint32Array;
  operator: Uint8Array;
  outcome: Uint8Array;
  /** Bits of `Variation`; 0 for a copy. */
  variation: Uint16Array;
  /** 1 when the genome equals a parent's. */
  same: Uint8Array;
  lineage: Uint32Array;
  tag: Uint8Array;
  x: Float32Array;
  y: Float32Array;
}

/** Thoughts begun in a tick, by rising id of the organism. Genome handles are valid until the batch is over. */
export interface ThoughtSlices extends Slices {
  organism: Uint32Array;
  /** Tick at whose start the thought takes effect. */
  dueAt: Uint32Array;
  genome: Uint32Array;
  age: Uint32Array;
  energy: Float32Array;
  children: Uint16Array;
  /** Rule that instinct followed in this tick. */
  fired: Uint8Array;
  /** What it sensed when it began: one reading a sense of the vocabulary, side by side for each thought. */
  readings: Float32Array;
}

/** Newborns that are to be judged, by rising id. */
export interface JudgingSlices extends Slices {
  organism: Uint32Array;
  dueAt: Uint32Array;
  genome: Uint32Array;
}

/** Lives that ended in a tick, by rising id, with what they came to. Genome handles are valid until the batch is over. */
export interface DeathSlices extends Slices {
  id: Uint32Array;
  cause: Uint8Array;
  bornAt: Uint32Array;
  children: Uint16Array;
  genome: Uint32Array;
  lineage: Uint32Array;
  operator: Uint8Array;
  /** The world's objective and its two measures of the life. */
  objective: Float32Array;
  measure0: Float32Array;
  measure1: Float32Array;
  /** Where it died. */
  x: Float32Array;
  y: Float32Array;
}

function grown<T extends Slices>(slices: T, was: number, capacity: number): void {
  const columns = slices as unknown as Record<string, Uint8Array | Uint16Array | Uint32Array | Float32Array | number>;
  for (const [name, column] of Object.entries(columns)) {
    if (typeof column === 'number') continue;
    const perEntry = column.length / was;
    const bigger = new (column.constructor as new (n: number) => Uint8Array)(capacity * perEntry);
    bigger.set(column as Uint8Array);
    columns[name] = bigger;
  }
}

/** Makes room for one more entry and returns its index; arrays double when they are full. */
export function open(slices: ConceptionSlices | BirthSlices | DeathSlices | ThoughtSlices | JudgingSlices): number {
  const capacity = ('id' in slices ? slices.id : 'child' in slices ? slices.child : slices.organism).length;
  if (slices.count === capacity) grown(slices, capacity, capacity * 2);
  return slices.count++;
}

const START = 256;

export function createConceptions(): ConceptionSlices {
  return {
    count: 0, child: new Uint32Array(START), parent: new Uint32Array(START), partner: new Uint32Array(START),
    parentGenome: new Uint32Array(START), partnerGenome: new Uint32Array(START), byModel: new Uint8Array(START),
    parentAge: new Uint32Array(START), parentEnergy: new Float32Array(START), parentChildren: new Uint16Array(START),
    partnerAge: new Uint32Array(START), partnerEnergy: new Float32Array(START), partnerChildren: new Uint16Array(START),
  };
}

export function createBirths(): BirthSlices {
  return {
    count: 0, id: new Uint32Array(START), parent: new Uint32Array(START), partner: new Uint32Array(START),
    genome: new Uint32Array(START), operator: new Uint8Array(START), outcome: new Uint8Array(START),
    variation: new Uint16Array(START), same: new Uint8Array(START),
    lineage: new Uint32Array(START), tag: new Uint8Array(START), x: new Float32Array(START), y: new Float32Array(START),
  };
}

export function createDeaths(): DeathSlices {
  return {
    count: 0, id: new Uint32Array(START), cause: new Uint8Array(START), bornAt: new Uint32Array(START),
    children: new Uint16Array(START), genome: new Uint32Array(START), lineage: new Uint32Array(START),
    operator: new Uint8Array(START), objective: new Float32Array(START), measure0: new Float32Array(START),
    measure1: new Float32Array(START), x: new Float32Array(START), y: new Float32Array(START),
  };
}

/** Few are expected in a tick. */
const FEW = 16;

export function createThoughts(senses: number): ThoughtSlices {
  return {
    count: 0, organism: new Uint32Array(FEW), dueAt: new Uint32Array(FEW), genome: new Uint32Array(FEW), age: new Uint32Array(FEW),
    energy: new Float32Array(FEW), children: new Uint16Array(FEW), fired: new Uint8Array(FEW), readings: new Float32Array(FEW * senses),
  };
}

export function createJudgings(): JudgingSlices {
  return { count: 0, organism: new Uint32Array(FEW), dueAt: new Uint32Array(FEW), genome: new Uint32Array(FEW) };
}
