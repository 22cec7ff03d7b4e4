import 'pixi.js/unsafe-eval';
import { Container, RenderContainer, UniformGroup, WebGLRenderer } from 'pixi.js';
import { BehaviorSubject, distinctUntilChanged, type Observable } from 'rxjs';
import { controlCamera } from './camera-controls.ts';
import { Camera } from './camera.ts';
import type { Frame } from './frame.ts';
import { FieldLayer } from './field-layer.ts';
import { OrganismLayer } from './layers.ts';
import { placeInHand } from './marks.ts';
import type { PaletteName } from './palette.ts';
import { RingLayer } from './ring-layer.ts';
import { wantsStillness, type Theme } from './theme.ts';
import type { HueFacts } from '../protocol.ts';

const HUE_KINDS: Record<HueFacts['kind'], number> = { circular: 0, linear: 1, category: 2 };

/** An organism is drawn with its heading and signal where a step is at least this many pixels. */
const DETAIL_FROM_PX = 9;
const DETAIL_FULL_PX = 14;
const MAX_RESOLUTION = 2;

export interface WorldChoices {
  palette: PaletteName;
  /** Indexes into `WorldFacts.fields`; null: all. */
  fields: readonly number[] | null;
  births: boolean;
  deaths: boolean;
  signals: boolean;
}

/** What the colours of the picture mean: a hue by its index, and what the ends of its range stand for. */
export interface ShownHue { readonly hue: number; readonly from: number; readonly to: number; readonly past: boolean }

/** The picture of the world: field, organisms and births, drawn when something changed and not otherwise. */
export class WorldView {
  readonly camera = new Camera();
  readonly #renderer: WebGLRenderer<HTMLCanvasElement>;
  readonly #stage = new Container();
  readonly #view = new UniformGroup({
    uCentre: { value: new Float32Array(2), type: 'vec2<f32>' },
    uSpace: { value: new Float32Array([1, 1]), type: 'vec2<f32>' },
    uView: { value: new Float32Array([1, 1]), type: 'vec2<f32>' },
    uScale: { value: 1, type: 'f32' },
    uMargin: { value: 0, type: 'f32' },
    uPixel: { value: 1, type: 'f32' },
    uLight: { value: 0, type: 'f32' },
  });
  readonly #field = new FieldLayer(this.#view);
  readonly #organisms = new OrganismLayer(this.#view);
  readonly #births = new RingLayer(this.#view, 'births');
  readonly #deaths = new RingLayer(this.#view, 'deaths');
  readonly #shown = new BehaviorSubject<ShownHue>({ hue: 0, from: 0, to: 255, past: false });
  readonly #following = new BehaviorSubject(false);
  readonly #lost = new BehaviorSubject(false);
  #choices: WorldChoices = { palette: 'lichen', fields: null, births: true, deaths: false, signals: true };
  #kinds: readonly HueFacts['kind'][] = [];
  #inHand: { x: number; y: number } | null = null;
  #moved = true;

  private constructor(renderer: WebGLRenderer<HTMLCanvasElement>) {
    this.#renderer = renderer;
    this.#stage.addChild(new RenderContainer(() => this.#drawLayers()));
    this.#packRows();
    const { canvas } = renderer;
    canvas.addEventListener('webglcontextlost', () => this.#lost.next(true));
    canvas.addEventListener('webglcontextrestored', () => {
      this.#packRows();
      this.#moved = true;
      this.#lost.next(false);
    });
  }

  /** What the colours mean now, and again when they mean something else. */
  get shown$(): Observable<ShownHue> {
    return this.#shown.pipe(distinctUntilChanged((a, b) => a.hue === b.hue && a.from === b.from && a.to === b.to && a.past === b.past));
  }

  /** Whether the organism in hand is kept in the middle. */
  get following$(): Observable<boolean> {
    return this.#following.pipe(distinctUntilChanged());
  }

  /** Whether the graphics card has taken the picture away; the browser gives it back when it can. */
  get lost$(): Observable<boolean> {
    return this.#lost.pipe(distinctUntilChanged());
  }

  /** Field rows are as long as they are; WebGL would otherwise expect them padded to four bytes. */
  #packRows(): void {
    const { gl } = this.#renderer;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  /** @throws when the browser has no WebGL 2. */
  static async create(canvas: HTMLCanvasElement, picked: (x: number, y: number, within: number) => void): Promise<WorldView> {
    const renderer = new WebGLRenderer<HTMLCanvasElement>();
    await renderer.init({
      canvas, width: canvas.clientWidth || 1, height: canvas.clientHeight || 1, antialias: false, autoDensity: true, backgroundAlpha: 1,
      resolution: Math.min(devicePixelRatio, MAX_RESOLUTION), powerPreference: 'high-performance', skipExtensionImports: true,
    });
    const view = new WorldView(renderer);
    controlCamera(canvas, view.camera, {
      moved: () => { view.#moved = true; },
      panned: () => view.follow(false),
      picked: (viewX, viewY, reach) => {
        const place = view.camera.placeAt(viewX, viewY);
        picked(place.x, place.y, reach / view.camera.scale);
      },
    });
    return view;
  }

  /** CSS pixels. */
  resize(width: number, height: number): void {
    if (width === 0 || height === 0) return;
    this.#renderer.resize(width, height, Math.min(devicePixelRatio, MAX_RESOLUTION));
    this.camera.resize(width, height);
    this.#moved = true;
  }

  choose(change: Partial<WorldChoices>): void {
    this.#choices = { ...this.#choices, ...change };
    if (change.palette !== undefined) this.#organisms.setPalette(change.palette);
    if (change.births === false) this.#births.clear();
    if (change.deaths === false) this.#deaths.clear();
    if (change.fields !== undefined) this.#field.show(change.fields);
    this.#organisms.look.uniforms.uSignals = this.#choices.signals ? 1 : 0;
    this.#moved = true;
  }

  setTheme(theme: Theme): void {
    this.#view.uniforms.uLight = theme.light ? 1 : 0;
    this.#organisms.setTheme(theme.light);
    this.#field.setTheme(theme);
    this.#moved = true;
  }

  /** How each hue of the world is coloured. */
  setHues(hues: readonly HueFacts[]): void {
    this.#kinds = hues.map(({ kind }) => kind);
  }

  /** Keeps the organism in hand in the middle, from the next frame that shows it on, or no longer. */
  follow(wanted: boolean): void {
    this.#following.next(wanted);
    this.#keepInMiddle();
  }

  get isFollowing(): boolean {
    return this.#following.value;
  }

  #keepInMiddle(): void {
    if (!this.#following.value || this.#inHand === null) return;
    this.camera.centre(this.#inHand.x, this.#inHand.y);
    this.#moved = true;
  }

  /** Takes a frame in: a few assignments, and a mark for some births and deaths. */
  accept(frame: Frame, nowSeconds: number): void {
    this.camera.enter(frame.width, frame.height);
    this.#organisms.update(frame);
    this.#field.update(frame);
    const isStill = wantsStillness();
    if (this.#choices.births) this.#births.add(frame, nowSeconds, isStill);
    if (this.#choices.deaths) this.#deaths.add(frame, nowSeconds, isStill);
    this.#shown.next({ hue: frame.hue, from: frame.hueFrom, to: frame.hueTo, past: frame.past });
    this.#inHand = placeInHand(frame);
    this.#keepInMiddle();
    this.#moved = true;
  }

  /** Brings the uniforms up to date; answers whether a picture should be drawn now. */
  prepare(nowSeconds: number): boolean {
    const fading = [this.#births, this.#deaths].map((layer) => layer.advance(nowSeconds)).includes(true);
    if (!this.#moved && !fading) return false;
    this.#moved = fading;
    const { camera } = this;
    if (camera.width === 0) return false;
    const view = this.#view.uniforms;
    view.uCentre[0] = camera.x / camera.width;
    view.uCentre[1] = camera.y / camera.height;
    view.uSpace[0] = camera.width;
    view.uSpace[1] = camera.height;
    view.uView[0] = camera.viewWidth;
    view.uView[1] = camera.viewHeight;
    view.uScale = camera.scale;
    view.uPixel = 1 / this.#renderer.resolution;
    this.#field.prepare(camera.scale, camera.width, this.#renderer.resolution);

    const look = this.#organisms.look.uniforms;
    const core = Math.max(1.25, camera.scale * 0.38);
    const halo = Math.max(core * 2.1, Math.min(core * 4.6, core + 7));
    look.uCore = core;
    look.uHalo = halo;
    look.uCoreEdge[0] = core / halo;
    look.uCoreEdge[1] = halo / Math.max(1 / this.#renderer.resolution, core * 0.6);
    look.uHueKind = HUE_KINDS[this.#kinds[this.#shown.value.hue] ?? 'circular'];
    look.uDetail = Math.min(1, Math.max(0, (camera.scale - DETAIL_FROM_PX) / (DETAIL_FULL_PX - DETAIL_FROM_PX)));
    view.uMargin = Math.ceil(halo);
    // The more halos lie on one another on average, the fainter each.
    const overlap = this.#organisms.count * Math.PI * (halo / camera.scale) ** 2 / (camera.width * camera.height);
    look.uGain = 0.62 / (1 + overlap * 0.3);
    return true;
  }

  /** Hands the picture to the graphics card. */
  draw(): void {
    if (this.#lost.value) return;
    this.#renderer.render(this.#stage);
  }

  #drawLayers(): void {
    const renderer = this.#renderer;
    const { gl } = renderer;
    this.#field.draw(renderer);
    // A point is drawn when its middle is inside the port, so the port reaches out far enough for those half in view.
    const margin = this.#view.uniforms.uMargin * renderer.resolution;
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    gl.viewport(-margin, -margin, width + 2 * margin, height + 2 * margin);
    this.#organisms.draw(renderer);
    this.#deaths.draw(renderer);
    this.#births.draw(renderer);
    gl.viewport(0, 0, width, height);
  }

  /** The picture as the screen shows it, RGBA bytes row by row from the top; draws it afresh. */
  pixels(): { width: number; height: number; data: Uint8Array } {
    this.draw();
    const { gl } = this.#renderer;
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    const data = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return { width, height, data };
  }
}
