import { Buffer, BufferImageSource, BufferUsage, Geometry, GlProgram, Shader, State, UniformGroup, type WebGLRenderer } from 'pixi.js';
import type { Frame } from './frame.ts';
import { BIRTH_FRAGMENT, BIRTH_VERTEX, FIELD_FAR, FIELD_NEAR, FIELD_VERTEX, ORGANISM_FAR, ORGANISM_NEAR, ORGANISM_VERTEX } from './layer-shaders.ts';
import { PALETTE_COLUMNS, PALETTE_ROWS, paletteTexels, type PaletteName } from './palette.ts';

/** Rings kept at once; births beyond that take the place of the oldest. */
const MAX_RINGS = 256;
/** Where more are born between two pictures, every so-manieth gets a ring: a ring for each would hide the world. */
const MAX_RINGS_A_FRAME = 6;
const RING_BYTES = 8;
const RING_SECONDS = 0.6;
/** Cells larger than this, in CSS pixels, are smoothed with care. */
const NEAR_CELL_PX = 7;

/** Bytes of points on the graphics card. Grows with the largest frame and never shrinks. */
function pointBuffer(data: Uint8Array<ArrayBuffer>): Buffer {
  return new Buffer({ data, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
}

function blending(mode: 'add' | 'normal' | 'none'): State {
  const state = State.for2d();
  state.blendMode = mode;
  return state;
}

/** Every organism as one point of one draw call, straight from the bytes of a frame. */
export class OrganismLayer {
  readonly look = new UniformGroup({
    uCore: { value: 1, type: 'f32' },
    uHalo: { value: 4, type: 'f32' },
    uGain: { value: 0.3, type: 'f32' },
    uDetail: { value: 0, type: 'f32' },
    uCoreEdge: { value: new Float32Array(2), type: 'vec2<f32>' },
    uColourBy: { value: 0, type: 'f32' },
  });
  readonly #points = pointBuffer(new Uint8Array(8));
  readonly #geometry: Geometry;
  readonly #far: Shader;
  readonly #near: Shader;
  readonly #texels = paletteTexels('lichen');
  readonly #palette = new BufferImageSource({
    resource: this.#texels, width: PALETTE_COLUMNS, height: PALETTE_ROWS, format: 'rgba8unorm', alphaMode: 'no-premultiply-alpha',
    scaleMode: 'linear', addressModeU: 'repeat', addressModeV: 'clamp-to-edge', autoGarbageCollect: false,
  });
  #state = blending('add');
  #count = 0;

  constructor(view: UniformGroup) {
    this.#geometry = new Geometry({
      topology: 'point-list',
      attributes: {
        aPlace: { buffer: this.#points, format: 'unorm16x2', stride: 8, offset: 0 },
        aTraits: { buffer: this.#points, format: 'unorm8x4', stride: 8, offset: 4 },
      },
    });
    const shader = (fragment: string, name: string): Shader => new Shader({
      glProgram: GlProgram.from({ vertex: ORGANISM_VERTEX, fragment, name }),
      resources: { view, look: this.look, uPalette: this.#palette },
    });
    this.#far = shader(ORGANISM_FAR, 'organisms-far');
    this.#near = shader(ORGANISM_NEAR, 'organisms-near');
  }

  get count(): number {
    return this.#count;
  }

  update({ organisms, count }: Frame): void {
    this.#count = count;
    if (count > 0) this.#points.data = organisms;
  }

  /** Light adds up on a dark ground; on a pale one it would vanish, so there organisms cover instead. */
  setTheme(light: boolean): void {
    this.#state = blending(light ? 'normal' : 'add');
  }

  setPalette(name: PaletteName): void {
    paletteTexels(name, this.#texels);
    this.#palette.update();
  }

  draw({ encoder }: WebGLRenderer): void {
    if (this.#count === 0) return;
    const shader = this.look.uniforms.uDetail > 0 ? this.#near : this.#far;
    encoder.draw({ geometry: this.#geometry, shader, state: this.#state, size: this.#count });
  }
}

/** Thin rings that open where a child was born and fade. */
export class BirthLayer {
  readonly #time = new UniformGroup({ uNow: { value: -1, type: 'f32' }, uRingLife: { value: RING_SECONDS, type: 'f32' } });
  readonly #bytes = new Uint8Array(MAX_RINGS * RING_BYTES);
  readonly #places = new Uint16Array(this.#bytes.buffer);
  readonly #born = new Float32Array(this.#bytes.buffer);
  readonly #points = pointBuffer(this.#bytes);
  readonly #geometry: Geometry;
  readonly #shader: Shader;
  readonly #state = blending('normal');
  #next = 0;
  #lastBirth = -Infinity;

  constructor(view: UniformGroup) {
    for (let ring = 0; ring < MAX_RINGS; ring++) this.#born[ring * 2 + 1] = -1000;
    this.#shader = new Shader({
      glProgram: GlProgram.from({ vertex: BIRTH_VERTEX, fragment: BIRTH_FRAGMENT, name: 'births' }),
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
  add({ births, birthCount }: Frame, now: number): void {
    if (birthCount === 0) return;
    const shown = Math.min(birthCount, MAX_RINGS_A_FRAME);
    for (let ring = 0; ring < shown; ring++) {
      const from = Math.floor(ring * birthCount / shown) * 2;
      const to = this.#next * (RING_BYTES / 2);
      this.#places[to] = births[from] ?? 0;
      this.#places[to + 1] = births[from + 1] ?? 0;
      this.#born[this.#next * 2 + 1] = now;
      this.#next = (this.#next + 1) % MAX_RINGS;
    }
    this.#points.update();
    this.#lastBirth = now;
  }

  /** Sets the clock; answers whether a ring is still to be seen, so that another picture is worth drawing. */
  advance(now: number): boolean {
    this.#time.uniforms.uNow = now;
    return now - this.#lastBirth < RING_SECONDS;
  }

  clear(): void {
    this.#lastBirth = -Infinity;
  }

  draw({ encoder }: WebGLRenderer): void {
    if (this.#time.uniforms.uNow - this.#lastBirth >= RING_SECONDS) return;
    encoder.draw({ geometry: this.#geometry, shader: this.#shader, state: this.#state, size: MAX_RINGS });
  }
}

/** The resource as a dim relief behind everything. */
export class FieldLayer {
  readonly tone = new UniformGroup({
    uFieldSize: { value: new Float32Array([1, 1]), type: 'vec2<f32>' },
    uGround: { value: new Float32Array(3), type: 'vec3<f32>' },
    uGrown: { value: new Float32Array(3), type: 'vec3<f32>' },
    uRelief: { value: 1, type: 'f32' },
    uPixelsPerCell: { value: 1, type: 'f32' },
  });
  readonly #geometry = new Geometry({
    topology: 'triangle-strip',
    attributes: { aCorner: { buffer: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), format: 'float32x2' } },
  });
  readonly #state = blending('none');
  readonly #far: Shader;
  readonly #near: Shader;
  #source = fieldTexture(new Uint8Array(1), 1, 1);
  #isNear = false;

  constructor(view: UniformGroup) {
    const shader = (fragment: string, name: string): Shader => new Shader({
      glProgram: GlProgram.from({ vertex: FIELD_VERTEX, fragment, name }),
      resources: { view, tone: this.tone, uField: this.#source },
    });
    this.#far = shader(FIELD_FAR, 'field-far');
    this.#near = shader(FIELD_NEAR, 'field-near');
  }

  /** Columns of the field, 1 until there is one. */
  get columns(): number {
    return this.#source.width;
  }

  update({ fields }: Frame): void {
    const field = fields[0];
    if (field === undefined) return;
    const { columns, rows, amounts } = field;
    if (this.#source.width === columns && this.#source.height === rows) {
      this.#source.resource = amounts;
      this.#source.update();
      return;
    }
    const old = this.#source;
    this.#source = fieldTexture(amounts, columns, rows);
    for (const shader of [this.#far, this.#near]) shader.resources['uField'] = this.#source;
    this.tone.uniforms.uFieldSize[0] = columns;
    this.tone.uniforms.uFieldSize[1] = rows;
    old.destroy();
  }

  /** @param pixels CSS pixels a cell. */
  setCellSize(pixels: number, resolution: number): void {
    this.tone.uniforms.uPixelsPerCell = pixels * resolution;
    this.#isNear = pixels > NEAR_CELL_PX;
  }

  draw({ encoder }: WebGLRenderer): void {
    encoder.draw({ geometry: this.#geometry, shader: this.#isNear ? this.#near : this.#far, state: this.#state, size: 4 });
  }
}

function fieldTexture(resource: Uint8Array, width: number, height: number): BufferImageSource {
  return new BufferImageSource({
    resource, width, height, format: 'r8unorm', alphaMode: 'no-premultiply-alpha', scaleMode: 'linear', addressMode: 'repeat',
    autoGarbageCollect: false,
  });
}
