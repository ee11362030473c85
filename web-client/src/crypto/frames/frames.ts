import { type ReadonlySignal, signal } from "@preact/signals";
import type { GroupEpoch, Source } from "../../protocol";
import type { Bytes } from "../bytes";
import type { FrameHealth, FrameTiming, FromWorker, Role, ToWorker } from "./messages";
import type { Expected } from "./opener";
import { KEY_LENGTH } from "./sframe";

export type { FrameHealth, FrameTiming } from "./messages";
export type { Drop, Expected } from "./opener";

/** Whether this browser can seal and open frames. */
export function framesSupported(): boolean {
  return typeof RTCRtpScriptTransform === "function" && typeof Worker === "function";
}

/**
 * The sealing of one page's media: what is sent goes through `encrypt`, what is received through
 * `decrypt`. Until keys are here, nothing passes.
 */
export class Frames {
  /** By mid of the connection on which is received now; the counts move about twice a second. */
  readonly health: ReadonlySignal<ReadonlyMap<string, FrameHealth>>;
  /** The worker could not be started, or failed: no media passes any more. */
  readonly failed: ReadonlySignal<boolean>;
  private readonly healthNow = signal<ReadonlyMap<string, FrameHealth>>(new Map());
  private readonly failedNow = signal(false);
  private readonly worker: Worker;
  /** What a receiver's frames go through; a receiver keeps its transform for good. */
  private readonly numbers = new WeakMap<RTCRtpReceiver, number>();
  private readonly sections = new Map<string, { number: number; expected: string }>();
  private readonly timings: Array<(timing: FrameTiming) => void> = [];
  private count = 0;

  constructor(makeWorker: () => Worker = startWorker) {
    this.health = this.healthNow;
    this.failed = this.failedNow;
    this.worker = makeWorker();
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
    this.worker.onerror = () => {
      this.failedNow.value = true;
    };
  }

  /** Seals what `sender` sends. To be called before anything can be sent, once. */
  encrypt(sender: RTCRtpSender, source: Source): void {
    sender.transform = this.transform({ is: "seal", source });
  }

  /**
   * Opens what `receiver` receives; nothing is played until `expect` names who it is. To be called
   * before the answer; the same receiver again changes nothing.
   */
  decrypt(receiver: RTCRtpReceiver, mid: string): void {
    const known = this.numbers.get(receiver);
    const before = this.sections.get(mid);
    if (known !== undefined && before?.number === known) return;
    if (known === undefined) {
      this.count += 1;
      receiver.transform = this.transform({ is: "open", section: this.count });
      this.numbers.set(receiver, this.count);
    }
    if (before) this.tell({ type: "end", section: before.number });
    this.sections.set(mid, { number: known ?? this.count, expected: NOBODY });
  }

  /** Which leaf may be heard or seen in a section, and by what; all else is dropped there. */
  expect(mid: string, from: Expected | null): void {
    const section = this.sections.get(mid);
    const expected = JSON.stringify(from);
    if (!section || section.expected === expected) return;
    section.expected = expected;
    this.tell({ type: "expect", section: section.number, from });
  }

  /** Frames of this epoch can be opened from now on. The last four epochs are held. */
  keys(at: GroupEpoch, baseKey: Bytes): void {
    if (baseKey.length !== KEY_LENGTH) throw new RangeError("a base key has 16 bytes");
    this.tell({ type: "keys", at, baseKey });
  }

  /**
   * Seals with the key of this epoch and leaf from now on. An epoch whose keys were never given
   * stops what is sent.
   */
  sendWith(at: GroupEpoch, leaf: number): void {
    this.tell({ type: "send_with", at, leaf });
  }

  /** What was sealed with the keys of epochs before this one is not opened any more. */
  forgetBefore(at: GroupEpoch): void {
    this.tell({ type: "forget_before", at });
  }

  /** How long sealing and opening take. */
  timing(): Promise<FrameTiming> {
    return new Promise((resolve) => {
      this.timings.push(resolve);
      this.tell({ type: "timing" });
    });
  }

  /** Nothing is sent or played any more. */
  stop(): void {
    this.worker.terminate();
    this.sections.clear();
    this.healthNow.value = new Map();
  }

  private transform(role: Role): RTCRtpScriptTransform {
    return new RTCRtpScriptTransform(this.worker, role);
  }

  private tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private receive(message: FromWorker): void {
    if (message.type === "timing") {
      this.timings.shift()?.(message.timing);
      return;
    }
    const told = new Map(message.health);
    const health = new Map<string, FrameHealth>();
    for (const [mid, { number }] of this.sections) {
      const found = told.get(number);
      if (found) health.set(mid, found);
    }
    this.healthNow.value = health;
  }
}

const NOBODY = JSON.stringify(null);

function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}
