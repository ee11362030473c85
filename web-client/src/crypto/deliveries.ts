import type { Delivery } from "../protocol";

/** Deliveries held back at most; what comes beyond is asked for again. */
const MOST_HELD = 10_000;

/**
 * The order of what the server delivers. The server numbers deliveries from 1; each is handed on
 * once and in order, whatever the order in which they come and however often.
 *
 * The first number of a device that comes late is that of its welcome, and only the end of catching
 * up tells that nothing lies before it. So everything that comes while catching up is held until
 * then, and a gap in what comes live is a reason to catch up again.
 */
export class Deliveries {
  private readonly held = new Map<number, Delivery>();
  private done: number;
  private holding = true;

  /** @param last number of the last delivery that was handed on, 0 before the first */
  constructor(last: number) {
    this.done = last;
  }

  /** Number of the last delivery that was handed on. */
  get last(): number {
    return this.done;
  }

  /** Something lies between what was handed on and what is held: it must be asked for. */
  get gap(): boolean {
    return !this.holding && this.held.size > 0;
  }

  /** Whether what comes is held until the end of catching up. */
  get catchingUp(): boolean {
    return this.holding;
  }

  /** What can be handed on now that `delivery` came. */
  take(delivery: Delivery): Delivery[] {
    if (!isNumber(delivery.seq) || delivery.seq <= this.done) return [];
    if (this.held.size < MOST_HELD) this.held.set(delivery.seq, delivery);
    return this.holding ? [] : this.next();
  }

  /** From now on everything is held: the server was asked for all that is missing. */
  catchUp(): void {
    this.holding = true;
  }

  /** Everything that is held, in order: the server has nothing between. */
  caughtUp(): Delivery[] {
    this.holding = false;
    const rest = [...this.held.values()].sort((a, b) => a.seq - b.seq);
    this.held.clear();
    const last = rest.at(-1);
    if (last) this.done = last.seq;
    return rest;
  }

  private next(): Delivery[] {
    const ready: Delivery[] = [];
    for (;;) {
      const delivery = this.held.get(this.done + 1);
      if (!delivery) return ready;
      this.held.delete(delivery.seq);
      this.done = delivery.seq;
      ready.push(delivery);
    }
  }
}

function isNumber(seq: unknown): boolean {
  return typeof seq === "number" && Number.isSafeInteger(seq);
}
