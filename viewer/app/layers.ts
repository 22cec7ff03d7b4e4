import { Buffer, BufferImageSource, BufferUsage, Geometry, GlProgram, Mesh, Shader, UniformGroup } from 'pixi.js';
import type { Frame } from './frame.ts';
import { BIRTH_FRAGMENT, BIRTH_VERTEX, FIELD_FRAGMENT, FIELD_VERTEX, ORGANISM_FRAGMENT, ORGANISM_VERTEX } from './layer-shaders.ts';
import { PALETTE_COLUMNS, PALETTE_ROWS, paletteTexels, type PaletteName } from './palette.ts';

/** Rings shown at once; births beyond that take the place of the oldest rings. */
const MAX_RINGS = 512;
const RING_BYTES = 8;
export const RING_SECONDS = 0.6;

type LayerMesh = Mesh<Geometry, Shader>;

/** The four corners of a square, drawn as a strip; one such square an instance. */
function corners(): { buffer: Buffer; format: 'float32x2' } {
  const data = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
  return { buffer: new Buffer({ data, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST }), format: 'float32x2' };
}

function instanceBuffer(bytes: number): Buffer {
  // The buffer grows with the largest frame and never shrinks: a new size would cost a new allocation on the GPU.
  return new Buffer({ data: new Uint8Array(bytes), usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
}

/** Every organism as one square of one instanced draw, straight from the bytes of a frame. */
export class OrganismLayer {
  readonly mesh: LayerMesh;
  readonly look = new UniformGroup({
    uCore: { value: 1, type: 'f32' },
    uHalo: { value: 4, type: 'f32' },
    uGain: { value: 0.3, type: 'f32' },
    uDetail: { value: 0, type: 'f32' },
    uColourBy: { value: 0, type: 'f32' },
  });
  readonly #instances = instanceBuffer(8);
  readonly #geometry: Geometry;
  readonly #texels = paletteTexels('lichen');
  readonly #palette = new BufferImageSource({
    resource: this.#texels, width: PALETTE_COLUMNS, height: PALETTE_ROWS, format: 'rgba8unorm', alphaMode: 'no-premultiply-alpha',
    scaleMode: 'linear', addressModeU: 'repeat', addressModeV: 'clamp-to-edge', autoGarbageCollect: false,
  });

  constructor(view: UniformGroup) {
    this.#geometry = new Geometry({
      topology: 'triangle-strip',
      instanceCount: 1,
      attributes: {
        aCorner: corners(),
        aPlace: { buffer: this.#instances, format: 'unorm16x2', stride: 8, offset: 0, instance: true },
        aTraits: { buffer: this.#instances, format: 'unorm8x4', stride: 8, offset: 4, instance: true },
      },
    });
    const shader = new Shader({
      glProgram: GlProgram.from({ vertex: ORGANISM_VERTEX, fragment: ORGANISM_FRAGMENT, name: 'organisms' }),
      resources: { view, look: this.look, uPalette: this.#palette },
    });
    this.mesh = new Mesh({ geometry: this.#geometry, shader });
    this.mesh.visible = false;
  }

  update({ organisms, count }: Frame): void {
    this.mesh.visible = count > 0;
    if (count === 0) return;
    this.#instances.data = organisms;
    this.#geometry.instanceCount = count;
  }

  setPalette(name: PaletteName): void {
    paletteTexels(name, this.#texels);
    this.#palette.update();
  }
}

/** Thin rings that open where a child was born and fade. */
export class BirthLayer {
  readonly mesh: LayerMesh;
  readonly time = new UniformGroup({ uNow: { value: -1, type: 'f32' }, uRingLife: { value: RING_SECONDS, type: 'f32' } });
  readonly #bytes = new Uint8Array(MAX_RINGS * RING_BYTES);
  readonly #places = new Uint16Array(this.#bytes.buffer);
  readonly #born = new Float32Array(this.#bytes.buffer);
  readonly #instances = instanceBuffer(0);
  #next = 0;
  #lastBirth = -1;

  constructor(view: UniformGroup) {
    this.#born.fill(-1000);
    this.#instances.data = this.#bytes;
    const shader = new Shader({
      glProgram: GlProgram.from({ vertex: BIRTH_VERTEX, fragment: BIRTH_FRAGMENT, name: 'births' }),
      resources: { view, time: this.time },
    });
    const geometry = new Geometry({
      topology: 'triangle-strip',
      instanceCount: MAX_RINGS,
      attributes: {
        aCorner: corners(),
        aPlace: { buffer: this.#instances, format: 'unorm16x2', stride: RING_BYTES, offset: 0, instance: true },
        aBorn: { buffer: this.#instances, format: 'float32', stride: RING_BYTES, offset: 4, instance: true },
      },
    });
    this.mesh = new Mesh({ geometry, shader });
    this.mesh.visible = false;
  }

  /** @param now seconds on the page's clock. */
  add({ births, birthCount }: Frame, now: number): void {
    if (birthCount === 0) return;
    const shown = Math.min(birthCount, MAX_RINGS);
    for (let ring = 0; ring < shown; ring++) {
      const from = Math.floor(ring * birthCount / shown) * 2;
      const to = this.#next * (RING_BYTES / 2);
      this.#places[to] = births[from] ?? 0;
      this.#places[to + 1] = births[from + 1] ?? 0;
      this.#born[this.#next * 2 + 1] = now;
      this.#next = (this.#next + 1) % MAX_RINGS;
    }
    this.#instances.update();
    this.#lastBirth = now;
  }

  /** Sets the clock; answers whether a ring is still to be seen, so that another picture is worth drawing. */
  advance(now: number): boolean {
    this.time.uniforms.uNow = now;
    this.mesh.visible = now - this.#lastBirth < RING_SECONDS;
    return this.mesh.visible;
  }

  clear(): void {
    this.#lastBirth = -1000;
  }
}

/** The resource as a dim relief behind everything. */
export class FieldLayer {
  readonly mesh: LayerMesh;
  readonly tone = new UniformGroup({
    uFieldSize: { value: new Float32Array([1, 1]), type: 'vec2<f32>' },
    uGround: { value: new Float32Array(3), type: 'vec3<f32>' },
    uGrown: { value: new Float32Array(3), type: 'vec3<f32>' },
    uRelief: { value: 1, type: 'f32' },
  });
  readonly #shader: Shader;
  #source = FieldLayer.#texture(new Uint8Array(1), 1, 1);

  constructor(view: UniformGroup) {
    this.#shader = new Shader({
      glProgram: GlProgram.from({ vertex: FIELD_VERTEX, fragment: FIELD_FRAGMENT, name: 'field' }),
      resources: { view, tone: this.tone, uField: this.#source },
    });
    const geometry = new Geometry({ topology: 'triangle-strip', attributes: { aCorner: corners() } });
    this.mesh = new Mesh({ geometry, shader: this.#shader });
  }

  update({ field, fieldColumns, fieldRows }: Frame): void {
    if (field === null) return;
    if (this.#source.width !== fieldColumns || this.#source.height !== fieldRows) {
      const old = this.#source;
      this.#source = FieldLayer.#texture(field, fieldColumns, fieldRows);
      this.#shader.resources['uField'] = this.#source;
      this.tone.uniforms.uFieldSize[0] = fieldColumns;
      this.tone.uniforms.uFieldSize[1] = fieldRows;
      old.destroy();
      return;
    }
    this.#source.resource = field;
    this.#source.update();
  }

  static #texture(resource: Uint8Array, width: number, height: number): BufferImageSource {
    return new BufferImageSource({
      resource, width, height, format: 'r8unorm', alphaMode: 'no-premultiply-alpha', scaleMode: 'linear', addressMode: 'repeat',
      autoGarbageCollect: false,
    });
  }
}
