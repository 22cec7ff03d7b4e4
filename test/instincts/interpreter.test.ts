import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STEP_LIMIT } from '../../agents/instincts/bytecode.ts';
import { compileProgram, longestCode } from '../../agents/instincts/compile.ts';
import { Interpreter, type Code } from '../../agents/instincts/interpret.ts';
import { parseProgram } from '../../agents/instincts/parse.ts';
import { limits, type Program } from '../../agents/instincts/program.ts';
import type { Survey } from '../../core/kernel/genomes.ts';
import { programs, seeded } from './arbitraries.ts';
import { evaluate } from './reference.ts';
import { makeRows, readerOf } from './rows.ts';
import { vocabulary } from './vocabulary.ts';

const registers = vocabulary.registers.length;

function codeOf(words: Int32Array): Code {
  const copy = new Int32Array(words);
  return { words: copy, numbers: new Float32Array(copy.buffer), starts: new Uint32Array([0]), registersPerRow: registers };
}

/** Decides for one organism and says what it read on the way. */
function run(program: Program, readings: readonly number[], memory: readonly number[] = [0, 0, 0], id = 1): Record<string, unknown> {
  let reads = 0;
  const readers = vocabulary.senses.map((_, sense) => readerOf(() => {
    reads++;
    return readings[sense] ?? 0;
  }));
  const rows = makeRows(1, registers, readers);
  rows.memory.set(memory);
  rows.id[0] = id;
  new Interpreter().decide(rows, codeOf(compileProgram(program)));
  return {
    act: rows.act[0], target: rows.target[0], nextSignal: rows.nextSignal[0], fired: rows.fired[0], memory: [...rows.memory], reads,
  };
}

function runText(text: string, readings: readonly number[] = [], memory?: readonly number[]): Record<string, unknown> {
  return run(parseProgram(text, vocabulary), readings, memory);
}

describe('the interpreter', () => {
  const reading = fc.oneof(fc.integer({ min: -5, max: 100 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  const readings = fc.array(reading, { minLength: vocabulary.senses.length, maxLength: vocabulary.senses.length });
  const stored = fc.oneof(fc.integer({ min: -10, max: 100 }), fc.float({ min: -limits.magnitude, max: limits.magnitude, noNaN: true }));
  const memory = fc.tuple(stored, stored, stored);

  it('decides as a plain walk over the program does: act, target, signal, rule, registers, readings', () => {
    fc.assert(fc.property(programs(vocabulary), readings, memory, fc.nat(), (program, senses, registersBefore, id) => {
      const registersAfter = Float32Array.from(registersBefore);
      const expected = evaluate(program, { readings: senses, registers: registersAfter, id, key0: 0x12345678, key1: 0x0abcdef1 });
      expect(run(program, senses, registersBefore, id)).toEqual({ ...expected, memory: [...registersAfter] });
    }), seeded(1500));
  });

  it('[I5] decides for each row on its own', () => {
    const pairs = fc.tuple(programs(vocabulary), programs(vocabulary));
    const situations = fc.array(readings, { minLength: 6, maxLength: 6 });
    fc.assert(fc.property(pairs, situations, (genomes, senses) => {
      const codes = genomes.map(compileProgram);
      const words = Int32Array.from(codes.flatMap((code) => [...code]));
      const starts = Uint32Array.from(codes.map((_, index) => codes.slice(0, index).reduce((sum, code) => sum + code.length, 0)));
      const code: Code = { words, numbers: new Float32Array(words.buffer), starts, registersPerRow: registers };
      const readers = vocabulary.senses.map((_, sense) => readerOf((row) => senses[row]?.[sense] ?? 0));
      const rows = makeRows(6, registers, readers);
      rows.genome.set([0, 1, 0, 1, 0, 1]);
      new Interpreter().decide(rows, code);
      for (let row = 0; row < 6; row++) {
        const memoryAfter = new Float32Array(registers);
        const genome = row % 2 === 0 ? genomes[0] : genomes[1];
        const { reads: _reads, ...expected } = evaluate(genome, {
          readings: senses[row] ?? [], registers: memoryAfter, id: rows.id[row] ?? 0, key0: rows.key0, key1: rows.key1,
        });
        expect({ act: rows.act[row], target: rows.target[row], nextSignal: rows.nextSignal[row], fired: rows.fired[row] })
          .toEqual(expected);
        expect([...rows.memory.subarray(row * registers, (row + 1) * registers)]).toEqual([...memoryAfter]);
      }
    }), seeded(100));
  });

  it('[I5] decides the same when some senses wait for a survey, and only those who ask are served', () => {
    const genomes = fc.array(programs(vocabulary), { minLength: 3, maxLength: 3 });
    const situations = fc.array(readings, { minLength: 40, maxLength: 40 });
    const waits = fc.array(fc.boolean(), { minLength: vocabulary.senses.length, maxLength: vocabulary.senses.length });
    fc.assert(fc.property(genomes, situations, waits, (each, senses, waiting) => {
      const codes = each.map(compileProgram);
      const words = Int32Array.from(codes.flatMap((code) => [...code]));
      const starts = Uint32Array.from(codes.map((_, index) => codes.slice(0, index).reduce((sum, code) => sum + code.length, 0)));
      const code: Code = { words, numbers: new Float32Array(words.buffer), starts, registersPerRow: registers };
      const decided = [false, true].map((surveyed) => {
        const served = new Uint8Array(40);
        const asked = new Uint8Array(40);
        let surveys = 0;
        const survey: Survey = {
          senses: Uint8Array.from(waiting, Number), acts: Uint8Array.from(vocabulary.acts, (_, act) => act % 2), asked,
          serve() {
            surveys++;
            served.set(asked);
          },
        };
        const readers = vocabulary.senses.map((_, sense) => readerOf((row) => {
          if (surveyed && waiting[sense] === true) expect(served[row]).toBe(1);
          return senses[row]?.[sense] ?? 0;
        }));
        const rows = makeRows(40, registers, readers, surveyed ? survey : null);
        for (let row = 0; row < 40; row++) rows.genome[row] = (row * 7) % 3;
        new Interpreter().decide(rows, code);
        expect(surveys).toBe(surveyed ? 1 : 0);
        if (surveyed) for (let row = 0; row < 40; row++) if (rows.act[row]! % 2 === 1) expect(served[row]).toBe(1);
        return [rows.act, rows.target, rows.nextSignal, rows.fired, rows.memory].map((column) => [...column]);
      });
      expect(decided[1]).toEqual(decided[0]);
    }), seeded(200));
  });

  it('asks rules from the top, and stops at the first that holds', () => {
    const text = 'when energy > 5 -> eat\nwhen energy > 3 -> climb grass\notherwise -> rest';
    expect(runText(text, [6])).toMatchObject({ act: 1, fired: 0, reads: 1 });
    expect(runText(text, [4])).toMatchObject({ act: 3, fired: 1, reads: 2 });
    expect(runText(text, [3])).toMatchObject({ act: 0, fired: 2, reads: 2 });
  });

  it('binds "and" tighter than "or"', () => {
    const text = 'when energy > 5 and age > 5 or crowd > 5 -> eat\notherwise -> rest';
    expect(runText(text, [0, 0, 0, 0, 0, 0, 0, 6])).toMatchObject({ act: 1 });
    expect(runText(text, [6, 0])).toMatchObject({ act: 0 });
    expect(runText(text, [6, 6])).toMatchObject({ act: 1, reads: 2 });
  });

  it('is silent unless the rule that fires signals', () => {
    expect(runText('when energy > 5 -> eat, signal blue\notherwise -> rest', [6])).toMatchObject({ nextSignal: 2 });
    expect(runText('when energy > 5 -> eat, signal blue\notherwise -> rest', [1])).toMatchObject({ nextSignal: 0 });
  });

  it('changes registers in order, and lets them saturate', () => {
    expect(runText('otherwise -> rest, set a to 7, set b to memory.a, add -9 to b', [], [1, 2, 3])).toMatchObject({ memory: [7, -2, 3] });
    expect(runText('otherwise -> rest, add 9999 to a, add -9999 to b, set c to energy', [1e300], [1, -1, 0]))
      .toMatchObject({ memory: [9999, -9999, 9999] });
    expect(runText('otherwise -> rest, set a to energy', [NaN])).toMatchObject({ memory: [-9999, 0, 0] });
  });

  it('never takes a chance of 0% and always one of 100%; one of 20% is taken about that often', () => {
    const taken = (percent: number): number => {
      const program = parseProgram(`when chance ${percent}% -> eat\notherwise -> rest`, vocabulary);
      let count = 0;
      for (let id = 0; id < 2000; id++) count += Number(run(program, [], [0, 0, 0], id)['act']);
      return count;
    };
    expect(taken(0)).toBe(0);
    expect(taken(100)).toBe(2000);
    expect(Math.abs(taken(20) - 400)).toBeLessThan(60);
  });

  it('[I5] draws every chance of a decision anew', () => {
    const program = parseProgram('when chance 50% -> eat\nwhen chance 50% -> wander\notherwise -> rest', vocabulary);
    const acts = new Set(Array.from({ length: 50 }, (_, id) => run(program, [], [0, 0, 0], id)['act']));
    expect([...acts].sort()).toEqual([0, 1, 2]);
  });
});

describe('every program halts within the limit of steps', () => {
  it('[I4] the longest program asks no more than STEP_LIMIT, and its code keeps to the longest', () => {
    const term = { kind: 'compare', left: { kind: 'sense', sense: 0 }, above: true, right: { kind: 'number', value: 9 } } as const;
    const full = Array.from({ length: limits.terms }, () => term);
    const effect = { kind: 'set', register: 2, source: { kind: 'sense', sense: 0 } } as const;
    const deed = { act: 9, target: 1, signal: null, effects: Array.from({ length: limits.effects }, () => effect) };
    const rule = { alternatives: Array.from({ length: limits.alternatives }, () => full), deed };
    const program: Program = { prompt: null, rules: Array.from({ length: limits.rules }, () => rule), otherwise: deed };
    const code = compileProgram(program);
    expect(code.length).toBe(longestCode);
    // Every alternative fails at its first term, and then (below) only at its last.
    expect(run(program, [0])).toMatchObject({ act: 9, target: 1, fired: limits.rules, reads: limits.rules * limits.alternatives + 3 });
    let asked = 0;
    const rows = makeRows(1, registers, [readerOf(() => (asked++ % limits.terms === limits.terms - 1 ? 0 : 10))]);
    new Interpreter().decide(rows, codeOf(code));
    expect(rows.fired[0]).toBe(limits.rules);
    expect(asked).toBe(limits.rules * limits.alternatives * limits.terms + limits.effects);
    expect(asked).toBeLessThan(STEP_LIMIT);
  });

  it('[I4] jumps only forward, and ends with a deed', () => {
    fc.assert(fc.property(programs(vocabulary), (program) => {
      const code = compileProgram(program);
      expect(code.length).toBeLessThanOrEqual(longestCode);
      for (let at = 0; at < code.length; at += 2) {
        const word = code[at] ?? 0;
        if (word < 0) at += 2 * ((word >> 28) & 3);
        else {
          expect(word >> 16).toBeGreaterThanOrEqual(0);
          expect(at + 2 + (word >> 16)).toBeLessThan(code.length);
        }
      }
    }), seeded(200));
  });

  it('[I4] stops at the limit even in memory that holds no program', () => {
    let asked = 0;
    const rows = makeRows(1, registers, [readerOf(() => asked++)]);
    new Interpreter().decide(rows, codeOf(new Int32Array(10 * longestCode)));
    expect(asked).toBeLessThanOrEqual(STEP_LIMIT);
    expect(rows.act[0]).toBe(0);
  });
});
