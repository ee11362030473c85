import { Frames as Shipped } from "../../../../../../web-client/src/crypto/frames/frames";
import { held } from "../../../held";

export * from "../../../../../../web-client/src/crypto/frames/frames";

export class Frames extends Shipped {
  constructor(makeWorker?: () => Worker) {
    super(makeWorker);
    held.frames.push(this);
  }
}
