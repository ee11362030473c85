import { describe, expect, it } from "vitest";
import type { Knock, Present, Room, ServerMessage } from "../protocol";
import { changes, fold, leads, mayShareScreen, NOTHING_YET, others, sharing } from "./state";

function person(device: string, rest: Partial<Present> = {}): Present {
  return {
    device,
    participant: device,
    name: device,
    role: "client",
    media: { microphone: true, camera: true, screen: false },
    connection: "here",
    ...rest,
  };
}

function room(...present: Present[]): Room {
  return {
    session: "s",
    kind: "individual",
    state: "live",
    starts_at: 0,
    ends_at: 3_000_000,
    live_since: 0,
    you: "me",
    present: [person("me", { role: "clinician" }), ...present],
    chat: true,
    boards: { open: 0, shown: null, drawers: "everyone", may_draw: true },
  };
}

describe("the session's state", () => {
  it("moves from waiting to the room", () => {
    const waiting: ServerMessage = {
      type: "waiting",
      waiting: {
        device: "me",
        clinician: "Maya",
        clinician_here: true,
        starts_at: 0,
        since: 0,
        missing: [],
      },
    };
    const first = fold(NOTHING_YET, waiting);
    expect(first.waiting?.clinician).toBe("Maya");
    const second = fold(first, { type: "room", room: room() });
    expect(second).toMatchObject({ waiting: null, room: { you: "me" } });
  });

  it("keeps those who wait in the order in which they came", () => {
    const knock = (device: string, since: number): Knock => ({
      device,
      participant: device,
      name: device,
      booked_name: device,
      role: "client",
      since,
      state: null,
      place: null,
      missing: [],
      said: null,
      connection: "here",
      second_device: false,
    });
    const view = fold(NOTHING_YET, { type: "knocks", knocks: [knock("b", 2), knock("a", 1)] });
    expect(view.knocks.map(({ device }) => device)).toEqual(["a", "b"]);
  });

  it("is the same object when nothing was said about it", () => {
    expect(fold(NOTHING_YET, { type: "relay_restarted" })).toBe(NOTHING_YET);
  });

  it("knows who else is there, who shares and who leads", () => {
    const full = room(
      person("a"),
      person("b", { media: { microphone: true, camera: false, screen: true } }),
    );
    expect(others(full).map(({ device }) => device)).toEqual(["a", "b"]);
    expect(sharing(full)?.device).toBe("b");
    expect(leads(full)).toBe(true);
    expect(leads({ ...full, you: "a" })).toBe(false);
  });

  it("gives observers and interpreters no screen to share", () => {
    const roles = ["clinician", "client", "observer", "interpreter"] as const;
    const may = roles.map((role) => mayShareScreen({ ...room(person("a", { role })), you: "a" }));
    expect(may).toEqual([true, true, false, false]);
  });

  it("tells who came, went, fell away and returned, and never a mute", () => {
    const muted = { microphone: false, camera: false, screen: false };
    const before = room(person("a"), person("b"), person("c", { connection: "lost" }));
    const after = room(
      person("b", { connection: "lost" }),
      person("c", { media: muted }),
      person("d"),
    );
    expect(changes(before, after).map(({ is, who }) => [is, who.device])).toEqual([
      ["lost", "b"],
      ["back", "c"],
      ["joined", "d"],
      ["left", "a"],
    ]);
  });
});
