import { beforeEach, describe, expect, it, vi } from "vitest";
import { Frames } from "./frames";
import type { FromWorker, ToWorker } from "./messages";

class FakeWorker {
  told: ToWorker[] = [];
  ended = false;
  onmessage: ((event: { data: FromWorker }) => void) | null = null;
  onerror: (() => void) | null = null;
  postMessage(message: ToWorker): void {
    this.told.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
}

const transforms: unknown[] = [];

beforeEach(() => {
  transforms.length = 0;
  vi.stubGlobal(
    "RTCRtpScriptTransform",
    class {
      constructor(_worker: Worker, role: unknown) {
        transforms.push(role);
      }
    },
  );
});

function setUp() {
  const worker = new FakeWorker();
  return { worker, frames: new Frames(() => worker as unknown as Worker) };
}

const receiver = (): RTCRtpReceiver => ({ transform: null }) as unknown as RTCRtpReceiver;
const dropped = { plain: 0, no_key: 0, tampered: 0, replayed: 0, wrong_sender: 0 };

describe("Frames", () => {
  it("gives a receiver its transform once", () => {
    const { frames } = setUp();
    const one = receiver();
    frames.decrypt(one, "0");
    const { transform } = one;
    frames.decrypt(one, "0");
    expect(one.transform).toBe(transform);
    expect(transforms).toEqual([{ is: "open", section: 1 }]);
  });

  it("expects nobody in a section of a new connection that has the name of an old one", () => {
    const { frames, worker } = setUp();
    const from = { leaf: 1, source: "camera" } as const;
    frames.decrypt(receiver(), "0");
    frames.expect("0", from);
    frames.expect("0", from);
    frames.decrypt(receiver(), "0");
    frames.expect("0", from);
    expect(worker.told).toEqual([
      { type: "expect", section: 1, from },
      { type: "end", section: 1 },
      { type: "expect", section: 2, from },
    ]);
  });

  it("tells the health of what is received now, by mid", () => {
    const { frames, worker } = setUp();
    frames.decrypt(receiver(), "a");
    frames.decrypt(receiver(), "a");
    const health = { opened: 3, dropped, secure: true };
    worker.onmessage?.({
      data: {
        type: "health",
        health: [
          [1, { ...health, secure: false }],
          [2, health],
        ],
      },
    });
    expect([...frames.health.value]).toEqual([["a", health]]);
  });

  it("says when its worker failed", () => {
    const { frames, worker } = setUp();
    expect(frames.failed.value).toBe(false);
    worker.onerror?.();
    expect(frames.failed.value).toBe(true);
  });

  it("refuses a key of another length and tells the worker nothing", () => {
    const { frames, worker } = setUp();
    const at = { scope: "session", group: 1, epoch: 1 } as const;
    expect(() => frames.keys(at, new Uint8Array(32))).toThrow(RangeError);
    expect(worker.told).toEqual([]);
  });

  it("ends its worker", () => {
    const { frames, worker } = setUp();
    frames.stop();
    expect(worker.ended).toBe(true);
  });
});
