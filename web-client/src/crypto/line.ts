import type { ClientMessage, Delivery, ServerMessage } from "../protocol";
import { Deliveries } from "./deliveries";
import type { Membership, Outcome } from "./membership";
import { withRetries } from "./retry";
import type { Clock } from "./security";
import { Serial } from "./serial";

export interface LineOptions {
  request: (message: ClientMessage) => Promise<ServerMessage>;
  clock: Clock;
  /** What deliveries did, in their order, while nothing else is done to the group. */
  onOutcomes: (outcomes: readonly Outcome[]) => Promise<void>;
}

/**
 * Keeps a device's membership in step with what the server delivers, over lost connections, and
 * lets one operation on the group at a time go on.
 */
export class Line {
  readonly membership: Membership;
  private readonly options: LineOptions;
  private readonly deliveries: Deliveries;
  private readonly work = new Serial();
  private readonly waiting = new Set<() => void>();
  private catching: Promise<void> | null = null;
  private inStep = false;

  constructor(membership: Membership, options: LineOptions) {
    this.membership = membership;
    this.options = options;
    this.deliveries = new Deliveries(membership.last);
  }

  /** Everything that the server had when last asked was taken, and what comes now comes live. */
  get caughtUp(): boolean {
    return this.inStep;
  }

  /** Does something to the group when nothing else is being done to it. */
  run<T>(task: (membership: Membership) => Promise<T>): Promise<T> {
    return this.work.run(() => task(this.membership));
  }

  take(delivery: Delivery): void {
    void this.process(this.deliveries.take(delivery));
    if (this.deliveries.gap) this.catchUp().catch(() => {});
  }

  /** The connection is lost: nothing comes until the server is asked again. */
  lose(): void {
    this.inStep = false;
    this.catching = null;
    this.deliveries.catchUp();
  }

  /**
   * Asks for everything that is missing.
   *
   * @throws {RefusedError} the server does not give it.
   * @throws {DisconnectedError} to be asked again after the next greeting.
   */
  catchUp(): Promise<void> {
    if (this.catching) return this.catching;
    const asking = this.ask().finally(() => {
      if (this.catching === asking) this.catching = null;
    });
    this.catching = asking;
    return asking;
  }

  /** Resolves to whether `holds` came true within so many milliseconds; asked after each change. */
  until(holds: () => boolean, milliseconds: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (held: boolean): void => {
        this.waiting.delete(look);
        callOff();
        resolve(held);
      };
      const look = (): void => {
        if (holds()) end(true);
      };
      const callOff = this.options.clock.after(milliseconds, () => end(holds()));
      this.waiting.add(look);
    });
  }

  /** Something that `until` waits for may have changed. */
  changed(): void {
    for (const look of [...this.waiting]) look();
  }

  private async ask(): Promise<void> {
    const { request, clock } = this.options;
    this.deliveries.catchUp();
    await withRetries(clock, () => request({ type: "catch_up", after: this.deliveries.last }));
    await this.process(this.deliveries.caughtUp());
    this.inStep = true;
    this.changed();
  }

  private async process(ready: readonly Delivery[]): Promise<void> {
    if (ready.length === 0) return;
    await this.run(async (membership) => {
      const outcomes = await membership.take(ready);
      await this.options.onOutcomes(outcomes);
    });
    this.changed();
  }
}
