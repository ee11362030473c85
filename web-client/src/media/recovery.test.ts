import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recovery, type Remedy } from "./recovery";

function setUp() {
  const remedies: Remedy[] = [];
  return { remedies, recovery: new Recovery((remedy) => remedies.push(remedy)) };
}

describe("Recovery", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("leaves a short interruption alone", () => {
    const { recovery, remedies } = setUp();
    recovery.observe("connected");
    recovery.observe("disconnected");
    vi.advanceTimersByTime(2_000);
    recovery.observe("connected");
    vi.advanceTimersByTime(60_000);
    expect(remedies).toEqual([]);
  });

  it("restarts ICE when an interruption lasts, and at once when it failed", () => {
    const { recovery, remedies } = setUp();
    recovery.observe("connected");
    recovery.observe("disconnected");
    vi.advanceTimersByTime(2_500);
    expect(remedies).toEqual(["restart"]);
    recovery.observe("connected");
    recovery.observe("failed");
    expect(remedies).toEqual(["restart", "restart"]);
  });

  it("builds anew when three restarts did not help", () => {
    const { recovery, remedies } = setUp();
    recovery.observe("connected");
    recovery.observe("failed");
    vi.advanceTimersByTime(60_000);
    expect(remedies).toEqual(["restart", "restart", "restart", "rebuild"]);
  });

  it("builds anew what never connected", () => {
    const { recovery, remedies } = setUp();
    recovery.observe("connecting");
    vi.advanceTimersByTime(12_000);
    expect(remedies).toEqual(["rebuild"]);
    const second = setUp();
    second.recovery.observe("connecting");
    second.recovery.observe("failed");
    expect(second.remedies).toEqual(["rebuild"]);
  });

  it("does nothing after it was stopped", () => {
    const { recovery, remedies } = setUp();
    recovery.observe("connected");
    recovery.observe("disconnected");
    recovery.stop();
    vi.advanceTimersByTime(60_000);
    expect(remedies).toEqual([]);
  });
});
