import type { DeviceId } from "../protocol";

/** The server, as far as a board speaks to it. Bytes are sealed, in base64url. */
export interface BoardServer {
  /** Gives the entry's number. Throws `RefusedError` or `DisconnectedError`. */
  append(board: number, entry: string): Promise<number>;
  /** Without an answer. */
  stroke(board: number, stroke: string): void;
  /**
   * Has the newest snapshot sent if it is after `after`, then every entry behind it; resolves when all were sent.
   * Throws `RefusedError` or `DisconnectedError`.
   */
  catchUp(board: number, after: number): Promise<void>;
  /** Throws `RefusedError` or `DisconnectedError`. */
  snapshot(board: number, upto: number, snapshot: string): Promise<void>;
}

/** What the server sends of one board. */
export type BoardNews =
  | { readonly is: "entry"; readonly seq: number; readonly from: DeviceId; readonly entry: string }
  | { readonly is: "stroke"; readonly from: DeviceId; readonly stroke: string }
  | {
      readonly is: "snapshot";
      readonly upto: number;
      readonly from: DeviceId;
      readonly snapshot: string;
    };
