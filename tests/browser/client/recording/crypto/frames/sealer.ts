import type { Bytes } from "../../../../../../web-client/src/crypto/bytes";
import type { Codec } from "../../../../../../web-client/src/crypto/frames/prefix";
import { Sealer as Shipped } from "../../../../../../web-client/src/crypto/frames/sealer";
import type { Source } from "../../../../../../web-client/src/protocol";
import { record } from "../../../slices";

export class Sealer extends Shipped {
  override seal(frame: Bytes, codec: Codec, source: Source): Promise<Bytes | null> {
    record(frame);
    return super.seal(frame, codec, source);
  }
}
