import type { Packable } from '../../core/kernel/packed.ts';
import type { Saveable } from '../../core/kernel/saveable.ts';
import { THOUSANDTHS, thousandthsOf } from './twist.ts';

/** The turning rate is a whole number of these in a degree, so that a hundred turns by a tenth make ten by one, to the bit. */
const MILLIONTHS = 1_000_000;
/** Every lattice lies on itself again after half a turn. */
const HALF_TURN = 180 * MILLIONTHS;

/**
 * The angle between the layers. It is set by the twist, whenever that is given another value, and goes on from there by the turning
 * of each tick. The landscape follows it in whole thousandths of a degree.
 */
export class Rotor implements Saveable {
  /** In millionths of a degree, 0 to below half a turn. */
  private angle: number;
  /** The last twist that was asked for, in thousandths. */
  private asked: number;

  /** `twist` in degrees. */
  constructor(twist: number) {
    this.asked = thousandthsOf(twist);
    this.angle = this.asked * (MILLIONTHS / THOUSANDTHS);
  }

  /** In whole thousandths of a degree, rounded down. */
  get thousandths(): number {
    return Math.floor(this.angle / (MILLIONTHS / THOUSANDTHS));
  }

  /** A tick: `twist` in degrees, `turning` in degrees a tick. A twist that is new counts at once, and turns from the next tick on. */
  turn(twist: number, turning: number): void {
    const asked = thousandthsOf(twist);
    if (asked !== this.asked) {
      this.asked = asked;
      this.angle = asked * (MILLIONTHS / THOUSANDTHS);
      return;
    }
    const turned = (this.angle + Math.round(turning * MILLIONTHS)) % HALF_TURN;
    this.angle = turned < 0 ? turned + HALF_TURN : turned;
  }

  save(): Packable {
    return { angle: this.angle, asked: this.asked };
  }

  load(saved: unknown): void {
    const { angle, asked } = saved as { angle: number; asked: number };
    this.angle = angle;
    this.asked = asked;
  }
}
