import { RefusedError } from "../connection/errors";
import type { ClientMessage, Commit, DeviceId, ServerMessage } from "../protocol";
import type { Candidates } from "./candidates";
import type { Line } from "./line";
import type { Change } from "./reconcile";
import { CryptoRefusal } from "./refusal";
import { Serial } from "./serial";

const MOST_TRIES = 5;
/** Milliseconds. */
const DELIVERED_WITHIN = 5_000;

/**
 * Makes commits, one at a time, and sees each through: made, kept, sent, taken by the server,
 * delivered back. Only then the group moves on.
 */
export class Committer {
  private readonly line: Line;
  private readonly candidates: Candidates;
  private readonly request: (message: ClientMessage) => Promise<ServerMessage>;
  private readonly commits = new Serial();

  constructor(
    line: Line,
    candidates: Candidates,
    request: (message: ClientMessage) => Promise<ServerMessage>,
  ) {
    this.line = line;
    this.candidates = candidates;
    this.request = request;
  }

  /**
   * Makes a change and sends it by `message`. `change` is asked anew for every try, as others may
   * commit meanwhile; `null` from it: nothing is left to do. Gives whether a commit was made.
   *
   * @throws {RefusedError} the server refused it, or it was overtaken too often.
   * @throws {DisconnectedError} it is not known whether the server took it: catching up will tell.
   * @throws {CryptoRefusal} it cannot be made.
   */
  commit(
    change: () => Change | null,
    message: (commit: Commit) => ClientMessage,
  ): Promise<boolean> {
    return this.commits.run(async () => {
      for (let tries = 1; ; tries += 1) {
        const commit = await this.make(change);
        if (!commit) return false;
        try {
          await this.request(message(commit));
        } catch (error) {
          if (!(error instanceof RefusedError)) throw error;
          await this.line.run((membership) => membership.forgetCommit(commit));
          if (error.code !== "stale_epoch" || tries === MOST_TRIES) throw error;
          await this.line.catchUp();
          continue;
        }
        await this.delivered(commit);
        return true;
      }
    });
  }

  private make(change: () => Change | null): Promise<Commit | null> {
    return this.line.run(async (membership) => {
      const wanted = change();
      if (!wanted) return null;
      const add = wanted.add.map((device) => this.packageOf(device));
      return membership.commit({ ...wanted, add });
    });
  }

  private packageOf(device: DeviceId) {
    const opened = this.candidates.packageOf(device);
    if (!opened) throw new CryptoRefusal("stranger");
    return opened;
  }

  private async delivered({ base }: Commit): Promise<void> {
    const moved = (): boolean => {
      const at = this.line.membership.group?.at;
      return at === undefined || at.group !== base.group || at.epoch > base.epoch;
    };
    if (await this.line.until(moved, DELIVERED_WITHIN)) return;
    await this.line.catchUp();
    if (!moved()) throw new CryptoRefusal("wrong_epoch");
  }
}
