import { BufferImageSource, Geometry, GlProgram, Shader, UniformGroup, type WebGLRenderer } from 'pixi.js';
import type { Frame, FrameField } from './frame.ts';
import { FIELD_FAR, FIELD_NEAR, FIELD_VERTEX } from './layer-shaders.ts';
import { blending } from './layers.ts';
import { parseColour } from './palette.ts';
import type { Theme } from './theme.ts';

/** Cells larger than this, in CSS pixels, are smoothed with care. */
const NEAR_CELL_PX = 7;
/** What each field is tinted with where there is most of it: green, ochre, blue, rose. */
const TINTS_DARK = [[0.115, 0.285, 0.23], [0.34, 0.21, 0.07], [0.1, 0.2, 0.38], [0.32, 0.12, 0.22]] as const;
const TINTS_LIGHT = [[0.71, 0.81, 0.67], [0.93, 0.82, 0.62], [0.7, 0.82, 0.94], [0.94, 0.76, 0.83]] as const;

/** One field as a relief: the first covers the ground, others add their tint to what is there. */
class Relief {
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
  #state = blending('none');
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

  /** `first`: covers what was there; else it is laid over it, as light on a dark ground and as ink on a pale one. */
  setTint(index: number, first: boolean, theme: Theme): void {
    const tints = theme.light ? TINTS_LIGHT : TINTS_DARK;
    const plain = theme.light ? [1, 1, 1] : [0, 0, 0];
    this.tone.uniforms.uGround.set(first ? parseColour(theme.ground).map((part) => part / 255) : plain);
    this.tone.uniforms.uGrown.set(tints[index % tints.length]!);
    this.#state = blending(first ? 'none' : theme.light ? 'multiply' : 'add');
  }

  update({ columns, rows, amounts }: FrameField): void {
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

/** The fields of a world behind everything: none of them, one, or all over one another. */
export class FieldLayer {
  readonly #view: UniformGroup;
  readonly #reliefs: Relief[] = [];
  #theme: Theme | null = null;
  /** Indexes into `WorldFacts.fields`; null: all that come. */
  #shown: readonly number[] | null = null;

  constructor(view: UniformGroup) {
    this.#view = view;
    this.#relief(0);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#tint();
  }

  show(indexes: readonly number[] | null): void {
    this.#shown = indexes;
    this.#tint();
  }

  update({ fields }: Frame): void {
    for (const field of fields) this.#relief(field.index).update(field);
  }

  /** @param pixels CSS pixels a step. @param width of the space, in steps. */
  prepare(pixels: number, width: number, resolution: number): void {
    for (const relief of this.#reliefs) relief.setCellSize(pixels * width / relief.columns, resolution);
  }

  draw(renderer: WebGLRenderer): void {
    for (const relief of this.#drawn()) relief.draw(renderer);
  }

  #relief(index: number): Relief {
    const known = this.#reliefs[index];
    if (known !== undefined) return known;
    while (this.#reliefs.length <= index) this.#reliefs.push(new Relief(this.#view));
    this.#tint();
    return this.#reliefs[index]!;
  }

  /** The first is drawn even where none is shown: it is the ground. */
  #drawn(): Relief[] {
    const shown = this.#reliefs.filter((_, index) => this.#shown === null || this.#shown.includes(index));
    return shown.length > 0 ? shown : this.#reliefs.slice(0, 1);
  }

  #tint(): void {
    if (this.#theme === null) return;
    const drawn = this.#drawn();
    for (const [index, relief] of this.#reliefs.entries()) {
      relief.setTint(index, relief === drawn[0], this.#theme);
      relief.tone.uniforms.uRelief = this.#shown?.length === 0 ? 0 : 1;
    }
  }
}

function fieldTexture(resource: Uint8Array, width: number, height: number): BufferImageSource {
  return new BufferImageSource({
    resource, width, height, format: 'r8unorm', alphaMode: 'no-premultiply-alpha', scaleMode: 'linear', addressMode: 'repeat',
    autoGarbageCollect: false,
  });
}
