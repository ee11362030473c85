import { beforeEach, describe, expect, it, vi } from "vitest";
import type { GroupEpoch } from "../protocol";
import { Epochs } from "./epochs";

const at = (epoch: number, group = 1): GroupEpoch => ({ scope: "session", group, epoch });
const KEY = new Uint8Array(16);
const ADDED = { removed: false };

function setUp() {
  const log: string[] = [];
  const epochs = new Epochs(
    {
      keys: ({ group, epoch }) => void log.push(`keys ${group}.${epoch}`),
      sendWith: ({ group, epoch }, leaf) => void log.push(`send ${group}.${epoch} as ${leaf}`),
      forgetBefore: ({ group, epoch }) => void log.push(`forget before ${group}.${epoch}`),
    },
    (milliseconds, act) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
  );
  const news = () => log.splice(0);
  return { epochs, news };
}

describe("the keys of an epoch", () => {
  beforeEach(() => void vi.useFakeTimers());

  it("are sent with at once when they are the first", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(3), KEY, 2, ADDED);
    expect(news()).toEqual(["keys 1.3", "send 1.3 as 2"]);
  });

  it("are received with at once and sent with when everyone has them", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(0), KEY, 0, ADDED);
    news();
    epochs.enter(at(1), KEY, 0, ADDED);
    expect(news()).toEqual(["keys 1.1"]);
    epochs.settled(at(0));
    expect(news()).toEqual([]);
    epochs.settled(at(1));
    expect(news()).toEqual(["send 1.1 as 0"]);
    vi.advanceTimersByTime(5_000);
    expect(news()).toEqual([]);
  });

  it("are sent with after half a second, however many have them", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(0), KEY, 0, ADDED);
    epochs.enter(at(1), KEY, 0, ADDED);
    news();
    vi.advanceTimersByTime(499);
    expect(news()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(news()).toEqual(["send 1.1 as 0"]);
  });

  it("are forgotten some time after a removal, when a place in the tree may be another's", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(0), KEY, 0, ADDED);
    epochs.enter(at(1), KEY, 0, { removed: true });
    epochs.settled(at(1));
    news();
    vi.advanceTimersByTime(2_999);
    expect(news()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(news()).toEqual(["forget before 1.1"]);
  });

  it("never send with an older epoch again", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(0), KEY, 0, ADDED);
    epochs.enter(at(1), KEY, 0, ADDED);
    epochs.enter(at(2), KEY, 0, { removed: true });
    news();
    epochs.settled(at(2));
    expect(news()).toEqual(["send 1.2 as 0"]);
    vi.advanceTimersByTime(5_000);
    expect(news()).toEqual(["forget before 1.2"]);
    epochs.settled(at(1));
    expect(news()).toEqual([]);
  });

  it("stay within what receivers keep when many come in at once", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(0), KEY, 0, ADDED);
    for (let epoch = 1; epoch <= 3; epoch += 1) epochs.enter(at(epoch), KEY, 0, ADDED);
    news();
    epochs.enter(at(4), KEY, 0, ADDED);
    expect(news()).toEqual(["keys 1.4", "send 1.1 as 0"]);
    epochs.enter(at(5), KEY, 0, ADDED);
    expect(news()).toEqual(["keys 1.5", "send 1.2 as 0"]);
  });

  it("are sent with at once when the group is new", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(7), KEY, 0, ADDED);
    epochs.enter(at(8), KEY, 0, ADDED);
    news();
    epochs.enter(at(1, 2), KEY, 3, ADDED);
    expect(news()).toEqual(["keys 2.1", "send 2.1 as 3"]);
    vi.advanceTimersByTime(5_000);
    expect(news()).toEqual(["forget before 2.1"]);
  });

  it("are not touched after the end", () => {
    const { epochs, news } = setUp();
    epochs.enter(at(0), KEY, 0, ADDED);
    epochs.enter(at(1), KEY, 0, ADDED);
    news();
    epochs.stop();
    vi.advanceTimersByTime(5_000);
    expect(news()).toEqual([]);
  });
});
