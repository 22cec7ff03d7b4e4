import { fromEvent } from 'rxjs';
import type { Camera } from './camera.ts';

const CLICK_SLOP_PX = 4;
/** Small lights that move are hard to hit. */
const CLICK_REACH_PX = 28;
const KEY_STEP_PX = 60;
const KEY_ZOOM = 1.25;
const WHEEL_LINE_PX = 16;

export interface CameraHandlers {
  moved(): void;
  /** The reader has moved the picture, and not only nearer or farther. */
  panned(): void;
  /** A click that was no drag, or a key, in CSS pixels of the view; what lies farther off than `reach` was not meant. */
  picked(viewX: number, viewY: number, reach: number): void;
}

/** Pan by drag or arrow keys, zoom by wheel or pinch to the pointer, double click to see everything. */
export function controlCamera(canvas: HTMLCanvasElement, camera: Camera, handlers: CameraHandlers): void {
  const held = new Map<number, { x: number; y: number }>();
  let travelled = 0;

  fromEvent<PointerEvent>(canvas, 'pointerdown').subscribe((event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (held.size === 0) travelled = 0;
    held.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  });

  fromEvent<PointerEvent>(canvas, 'pointermove').subscribe((event) => {
    const from = held.get(event.pointerId);
    if (from === undefined) return;
    const to = { x: event.offsetX, y: event.offsetY };
    travelled += Math.abs(to.x - from.x) + Math.abs(to.y - from.y);
    if (travelled <= CLICK_SLOP_PX && held.size === 1) return;
    if (held.size === 2) {
      const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
      if (other !== undefined) {
        const before = Math.hypot(from.x - other.x, from.y - other.y);
        const after = Math.hypot(to.x - other.x, to.y - other.y);
        if (before > 0) camera.zoom(after / before, (to.x + other.x) / 2, (to.y + other.y) / 2);
      }
    }
    camera.drag((to.x - from.x) / held.size, (to.y - from.y) / held.size);
    held.set(event.pointerId, to);
    canvas.classList.add('dragging');
    handlers.panned();
    handlers.moved();
  });

  fromEvent<PointerEvent>(canvas, 'pointerup').subscribe((event) => {
    if (held.delete(event.pointerId) && held.size === 0 && travelled <= CLICK_SLOP_PX) handlers.picked(event.offsetX, event.offsetY, CLICK_REACH_PX);
    if (held.size === 0) canvas.classList.remove('dragging');
  });
  fromEvent<PointerEvent>(canvas, 'pointercancel').subscribe((event) => {
    held.delete(event.pointerId);
    canvas.classList.remove('dragging');
  });

  fromEvent<WheelEvent>(canvas, 'wheel', { passive: false }).subscribe((event) => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * WHEEL_LINE_PX : event.deltaY;
    camera.zoom(2 ** (-Math.max(-240, Math.min(240, pixels)) / 240), event.offsetX, event.offsetY);
    handlers.moved();
  });

  fromEvent(canvas, 'dblclick').subscribe(() => {
    camera.fit();
    handlers.panned();
    handlers.moved();
  });

  fromEvent<KeyboardEvent>(canvas, 'keydown').subscribe((event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [middleX, middleY] = [camera.viewWidth / 2, camera.viewHeight / 2];
    const pan = (dx: number, dy: number): void => {
      camera.drag(dx * KEY_STEP_PX, dy * KEY_STEP_PX);
      handlers.panned();
    };
    switch (event.key) {
      case 'ArrowLeft': pan(1, 0); break;
      case 'ArrowRight': pan(-1, 0); break;
      case 'ArrowUp': pan(0, 1); break;
      case 'ArrowDown': pan(0, -1); break;
      case '+': case '=': camera.zoom(KEY_ZOOM, middleX, middleY); break;
      case '-': camera.zoom(1 / KEY_ZOOM, middleX, middleY); break;
      case '0':
        camera.fit();
        handlers.panned();
        break;
      case 'Enter': handlers.picked(middleX, middleY, Infinity); break;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
    handlers.moved();
  });
}
