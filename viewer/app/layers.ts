import { Buffer, BufferImageSource, BufferUsage, Geometry, GlProgram, Shader, State, UniformGroup, type WebGLRenderer } from 'pixi.js';
import type { Frame } from './frame.ts';
import { ORGANISM_FAR, ORGANISM_NEAR, ORGANISM_VERTEX } from './layer-shaders.ts';
import { PALETTE_COLUMNS, PALETTE_ROWS, paletteTexels, type PaletteName } from './palette.ts';

/** Bytes of points on the graphics card. Grows with the largest frame and never shrinks. */
export function pointBuffer(data: Uint8Array<ArrayBuffer>): Buffer {
  return new Buffer({ data, usage: BufferUsage.VERTEX | BufferUsage.COPY_DST, shrinkToFit: false });
}

export function blending(mode: 'add' | 'normal' | 'multiply' | 'none'): State {
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
    uHueKind: { value: 0, type: 'f32' },
    uHasLit: { value: 0, type: 'f32' },
    uSignals: { value: 1, type: 'f32' },
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

  update({ organisms, count, hasLit }: Frame): void {
    this.#count = count;
    this.look.uniforms.uHasLit = hasLit ? 1 : 0;
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
