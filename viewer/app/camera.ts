/** Greatest magnification, in pixels a step. */
const CLOSEST = 48;

/**
 * Where the reader looks. The space is a torus, so the centre wraps and the picture has no edge; at its widest the view
 * shows at most one period of the space in either direction, hence never the same organism twice.
 */
export class Camera {
  /** Centre of the view, in steps. */
  x = 0;
  y = 0;
  /** CSS pixels a step. */
  scale = 1;
  /** Size of the view, in CSS pixels. */
  viewWidth = 1;
  viewHeight = 1;
  /** Size of the space, in steps; 0 until a world is known. */
  width = 0;
  height = 0;

  /** The scale at which the space just covers the view. */
  get widest(): number {
    return this.width === 0 ? 1 : Math.max(this.viewWidth / this.width, this.viewHeight / this.height);
  }

  resize(viewWidth: number, viewHeight: number): void {
    const wasWidest = this.scale <= this.widest * 1.001;
    this.viewWidth = Math.max(1, viewWidth);
    this.viewHeight = Math.max(1, viewHeight);
    if (wasWidest) this.scale = this.widest;
    this.#settle();
  }

  /** Takes up a space of another size and shows all of it; the same size changes nothing. */
  enter(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.fit();
  }

  fit(): void {
    this.x = this.width / 2;
    this.y = this.height / 2;
    this.scale = this.widest;
  }

  /** Puts a place of the space, in steps, in the middle. */
  centre(x: number, y: number): void {
    this.x = x;
    this.y = y;
    this.#settle();
  }

  /** Moves the picture by CSS pixels. */
  drag(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.#settle();
  }

  /** Magnifies by `factor`, keeping what is at the view's point (CSS pixels) in its place. */
  zoom(factor: number, atX: number, atY: number): void {
    const fromX = (atX - this.viewWidth / 2) / this.scale;
    const fromY = (atY - this.viewHeight / 2) / this.scale;
    const before = this.scale;
    this.scale = Math.min(Math.max(this.scale * factor, this.widest), Math.max(CLOSEST, this.widest));
    const kept = 1 - before / this.scale;
    this.x += fromX * kept;
    this.y += fromY * kept;
    this.#settle();
  }

  /** The place of the space, in steps, under a point of the view. */
  placeAt(viewX: number, viewY: number): { x: number; y: number } {
    return {
      x: wrap(this.x + (viewX - this.viewWidth / 2) / this.scale, this.width),
      y: wrap(this.y + (viewY - this.viewHeight / 2) / this.scale, this.height),
    };
  }

  /** The point of the view, in CSS pixels, where a place of the space is drawn. */
  pointOf(x: number, y: number): { x: number; y: number } {
    return {
      x: this.viewWidth / 2 + nearest(x - this.x, this.width) * this.scale,
      y: this.viewHeight / 2 + nearest(y - this.y, this.height) * this.scale,
    };
  }

  #settle(): void {
    this.scale = Math.max(this.scale, this.widest);
    if (this.width === 0) return;
    this.x = wrap(this.x, this.width);
    this.y = wrap(this.y, this.height);
  }
}

function wrap(value: number, size: number): number {
  return size === 0 ? 0 : value - Math.floor(value / size) * size;
}

function nearest(difference: number, size: number): number {
  return size === 0 ? 0 : difference - Math.round(difference / size) * size;
}
