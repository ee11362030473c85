import { describe, expect, it } from "vitest";
import type { Delivery } from "../protocol";
import { Deliveries } from "./deliveries";

const delivery = (seq: number): Delivery => ({
  seq,
  from: "host",
  at: { scope: "session", group: 1, epoch: 0 },
  what: { type: "started" },
});
const seqs = (deliveries: Delivery[]) => deliveries.map(({ seq }) => seq);

function live(last = 0): Deliveries {
  const deliveries = new Deliveries(last);
  deliveries.caughtUp();
  return deliveries;
}

describe("the order of deliveries", () => {
  it("hands on what comes live at once, in order", () => {
    const deliveries = live();
    expect(seqs(deliveries.take(delivery(1)))).toEqual([1]);
    expect(seqs(deliveries.take(delivery(2)))).toEqual([2]);
    expect(deliveries.last).toBe(2);
  });

  it("hands on nothing twice", () => {
    const deliveries = live(4);
    expect(deliveries.take(delivery(4))).toEqual([]);
    deliveries.take(delivery(5));
    expect(deliveries.take(delivery(5))).toEqual([]);
    expect(deliveries.gap).toBe(false);
  });

  it("puts what comes in the wrong order right", () => {
    const deliveries = live();
    expect(deliveries.take(delivery(3))).toEqual([]);
    expect(deliveries.take(delivery(2))).toEqual([]);
    expect(deliveries.gap).toBe(true);
    expect(seqs(deliveries.take(delivery(1)))).toEqual([1, 2, 3]);
    expect(deliveries.gap).toBe(false);
  });

  it("holds everything while catching up, and begins at the first there is", () => {
    const deliveries = new Deliveries(0);
    for (const seq of [9, 7, 8, 8]) expect(deliveries.take(delivery(seq))).toEqual([]);
    expect(seqs(deliveries.caughtUp())).toEqual([7, 8, 9]);
    expect(seqs(deliveries.take(delivery(10)))).toEqual([10]);
  });

  it("goes on after a gap once the server says that there is nothing in it", () => {
    const deliveries = live(3);
    expect(deliveries.take(delivery(6))).toEqual([]);
    expect(deliveries.gap).toBe(true);
    deliveries.catchUp();
    expect(deliveries.take(delivery(5))).toEqual([]);
    expect(seqs(deliveries.caughtUp())).toEqual([5, 6]);
    expect(deliveries.last).toBe(6);
  });

  it("takes no number that is none", () => {
    const deliveries = live();
    for (const seq of [Number.NaN, 1.5, -1, "1" as unknown as number]) {
      expect(deliveries.take(delivery(seq))).toEqual([]);
    }
    expect(deliveries.gap).toBe(false);
  });
});
