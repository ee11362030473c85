// @vitest-environment node
import { afterEach, expect, test } from "vitest";
import { DisconnectedError } from "../connection/errors";
import type { BoardsShown, ClientMessage, Present, Role, Room, ServerMessage } from "../protocol";
import { Boards } from "./boards";
import { rawBox } from "./testing/drawing";
import { someKeys, TestClock } from "./testing/server";

const open: Boards[] = [];
afterEach(() => {
  for (const boards of open.splice(0)) boards.close();
});

function page(you = "ana") {
  const clock = new TestClock();
  const asked: ClientMessage[] = [];
  const keys = someKeys();
  let isCut = false;
  const boards: Boards = new Boards({
    scope: "session",
    you,
    keys,
    clock,
    request: async (message): Promise<ServerMessage> => {
      if (isCut) throw new DisconnectedError();
      asked.push(message);
      if (message.type !== "board_append") return { type: "done", id: 1 };
      const { board, entry } = message;
      boards.receive({ type: "board_entry", entry: { board, seq: 1, from: you, entry } });
      return { type: "appended", id: 1, seq: 1 };
    },
    hint: (message) => asked.push(message),
  });
  open.push(boards);
  return { boards, asked, clock, cut: () => (isCut = true), mend: () => (isCut = false) };
}

function room(role: Role, shown: Partial<BoardsShown>, you = "ana"): ServerMessage {
  const me: Present = {
    device: you,
    participant: `participant of ${you}`,
    name: you,
    role,
    media: { microphone: false, camera: false, screen: false },
    connection: "here",
  };
  const boards: BoardsShown = {
    open: 0,
    shown: null,
    drawers: "everyone",
    may_draw: true,
    ...shown,
  };
  const told: Room = {
    session: "session",
    kind: "individual",
    state: "live",
    starts_at: 0,
    ends_at: 1,
    live_since: 0,
    you,
    present: [me],
    chat: true,
    boards,
  };
  return { type: "room", room: told };
}

const caughtUp = (asked: readonly ClientMessage[]) =>
  asked.flatMap((message) => (message.type === "board_catch_up" ? [message.board] : []));

test("a page follows the boards that it is shown, who leads follows all", async () => {
  const [guest, host] = [page(), page()];
  guest.boards.receive(room("client", { open: 3, shown: null }));
  expect(guest.boards.shown.value).toBeNull();
  guest.boards.receive(room("client", { open: 3, shown: 2 }));
  expect([guest.boards.shown.value?.board, caughtUp(guest.asked)]).toEqual([2, [2]]);
  host.boards.receive(room("clinician", { open: 3, shown: 2 }));
  expect([host.boards.shown.value?.board, caughtUp(host.asked)]).toEqual([2, [1, 2, 3]]);
});

test("every board that is followed is caught up with once more after a loss", async () => {
  const { boards, asked, cut, mend } = page();
  boards.receive(room("client", { open: 2, shown: 1 }));
  boards.receive(room("client", { open: 2, shown: 2 }));
  boards.receive(room("client", { open: 2, shown: 2 }));
  expect(caughtUp(asked)).toEqual([1, 2]);
  cut();
  boards.lose();
  mend();
  boards.receive(room("client", { open: 2, shown: 2 }));
  expect(caughtUp(asked)).toEqual([1, 2, 1, 2]);
});

test("entries and strokes go to their board and no other", async () => {
  const [ana, ben] = [page("ana"), page("ben")];
  for (const { boards } of [ana, ben]) boards.receive(room("clinician", { open: 2, shown: 2 }));
  ana.boards.shown.value?.draw([rawBox("box")]);
  await new Promise((resolve) => setTimeout(resolve));
  const board = ana.boards.shown.value;
  await board?.settled();
  await board?.settled();
  expect(board?.unsent.value).toBe(0);
  expect(board?.elements.value.map(({ id }) => id)).toEqual(["box"]);
  board?.show([], { x: 1, y: 2 });
  await board?.settled();
  expect(ana.asked.at(-1)).toMatchObject({ type: "board_stroke", board: 2 });
  ana.boards.receive(room("clinician", { open: 2, shown: 1 }));
  expect(ana.boards.shown.value?.elements.value).toEqual([]);
});

test("who leads opens a board for everyone, shows one, and says who draws", async () => {
  const { boards, asked } = page();
  boards.receive(room("clinician", { open: 1, shown: 1, drawers: "facilitators" }));
  asked.length = 0;
  await boards.add();
  await boards.show(null);
  await boards.allow({ chosen: { participants: ["ben"] } });
  expect(asked).toEqual([
    { type: "open_board", board: 2 },
    { type: "show_board", board: 2 },
    { type: "show_board", board: null },
    { type: "allow_drawing", who: { chosen: { participants: ["ben"] } } },
  ]);
  expect([boards.open.value, boards.drawers.value, boards.mayDraw.value]).toEqual([
    1,
    "facilitators",
    true,
  ]);
});
