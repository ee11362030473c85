// Changes that are made for everyone at once. Each gives elements to draw.

import type { BoardElement } from "./element";
import type { Scene } from "./scene";

/** Gives a number below 2^31. */
export type Nonce = () => number;

/** Nothing is left of these. */
export function cleared(elements: readonly BoardElement[], nonce: Nonce): BoardElement[] {
  return elements.map(({ id, version }) => ({
    id,
    isDeleted: true,
    version: version + 1,
    versionNonce: nonce(),
  }));
}

/** These as they were, whatever has become of them since. */
export function restored(
  elements: readonly BoardElement[],
  scene: Scene,
  nonce: Nonce,
): BoardElement[] {
  return elements.map((element) => ({
    ...element,
    version: Math.max(element.version, scene.get(element.id)?.version ?? 0) + 1,
    versionNonce: nonce(),
  }));
}

/** Moved by so much, in the units of the drawing. */
export function moved(element: BoardElement, dx: number, dy: number, nonce: Nonce): BoardElement {
  return {
    ...element,
    x: Number(element["x"]) + dx,
    y: Number(element["y"]) + dy,
    version: element.version + 1,
    versionNonce: nonce(),
  };
}
