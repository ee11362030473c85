import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ContentKeys } from "../crypto/content";
import type { Clock } from "../crypto/security";
import type {
  BoardsShown,
  ClientMessage,
  DeviceId,
  Drawers,
  Room,
  Scope,
  ServerMessage,
} from "../protocol";
import { leads } from "../session/state";
import { Board } from "./board";
import type { BoardServer } from "./server";

export interface BoardsOptions {
  readonly scope: Scope;
  readonly you: DeviceId;
  readonly keys: ReadonlySignal<ContentKeys>;
  readonly clock: Clock;
  /** Throws `RefusedError` or `DisconnectedError`. */
  readonly request: (message: ClientMessage) => Promise<ServerMessage>;
  /** Sends what is never answered. */
  readonly hint: (message: ClientMessage) => void;
}

/**
 * The boards of a session. A page follows the board that everyone is shown, and each that it was shown before; who
 * leads follows all of them, to seal them anew when the keys change.
 */
export class Boards {
  /** The board that everyone is shown. */
  readonly shown: ReadonlySignal<Board | null>;
  /** How many are open: they are numbered from 1. */
  readonly open: ReadonlySignal<number>;
  readonly drawers: ReadonlySignal<Drawers>;
  readonly mayDraw: ReadonlySignal<boolean>;
  private readonly options: BoardsOptions;
  private readonly server: BoardServer;
  private readonly told = signal<BoardsShown>(NONE);
  private readonly followed = new Map<number, Board>();
  private isLeading = false;
  private isConnected = false;

  constructor(options: BoardsOptions) {
    this.options = options;
    this.server = serverOf(options);
    this.shown = computed(() => this.followed.get(this.told.value.shown ?? 0) ?? null);
    this.open = computed(() => this.told.value.open);
    this.drawers = computed(() => this.told.value.drawers);
    this.mayDraw = computed(() => this.told.value.may_draw);
  }

  /** Takes what the server says; what is not about boards is passed over. */
  receive(message: ServerMessage): void {
    switch (message.type) {
      case "room":
        this.follow(message.room);
        return;
      case "board_entry": {
        const { board, ...entry } = message.entry;
        this.followed.get(board)?.receive({ is: "entry", ...entry });
        return;
      }
      case "board_snapshotted": {
        const { upto, from, snapshot } = message;
        this.followed.get(message.board)?.receive({ is: "snapshot", upto, from, snapshot });
        return;
      }
      case "board_stroke": {
        const { from, stroke } = message;
        this.followed.get(message.board)?.receive({ is: "stroke", from, stroke });
      }
    }
  }

  /** The connection is lost; the next room says that it is back. */
  lose(): void {
    this.isConnected = false;
    for (const board of this.followed.values()) board.lose();
  }

  close(): void {
    for (const board of this.followed.values()) board.close();
    this.followed.clear();
  }

  /** Opens another board and shows it to everyone. Throws what `request` throws. */
  async add(): Promise<void> {
    const board = this.told.peek().open + 1;
    await this.options.request({ type: "open_board", board });
    await this.show(board);
  }

  /** Shows everyone this board, or none. Throws what `request` throws. */
  async show(board: number | null): Promise<void> {
    await this.options.request({ type: "show_board", board });
  }

  /** Says who draws besides those who lead. Throws what `request` throws. */
  async allow(who: Drawers): Promise<void> {
    await this.options.request({ type: "allow_drawing", who });
  }

  private follow(room: Room): void {
    const isBack = !this.isConnected;
    this.isConnected = true;
    this.isLeading = leads(room);
    const { open, shown } = room.boards;
    const known = [...this.followed.values()];
    const wanted = this.isLeading ? Array.from({ length: open }, (_, i) => i + 1) : [shown ?? 0];
    for (const number of wanted) {
      if (number >= 1 && number <= open && !this.followed.has(number)) this.begin(number);
    }
    if (isBack) for (const board of known) board.connect();
    const devices = new Set(room.present.map(({ device }) => device));
    for (const board of this.followed.values()) board.keep(devices);
    this.told.value = room.boards;
  }

  private begin(number: number): void {
    const { scope, you, keys, clock } = this.options;
    const { server } = this;
    const board = new Board({
      scope,
      board: number,
      you,
      leads: () => this.isLeading,
      server,
      keys,
      clock,
    });
    this.followed.set(number, board);
    board.connect();
  }
}

const NONE: BoardsShown = { open: 0, shown: null, drawers: "facilitators", may_draw: false };

function serverOf({ request, hint }: BoardsOptions): BoardServer {
  return {
    async append(board, entry) {
      const answer = await request({ type: "board_append", board, entry });
      if (answer.type !== "appended") throw new TypeError(`answered by ${answer.type}`);
      return answer.seq;
    },
    stroke: (board, stroke) => hint({ type: "board_stroke", board, stroke }),
    async catchUp(board, after) {
      await request({ type: "board_catch_up", board, after });
    },
    async snapshot(board, upto, snapshot) {
      await request({ type: "board_snapshot", board, upto, snapshot });
    },
  };
}
