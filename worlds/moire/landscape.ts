/**
 * The landscape that two lattices make of each other, one turned over the other: what grows where is a function of how the
 * layers lie on each other there, and the pattern of that is the moiré, whose period the twist decides.
 *
 * The torus has a seam. Two lattices at any angle do not close on a torus, so the registry is counted from the rotor's centre along the
 * shortest way, and there is a fault where two ways are equally short: along the column and the row opposite the centre
 * (`seam`). Everywhere else the landscape is exactly that of the plane. Where a still surround lies site on site (δ = 0, untwisted), nothing is cut;
 * a rotor has its rim for a fault instead.
 */
import { lattices, type Lattice, type LatticeKind } from './lattice.ts';
import { ONE_ROUND, Stacking } from './stacking.ts';
import { foldTwist, moirePeriod, registryMap, type RegistryMap } from './twist.ts';

export interface LandscapeOptions {
  readonly lattice: LatticeKind;
  /** Lattice constant a of the lower layer in steps, at least two cells: at 30° the period is not twice as long. */
  readonly constant: number;
  /** δ: the upper layer's lattice constant is (1 + δ)a. From −0.2 to 0.2. */
  readonly mismatch: number;
  /** How readily the layers relax, 0 (rigid) to 1: the adhesion of a lattice cell in units of the elastic constant. Walls are about a/√relaxation wide. */
  readonly relaxation: number;
  /** Width and height of the torus in steps, and the side of a cell. */
  readonly width: number;
  readonly height: number;
  readonly grain: number;
  /** Place about which the upper layer turns; there it lies site on site. */
  readonly centre: readonly [number, number];
  /** Steps from the centre within which it turns; Infinity where all of it does. */
  readonly radius: number;
  /** Twist of the rest in thousandths of a degree, which stays. */
  readonly stillTwist: number;
}

/** A square of cells on the torus; it may lie across the edges. */
export interface CellSquare { readonly col: number; readonly row: number; readonly side: number }

/** One of the two parts that are twisted alike. */
interface Part { map: RegistryMap; readonly stacking: Stacking; twist: number }

export class Landscape {
  readonly cols: number;
  readonly rows: number;
  /** The fault: between this column (row) and the one before it. */
  readonly seam: { readonly col: number; readonly row: number };
  private readonly options: LandscapeOptions;
  private readonly lattice: Lattice;
  private readonly rotor: Part;
  private readonly surround: Part;
  /** From the centre to the middle of the cell behind the seam, in steps. */
  private readonly east: number;
  private readonly south: number;

  /** Throws an error with one sentence where the options make no landscape. */
  constructor(options: LandscapeOptions) {
    const { width, height, grain, centre } = options;
    checkOptions(options);
    this.options = options;
    this.lattice = lattices[options.lattice];
    this.cols = Math.round(width / grain);
    this.rows = Math.round(height / grain);
    const col = Math.ceil((centre[0] - width / 2) / grain - 0.5);
    const row = Math.ceil((centre[1] - height / 2) / grain - 0.5);
    this.east = (col + 0.5) * grain - centre[0];
    this.south = (row + 0.5) * grain - centre[1];
    this.seam = { col: ((col % this.cols) + this.cols) % this.cols, row: ((row % this.rows) + this.rows) % this.rows };
    this.rotor = this.part(0);
    this.surround = options.radius === Infinity ? this.rotor : this.part(options.stillTwist);
  }

  /** Twist of the rotor in thousandths of a degree. */
  get twist(): number {
    return this.rotor.twist;
  }

  /** Period of the moiré on the rotor in steps, by the formula. */
  get period(): number {
    return this.periodAt(this.rotor.twist);
  }

  /** The largest square of cells around the rotor's centre that no fault runs through: where a probe measures. */
  get interior(): CellSquare {
    const { radius, grain } = this.options;
    // two cells less, because cells do not lie evenly about the centre
    const across = radius === Infinity ? Infinity : Math.max(0, Math.floor((radius * Math.sqrt(2)) / grain) - 2);
    const side = Math.min(across, this.cols, this.rows);
    const inset = (cells: number): number => Math.floor((cells - side) / 2);
    return { side, col: (this.seam.col + inset(this.cols)) % this.cols, row: (this.seam.row + inset(this.rows)) % this.rows };
  }

  /** Turns the rotor to an angle, in whole thousandths of a degree. What becomes of it depends on the angle alone. */
  turnTo(twist: number): void {
    if (!Number.isSafeInteger(twist)) throw new Error(`The twist is ${twist}, but must be a whole number of thousandths of a degree.`);
    if (twist !== this.rotor.twist) this.set(this.rotor, twist);
  }

  /** Writes what each cell can bear of the two resources, in 255ths of the most: row-major, `cols` × `rows`. */
  paint(first: Uint8Array, second: Uint8Array): void {
    const { cols, rows } = this;
    const { grain, radius } = this.options;
    if (first.length !== cols * rows || second.length !== cols * rows) {
      throw new Error(`The landscape has ${cols} × ${rows} cells, but is to be painted on ${first.length} and ${second.length}.`);
    }
    for (let down = 0; down < rows; down++) {
      const y = this.south + down * grain;
      const half = Math.sqrt(Math.max(0, radius * radius - y * y));
      let enter = 0;
      let leave = cols;
      if (radius !== Infinity) {
        enter = Math.min(cols, Math.max(0, Math.ceil((-half - this.east) / grain)));
        leave = half === 0 ? enter : Math.max(enter, Math.min(cols, Math.floor((half - this.east) / grain) + 1));
      }
      this.paintRun(this.surround, down, 0, enter, first, second);
      this.paintRun(this.rotor, down, enter, leave, first, second);
      this.paintRun(this.surround, down, leave, cols, first, second);
    }
  }

  /**
   * The patch that a place belongs to: 0 on AA and on walls, else a number that is the patch's own, whose two lowest bits say
   * which resource grows there, 1 or 2. A patch keeps its number while the turning carries it along, up to the seam or the rim.
   */
  patchAt(x: number, y: number): number {
    const { width, height, radius, centre } = this.options;
    let dx = x - centre[0];
    let dy = y - centre[1];
    if (dx < -width / 2) dx += width; else if (dx >= width / 2) dx -= width;
    if (dy < -height / 2) dy += height; else if (dy >= height / 2) dy -= height;
    const still = dx * dx + dy * dy > radius * radius;
    const { map, stacking } = still ? this.surround : this.rotor;
    const u = map.uPerX * dx + map.uPerY * dy;
    const v = map.vPerX * dx + map.vPerY * dy;
    const domain = stacking.domainOf(parts(u), parts(v));
    if (domain === 0) return 0;
    const corner = this.lattice.corners[domain - 1];
    const m = Math.floor(u - corner[0]) & 0x3fff;
    const n = Math.floor(v - corner[1]) & 0x3fff;
    return (m << 17) | (n << 3) | (still ? 4 : 0) | domain;
  }

  private part(twist: number): Part {
    const part: Part = { stacking: new Stacking(this.options.lattice), twist, map: { uPerX: 0, uPerY: 0, vPerX: 0, vPerY: 0 } };
    this.set(part, twist);
    return part;
  }

  private set(part: Part, twist: number): void {
    const { relaxation, constant } = this.options;
    part.twist = twist;
    part.map = registryMap(this.lattice, this.options, twist);
    const cellsAcross = this.periodAt(twist) / constant;
    if (relaxation > 0) part.stacking.relaxTo(relaxation * cellsAcross * cellsAcross);
  }

  private periodAt(twist: number): number {
    return moirePeriod(this.options, Math.abs(foldTwist(this.lattice, twist)));
  }

  /** Paints the cells `from` up to `to` behind the seam, in the row that lies `down` rows behind it. */
  private paintRun({ map, stacking }: Part, down: number, from: number, to: number, first: Uint8Array, second: Uint8Array): void {
    const { cols, east, seam } = this;
    const { grain } = this.options;
    const y = this.south + down * grain;
    const u = parts(map.uPerX * east + map.uPerY * y);
    const v = parts(map.vPerX * east + map.vPerY * y);
    const du = parts(map.uPerX * grain);
    const dv = parts(map.vPerX * grain);
    const start = ((seam.row + down) % this.rows) * cols;
    // the row is written from the seam to the edge of the arrays, and on from their other edge
    const edge = Math.min(to, Math.max(from, cols - seam.col));
    const write = (begin: number, end: number, at: number): void =>
      stacking.write((u + Math.imul(du, begin)) | 0, (v + Math.imul(dv, begin)) | 0, du, dv, end - begin, first, second, at);
    if (edge > from) write(from, edge, start + seam.col + from);
    if (to > edge) write(edge, to, start + seam.col + edge - cols);
  }
}

/** A number of rounds as 2^-32 parts of one, modulo 1. */
function parts(rounds: number): number {
  return Math.round((rounds - Math.floor(rounds)) * ONE_ROUND) | 0;
}

function checkOptions({ constant, mismatch, relaxation, width, height, grain, centre, radius, stillTwist }: LandscapeOptions): void {
  const refuse = (what: string, value: number, wanted: string): never => {
    throw new Error(`The ${what} of a moiré landscape is ${value}, but must be ${wanted}.`);
  };
  if (!(grain > 0)) refuse('grain', grain, 'above 0');
  if (!Number.isInteger(width / grain) || width <= 0) refuse('width', width, `a whole number of cells of ${grain} steps`);
  if (!Number.isInteger(height / grain) || height <= 0) refuse('height', height, `a whole number of cells of ${grain} steps`);
  if (!(constant >= 2 * grain && constant < Infinity)) refuse('lattice constant', constant, `at least two cells, ${2 * grain} steps`);
  if (!(mismatch >= -0.2 && mismatch <= 0.2)) refuse('mismatch', mismatch, 'from -0.2 to 0.2');
  if (!(relaxation >= 0 && relaxation <= 1)) refuse('relaxation', relaxation, 'from 0 to 1');
  if (!(centre[0] >= 0 && centre[0] < width)) refuse('centre, eastwards,', centre[0], `on the torus, from 0 to below ${width}`);
  if (!(centre[1] >= 0 && centre[1] < height)) refuse('centre, southwards,', centre[1], `on the torus, from 0 to below ${height}`);
  if (!(radius >= 0)) refuse('radius', radius, 'at least 0 steps, or Infinity for a rotor without a rim');
  if (!Number.isSafeInteger(stillTwist)) refuse('still twist', stillTwist, 'a whole number of thousandths of a degree');
}
