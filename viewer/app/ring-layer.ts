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

/** Marks that appear where something happened and fade: thin rings that open for births, small crosses for deaths. */
export class RingLayer {
  readonly #time = new UniformGroup({ uNow: { value: -1, type: 'f32' }, uRingLife: { value: RING_SECONDS, type: 'f32' } });
  readonly #bytes = new Uint8Array(MAX_RINGS * RING_BYTES);
  readonly #places = new Uint16Array(this.#bytes.buffer);
  readonly #born = new Float32Array(this.#bytes.buffer);
  readonly #points = pointBuffer(this.#bytes);
  readonly #geometry: Geometry;
  readonly #shader: Shader;
  readonly #state = blending('normal');
  readonly #kind: 'births' | 'deaths';
  #next = 0;
  #last = -Infinity;

  constructor(view: UniformGroup, kind: 'births' | 'deaths') {
    this.#kind = kind;
    for (let ring = 0; ring < MAX_RINGS; ring++) this.#born[ring * 2 + 1] = -1000;
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

  /** @param now seconds on the page's clock. */
  add(frame: Frame, now: number): void {
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

  /** Sets the clock; answers whether a ring is still to be seen, so that another picture is worth drawing. */
  advance(now: number): boolean {
    this.#time.uniforms.uNow = now;
    return now - this.#last < RING_SECONDS;
  }

  clear(): void {
    this.#last = -Infinity;
  }

  draw({ encoder }: WebGLRenderer): void {
    if (this.#time.uniforms.uNow - this.#last >= RING_SECONDS) return;
    encoder.draw({ geometry: this.#geometry, shader: this.#shader, state: this.#state, size: MAX_RINGS });
  }
}
