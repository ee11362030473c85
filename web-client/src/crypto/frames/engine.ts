import type { Source } from "../../protocol";
import type { FrameHealth, FromWorker, Role, ToWorker } from "./messages";
import { openFrame } from "./opener";
import { codecOf } from "./prefix";
import { KeyRing } from "./ring";
import { Sealer } from "./sealer";
import { Section } from "./section";
import { Timing } from "./timing";

/** The parts of an encoded audio or video frame of WebRTC that are used here. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** Of video frames. */
  readonly type?: string;
  getMetadata(): { mimeType?: string };
}

/** The parts of an RTCRtpScriptTransformer that are used here. */
export interface Transformer {
  readonly options: Role;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  sendKeyFrameRequest(): Promise<void>;
}

export interface EngineOptions {
  /** 32 random bits of this page load. */
  generation: number;
  /** Milliseconds from any start. */
  now: () => number;
  tell: (message: FromWorker) => void;
}

/**
 * What the worker does: frames come in, sealed or opened frames go on. What cannot be sealed is not
 * sent, what cannot be opened is not played.
 */
export class FrameEngine {
  private readonly options: EngineOptions;
  private readonly ring = new KeyRing();
  private readonly sealer: Sealer;
  private readonly sections = new Map<number, Section>();
  /** Ways to ask for a key frame, by section, once pictures come there. */
  private readonly asking = new Map<Section, () => void>();
  private readonly timing = { seal: new Timing(), open: new Timing() };

  constructor(options: EngineOptions) {
    this.options = options;
    this.sealer = new Sealer(options.generation);
  }

  take(message: ToWorker): void {
    switch (message.type) {
      case "keys":
        this.ring.keep(message.at, message.baseKey);
        for (const section of this.sections.values()) this.ask(section);
        return;
      case "send_with":
        void this.sealer.use(this.ring.base(message.at), message.at, message.leaf).catch(() => {});
        return;
      case "forget_before":
        this.ring.forgetBefore(message.at);
        return;
      case "expect":
        this.section(message.section).expect(message.from);
        return;
      case "end":
        this.end(message.section);
        return;
      case "timing":
        this.options.tell({
          type: "timing",
          timing: { seal: this.timing.seal.summary(), open: this.timing.open.summary() },
        });
    }
  }

  /** Connects a transform; resolves when its stream ends. */
  async connect(transformer: Transformer): Promise<void> {
    const { options: role } = transformer;
    const through =
      role.is === "seal" ? this.sealing(role.source) : this.opening(role.section, transformer);
    await transformer.readable.pipeThrough(through).pipeTo(transformer.writable);
  }

  /** To be called twice a second: tells how frames fare, when that changed. */
  tick(): void {
    let changed = false;
    for (const section of this.sections.values()) changed = section.tick() || changed;
    if (!changed) return;
    const health: [number, FrameHealth][] = [];
    for (const [number, section] of this.sections) health.push([number, section.health()]);
    this.options.tell({ type: "health", health });
  }

  private sealing(source: Source): TransformStream<EncodedFrame, EncodedFrame> {
    return this.timed(this.timing.seal, async (frame) => {
      const codec = codecOf(frame.getMetadata().mimeType ?? "");
      if (!codec) return false;
      const sealed = await this.sealer.seal(new Uint8Array(frame.data), codec, source);
      if (!sealed) return false;
      frame.data = sealed.buffer;
      return true;
    });
  }

  private opening(
    number: number,
    transformer: Transformer,
  ): TransformStream<EncodedFrame, EncodedFrame> {
    const section = this.section(number);
    const request = (): void => void transformer.sendKeyFrameRequest().catch(() => {});
    return this.timed(this.timing.open, async (frame) => {
      const codec = codecOf(frame.getMetadata().mimeType ?? "");
      const data = new Uint8Array(frame.data);
      if (codec === "vp8" || codec === "vp9") this.asking.set(section, request);
      const opened = codec ? await openFrame(this.ring, data, codec, section.from) : "plain";
      if (typeof opened === "string") {
        section.drop(opened);
        return false;
      }
      section.open(frame.type === "key");
      this.ask(section);
      frame.data = opened.buffer;
      return true;
    });
  }

  /** Passes on the frames for which `work` comes to true, in their order. */
  private timed(
    timing: Timing,
    work: (frame: EncodedFrame) => Promise<boolean>,
  ): TransformStream<EncodedFrame, EncodedFrame> {
    const { now } = this.options;
    return new TransformStream({
      transform: async (frame, controller) => {
        const begun = now();
        // What fails is dropped like what cannot be opened: an error would end the stream for good.
        const passes = await work(frame).catch(() => false);
        if (!passes) return;
        timing.record(now() - begun);
        controller.enqueue(frame);
      },
    });
  }

  private ask(section: Section): void {
    const request = this.asking.get(section);
    if (request && section.asks(this.options.now())) request();
  }

  /** Its transform and what is said of it may come in any order. */
  private section(number: number): Section {
    const held = this.sections.get(number) ?? new Section();
    this.sections.set(number, held);
    return held;
  }

  private end(number: number): void {
    const section = this.sections.get(number);
    if (!section) return;
    section.expect(null);
    this.asking.delete(section);
    this.sections.delete(number);
  }
}
