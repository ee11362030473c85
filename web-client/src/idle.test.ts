import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchIdle } from "./idle";

const onIdle = vi.fn();
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-23T19:00:00Z") });
  localStorage.clear();
  onIdle.mockReset();
  stop = watchIdle(600, onIdle);
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

const touch = () => dispatchEvent(new Event("pointermove"));

test("calls once nobody has touched the page for the time", () => {
  vi.advanceTimersByTime(599_000);
  expect(onIdle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(onIdle).toHaveBeenCalledOnce();
});

test("every touch starts the time anew", () => {
  vi.advanceTimersByTime(500_000);
  touch();
  vi.advanceTimersByTime(500_000);
  expect(onIdle).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100_000);
  expect(onIdle).toHaveBeenCalledOnce();
});

test("a touch in another tab counts", () => {
  vi.advanceTimersByTime(590_000);
  localStorage.setItem("quietroom-active", String(Date.now()));
  vi.advanceTimersByTime(590_000);
  expect(onIdle).not.toHaveBeenCalled();
});

test("a device that slept is looked at as soon as it wakes", () => {
  vi.setSystemTime(Date.now() + 700_000);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(onIdle).toHaveBeenCalledOnce();
});

test("ends with its page", () => {
  stop();
  vi.advanceTimersByTime(900_000);
  expect(onIdle).not.toHaveBeenCalled();
});
