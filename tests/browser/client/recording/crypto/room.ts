import {
  type SecureRoomOptions,
  SecureRoom as Shipped,
} from "../../../../../web-client/src/crypto/room";
import { held } from "../../held";

export * from "../../../../../web-client/src/crypto/room";

export class SecureRoom extends Shipped {
  constructor(options: SecureRoomOptions) {
    super(options);
    held.rooms.push(this);
  }
}
