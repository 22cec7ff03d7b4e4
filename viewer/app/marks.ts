import type { Camera } from './camera.ts';
import { byId } from './dom.ts';
import { POINT_BYTES, type Frame } from './frame.ts';

const UNITS = 65536;

/** Where the organism in hand is, in steps: two numbers of the whole frame. */
export function placeInHand({ inHand, count, organisms, width, height }: Frame): { x: number; y: number } | null {
  if (inHand < 0 || inHand >= count) return null;
  const at = inHand * POINT_BYTES;
  const x = (organisms[at] ?? 0) + (organisms[at + 1] ?? 0) * 256;
  const y = (organisms[at + 2] ?? 0) + (organisms[at + 3] ?? 0) * 256;
  return { x: x / UNITS * width, y: y / UNITS * height };
}

/** The ring around the organism in hand, and a line to its card. */
export class Marks {
  readonly #svg = byId('marks', SVGSVGElement);
  readonly #ring = byId('mark-ring', SVGCircleElement);
  readonly #line = byId('mark-line', SVGLineElement);
  readonly #card = byId('card', HTMLElement);
  #place: { x: number; y: number } | null = null;
  /** Where the card lies: to ask in a frame would lay out the whole page in the middle of it. */
  readonly #box = { left: 0, top: 0, right: 0, bottom: 0 };

  constructor() {
    const measure = (): void => {
      const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = this.#card;
      Object.assign(this.#box, { left: offsetLeft, top: offsetTop, right: offsetLeft + offsetWidth, bottom: offsetTop + offsetHeight });
    };
    const sizes = new ResizeObserver(measure);
    sizes.observe(this.#card);
    sizes.observe(byId('stage', HTMLElement));
  }

  accept(frame: Frame): void {
    this.#place = placeInHand(frame);
  }

  draw(camera: Camera): void {
    const place = this.#place;
    this.#svg.toggleAttribute('data-shown', place !== null);
    if (place === null) return;
    const point = camera.pointOf(place.x, place.y);
    this.#ring.setAttribute('cx', point.x.toFixed(1));
    this.#ring.setAttribute('cy', point.y.toFixed(1));
    const radius = Math.max(9, camera.scale * 1.15);
    this.#ring.setAttribute('r', radius.toFixed(1));
    const box = this.#box;
    const fromX = Math.min(Math.max(point.x, box.left), box.right);
    const fromY = Math.min(Math.max(point.y, box.top), box.bottom);
    const far = Math.hypot(point.x - fromX, point.y - fromY);
    const isLineShown = !this.#card.hidden && far > radius + 6;
    this.#line.toggleAttribute('hidden', !isLineShown);
    this.#line.style.display = isLineShown ? '' : 'none';
    if (!isLineShown) return;
    this.#line.setAttribute('x1', fromX.toFixed(1));
    this.#line.setAttribute('y1', fromY.toFixed(1));
    this.#line.setAttribute('x2', (point.x + (fromX - point.x) * radius / far).toFixed(1));
    this.#line.setAttribute('y2', (point.y + (fromY - point.y) * radius / far).toFixed(1));
  }
}
