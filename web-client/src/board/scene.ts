import { toBase64url } from "../base64url";
import { utf8 } from "../crypto/bytes";
import { type BoardElement, wins } from "./element";

/** As many stay quick to draw on a phone; pages add no more to a board. */
export const MOST_ELEMENTS = 2_000;

/**
 * What is on a board. Taking elements in is commutative, associative and idempotent: pages that took in the same
 * elements hold the same scene, whatever the order and however often.
 */
export class Scene {
  readonly #elements = new Map<string, BoardElement>();
  #live = 0;

  /** A copy to change by itself. */
  copy(): Scene {
    const copy = new Scene();
    copy.merge(this.#elements.values());
    return copy;
  }

  /** How many are not deleted. */
  get live(): number {
    return this.#live;
  }

  get(id: string): BoardElement | undefined {
    return this.#elements.get(id);
  }

  /** Takes in elements in their canonical form; gives those that changed something. */
  merge(elements: Iterable<BoardElement>): BoardElement[] {
    const changed: BoardElement[] = [];
    for (const element of elements) {
      const known = this.#elements.get(element.id);
      if (known !== undefined && !wins(element, known)) continue;
      this.#elements.set(element.id, element);
      this.#live += Number(!element.isDeleted) - Number(known !== undefined && !known.isDeleted);
      changed.push(element);
    }
    return changed;
  }

  /** What is to be drawn, from the back to the front. */
  shown(): BoardElement[] {
    return [...this.#elements.values()].filter(({ isDeleted }) => !isDeleted).sort(behind);
  }

  /** Everything, deleted ones too, by id: what a snapshot holds. */
  all(): BoardElement[] {
    return [...this.#elements.values()].sort((a, b) => compare(a.id, b.id));
  }

  /** SHA-256 of everything, base64url: equal for equal scenes. */
  async hash(): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", utf8(JSON.stringify(this.all())));
    return toBase64url(new Uint8Array(digest));
  }
}

/** By Excalidraw's index of layers; those that have none, or the same, by id. */
function behind(a: BoardElement, b: BoardElement): number {
  return compare(layer(a), layer(b)) || compare(a.id, b.id);
}

function layer({ index }: BoardElement): string {
  return typeof index === "string" ? index : "";
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
