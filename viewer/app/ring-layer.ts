import { Geometry, GlProgram, Shader, UniformGroup, type WebGLRenderer } from 'pixi.js';
import type { Frame } from './frame.ts';
import { BIRTH_FRAGMENT, DEATH_FRAGMENT, RING_VERTEX } from './layer-shaders.ts';
import { blending, pointBuffer } from './layers.ts';

/** Marks kept at once; what happens beyond that takes the place of the oldest. */
const MAX_RINGS = 256;
/** Where more happens between two pictures, every so-manieth gets a mark: a mark for each would hide the world. */
const MAX_RINGS_A_FRAME = 6;
const RING_BYTES = 8;
const RING_SECONDS = 0.6;
/** The same for a reader who wants no motion, in pictures of a world at 30 ticks a second. */
const RING_PICTURES = 18;
const LONG_AGO = -1000;

/**
 * Marks that appear where something happened and fade: thin rings that open for births, small crosses for deaths. Where motion is
 * not wanted they keep their size, and grow fainter with each picture of a later tick; in a world that stands still nothing changes.
 */
export class RingLayer {
  readonly #time = new UniformGroup({ uNow: { value: -1, type: 'f32' }, uRingLife: { value: RING_SECONDS, type: 'f32' }, uStill: { value: 0, type: 'f32' } });
  readonly #bytes = new Uint8Array(MAX_RINGS * RING_BYTES);
  readonly #places = new Uint16Array(this.#bytes.buffer);
  readonly #born = new Float32Array(this.#bytes.buffer);
  readonly #points = pointBuffer(this.#bytes);
  readonly #geometry: Geometry;
  readonly #shader: Shader;
  readonly #state = blending('normal');
  readonly #kind: 'births' | 'deaths';
  #next = 0;
  /** When the last mark came: in seconds, or in pictures where motion is not wanted. */
  #last = -Infinity;
  #isStill = false;
  #pictures = 0;
  #tick = -1;
  #isPast = false;

  constructor(view: UniformGroup, kind: 'births' | 'deaths') {
    this.#kind = kind;
    for (let ring = 0; ring < MAX_RINGS; ring++) this.#born[ring * 2 + 1] = LONG_AGO;
    this.#shader = new Shader({
      glProgram: GlProgram.from({ vertex: RING_VERTEX, fragment: kind === 'births' ? BIRTH_FRAGMENT : DEATH_FRAGMENT, name: kind }),
      resources: { view, time: this.#time },
    });
    this.#geometry = new Geometry({
      topology: 'point-list',
      attributes: {
        aPlace: { buffer: this.#points, format: 'unorm16x2', stride: RING_BYTES, offset: 0 },
        aBorn: { buffer: this.#points, format: 'float32', stride: RING_BYTES, offset: 4 },
      },
    });
  }

  /** @param seconds on the page's clock. */
  add(frame: Frame, seconds: number, isStill: boolean): void {
    if (isStill !== this.#isStill) this.#measureIn(isStill);
    if (isStill) this.#turnTo(frame);
    const now = isStill ? this.#pictures : seconds;
    const places = frame[this.#kind];
    const placeCount = places.length / 2;
    if (placeCount === 0) return;
    const shown = Math.min(placeCount, MAX_RINGS_A_FRAME);
    for (let ring = 0; ring < shown; ring++) {
      const from = Math.floor(ring * placeCount / shown) * 2;
      const to = this.#next * (RING_BYTES / 2);
      this.#places[to] = places[from] ?? 0;
      this.#places[to + 1] = places[from + 1] ?? 0;
      this.#born[this.#next * 2 + 1] = now;
      this.#next = (this.#next + 1) % MAX_RINGS;
    }
    this.#points.update();
    this.#last = now;
  }

  /** Sets the clock; answers whether a ring is still to be seen and other than before, so that another picture is worth drawing. */
  advance(seconds: number): boolean {
    this.#time.uniforms.uNow = this.#isStill ? this.#pictures : seconds;
    return !this.#isStill && seconds - this.#last < RING_SECONDS;
  }

  clear(): void {
    this.#last = -Infinity;
    for (let ring = 0; ring < MAX_RINGS; ring++) this.#born[ring * 2 + 1] = LONG_AGO;
    this.#points.update();
  }

  #measureIn(isStill: boolean): void {
    this.#isStill = isStill;
    this.#time.uniforms.uStill = isStill ? 1 : 0;
    this.#time.uniforms.uRingLife = isStill ? RING_PICTURES : RING_SECONDS;
    this.clear();
  }

  /** A picture of the same tick is none of a later one; and what was marked elsewhere in time has not happened there. */
  #turnTo({ tick, past }: Frame): void {
    if (past || this.#isPast || tick < this.#tick) this.clear();
    if (tick !== this.#tick) this.#pictures++;
    this.#isPast = past;
    this.#tick = tick;
  }

  draw({ encoder }: WebGLRenderer): void {
    const { uNow, uRingLife } = this.#time.uniforms;
    if (uNow - this.#last >= uRingLife) return;
    encoder.draw({ geometry: this.#geometry, shader: this.#shader, state: this.#state, size: MAX_RINGS });
  }
}
