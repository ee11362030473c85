import { describe, expect, it, vi } from "vitest";
import { type EncodedFrame, FrameEngine, type Transformer } from "./engine";
import type { FrameHealth, FromWorker, Role } from "./messages";
import { random } from "./testing";

const dice = random(12);
const AT = { scope: "session", group: 1, epoch: 1 } as const;
const KEY = dice.bytes(16);

function frame(mimeType: string | undefined, first = 0x51, type = "delta"): EncodedFrame {
  const data = dice.bytes(200);
  data[0] = first;
  return { data: data.buffer, type, getMetadata: () => (mimeType ? { mimeType } : {}) };
}

function engine() {
  const told: FromWorker[] = [];
  const clock = { now: 0 };
  const made = new FrameEngine({
    generation: dice.word(),
    now: () => clock.now,
    tell: (message) => told.push(message),
  });
  return { engine: made, told, clock };
}

/** Puts frames through a transform and gives those that came out. */
async function through(
  made: FrameEngine,
  options: Role,
  frames: EncodedFrame[],
  sendKeyFrameRequest = vi.fn(async () => {}),
): Promise<EncodedFrame[]> {
  const out: EncodedFrame[] = [];
  const transformer: Transformer = {
    options,
    readable: new ReadableStream({
      start(controller) {
        for (const one of frames) controller.enqueue(one);
        controller.close();
      },
    }),
    writable: new WritableStream({ write: (one) => void out.push(one) }),
    sendKeyFrameRequest,
  };
  await made.connect(transformer);
  return out;
}

const seal: Role = { is: "seal", source: "camera" };
const open: Role = { is: "open", section: 1 };

/** A sender with keys, once they are derived. */
async function sending() {
  const made = engine();
  made.engine.take({ type: "keys", at: AT, baseKey: KEY });
  made.engine.take({ type: "send_with", at: AT, leaf: 7 });
  await vi.waitFor(async () => {
    expect(await through(made.engine, seal, [frame("video/VP8")])).toHaveLength(1);
  });
  return made;
}

async function sealedFrames(count: number, first = 0x51, type = "delta"): Promise<EncodedFrame[]> {
  const { engine: sender } = await sending();
  const frames = Array.from({ length: count }, () => frame("video/VP8", first, type));
  return through(sender, seal, frames);
}

function healthOf(told: FromWorker[]): FrameHealth | undefined {
  const last = told.filter((message) => message.type === "health").at(-1);
  return last?.health.find(([section]) => section === 1)?.[1];
}

describe("FrameEngine", () => {
  it("sends nothing before it has a key", async () => {
    const { engine: made } = engine();
    made.take({ type: "keys", at: AT, baseKey: KEY });
    expect(await through(made, seal, [frame("video/VP8"), frame("audio/opus")])).toEqual([]);
  });

  it("sends nothing any more when it is to use keys that it was never given", async () => {
    const { engine: made } = await sending();
    made.take({ type: "send_with", at: { ...AT, epoch: 9 }, leaf: 7 });
    expect(await through(made, seal, [frame("video/VP8")])).toEqual([]);
  });

  it.each(["video/H264", "video/AV1", "audio/red", undefined])(
    "sends no frame of %s",
    async (mimeType) => {
      const { engine: made } = await sending();
      expect(await through(made, seal, [frame(mimeType)])).toEqual([]);
    },
  );

  it("opens what another sealed, in its order, and counts it", async () => {
    const { engine: sender } = await sending();
    const originals = Array.from({ length: 20 }, () => frame("video/VP8"));
    const before = originals.map((one) => new Uint8Array(one.data.slice(0)));
    const wire = await through(sender, seal, originals);
    const { engine: receiver, told } = engine();
    receiver.take({ type: "keys", at: AT, baseKey: KEY });
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    const out = await through(receiver, open, wire);
    expect(out.map((one) => new Uint8Array(one.data))).toEqual(before);
    receiver.tick();
    expect(healthOf(told)).toMatchObject({ opened: 20, secure: true });
    receiver.take({ type: "timing" });
    expect(told.at(-1)).toMatchObject({ type: "timing", timing: { open: { count: 20 } } });
  });

  it("plays nothing until somebody is expected, nor of anybody else", async () => {
    const wire = await sealedFrames(2);
    const { engine: receiver, told } = engine();
    receiver.take({ type: "keys", at: AT, baseKey: KEY });
    expect(await through(receiver, open, wire.slice(0, 1))).toEqual([]);
    receiver.take({ type: "expect", section: 1, from: { leaf: 8, source: "camera" } });
    expect(await through(receiver, open, wire.slice(1))).toEqual([]);
    receiver.tick();
    expect(healthOf(told)?.dropped.wrong_sender).toBe(2);
  });

  it("plays nothing of a section that is over", async () => {
    const wire = await sealedFrames(1);
    const { engine: receiver } = engine();
    receiver.take({ type: "keys", at: AT, baseKey: KEY });
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    receiver.take({ type: "end", section: 1 });
    expect(await through(receiver, open, wire)).toEqual([]);
  });

  it("plays nothing that was sealed with keys of before those that it keeps", async () => {
    const [before, after] = await sealedFrames(2);
    if (!before || !after) throw new Error("not sealed");
    const { engine: receiver } = engine();
    const next = { ...AT, epoch: AT.epoch + 1 };
    receiver.take({ type: "keys", at: AT, baseKey: KEY });
    receiver.take({ type: "keys", at: next, baseKey: dice.bytes(16) });
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    expect(await through(receiver, open, [before])).toHaveLength(1);
    receiver.take({ type: "forget_before", at: next });
    expect(await through(receiver, open, [after])).toEqual([]);
  });

  it("says that it is not secure when a frame comes that was never sealed", async () => {
    const { engine: receiver, told } = engine();
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    expect(await through(receiver, open, [frame("video/VP8"), frame("video/H264")])).toEqual([]);
    receiver.tick();
    expect(healthOf(told)).toMatchObject({ dropped: { plain: 2 }, secure: false });
  });

  it("bears with keys that are under way, and not for long", async () => {
    const wire = await sealedFrames(3);
    const { engine: receiver, told } = engine();
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    const secure: boolean[] = [];
    for (const one of wire) {
      await through(receiver, open, [one]);
      receiver.tick();
      secure.push(healthOf(told)?.secure ?? true);
    }
    expect(secure).toEqual([true, true, false]);
  });

  it("asks for a key frame when what it opens first is none", async () => {
    const [first] = await sealedFrames(1);
    if (!first) throw new Error("not sealed");
    const { engine: receiver } = engine();
    const request = vi.fn(async () => {});
    receiver.take({ type: "keys", at: AT, baseKey: KEY });
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    await through(receiver, open, [], request);
    expect(request, "nothing came").not.toHaveBeenCalled();
    await through(receiver, open, [first], request);
    expect(request).toHaveBeenCalledTimes(1);
  });

  it("asks for a key frame once the key is here, and no more after one came", async () => {
    const [late, next, ...rest] = await sealedFrames(4);
    const [key] = await sealedFrames(1, 0x50, "key");
    if (!late || !next || !key) throw new Error("not sealed");
    const { engine: receiver, clock } = engine();
    const request = vi.fn(async () => {});
    receiver.take({ type: "expect", section: 1, from: { leaf: 7, source: "camera" } });
    await through(receiver, open, [late], request);
    clock.now = 1000;
    receiver.take({ type: "keys", at: AT, baseKey: KEY });
    expect(request).toHaveBeenCalledTimes(1);
    await through(receiver, open, [next], request);
    expect(request, "throttled").toHaveBeenCalledTimes(1);
    clock.now = 2000;
    await through(receiver, open, [key, ...rest], request);
    expect(request).toHaveBeenCalledTimes(1);
  });

  it("goes on after a frame that makes it fail", async () => {
    const { engine: made } = await sending();
    const bad: EncodedFrame = {
      data: new ArrayBuffer(10),
      getMetadata: () => {
        throw new Error("gone");
      },
    };
    expect(await through(made, seal, [bad, frame("video/VP8")])).toHaveLength(1);
  });
});
