import type { RefusalCode, Refused } from "../protocol";

/** The server refused the message and changed nothing. */
export class RefusedError extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.reason);
    this.name = "RefusedError";
    this.refused = refused;
  }

  get code(): RefusalCode {
    return this.refused.code;
  }
}

/** The connection went before the answer came: it is not known whether the server acted. */
export class DisconnectedError extends Error {
  constructor() {
    super("the connection was lost before the answer came");
    this.name = "DisconnectedError";
  }
}
