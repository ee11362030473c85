import { useEffect, useRef, useState } from "preact/hooks";
import { findKey, signHello } from "../../connection/device-key";
import { openSocket } from "../../connection/socket";
import { claimDevice, keepTabMedia, type TabDevice, tabMedia } from "../../connection/tab";
import { readInvitation } from "../../crypto/invitation";
import type { LocalMedia } from "../../media/local";
import { playChime } from "../../media/meter";
import type { Identity, Look } from "../../protocol";
import { rememberMedia, Session, type SessionOptions } from "../../session/session";
import { hostName } from "../../session/state";
import { CallScreen } from "../call/CallScreen";
import { NotPrivatePage } from "../call/NotPrivatePage";
import { OverPage } from "../call/OverPage";
import { announce } from "../kit/announce";
import { Arriving } from "../waiting/Arriving";
import { WaitingScreen } from "../waiting/WaitingScreen";
import { words } from "../waiting/words";
import { leaveDoor } from "./door";

/** A guest's tab in the session: waiting, in the call, or done. */
export function GuestSession(props: {
  device: TabDevice;
  /** `null` when the tab came back after a reload. */
  look: Look | null;
  local: LocalMedia;
  /** The server does not know this device (any more): begin at the link. */
  onUnknown: () => void;
}) {
  const { device, local } = props;
  const [session] = useState(() => guestSession(device, local));
  useEffect(() => {
    if (props.look === null) switchOn(local);
    const forget = rememberMedia(local, keepTabMedia);
    claimDevice(device.device, () => session.moveElsewhere());
    session.start();
    return () => {
      forget();
      session.dispose();
    };
  }, []);

  const connection = session.connection.value;
  const over = session.over.value;
  const security = session.secure.security.value;
  const { room, waiting } = session.view.value;
  useEffect(() => {
    if (over !== null && over !== "elsewhere") void leaveDoor(device);
  }, [over]);
  const waited = useRef(false);
  useEffect(() => {
    if (waiting) waited.current = true;
    if (!room || !waited.current) return;
    waited.current = false;
    announce(words.lettingIn(hostName(room)), true);
    void playChime();
  }, [waiting !== null, room !== null]);
  useEffect(() => {
    if (connection.is === "refused") void leaveDoor(device).then(props.onUnknown);
  }, [connection.is]);

  if (over !== null) return <OverPage over={over} />;
  if (security.is === "refused") return <NotPrivatePage why={security.why} />;
  if (room) return <CallScreen session={session} room={room} />;
  if (waiting) return <WaitingScreen session={session} waiting={waiting} look={props.look} />;
  return <Arriving />;
}

/** After a reload, what was on is on again. */
function switchOn(local: LocalMedia): void {
  const { microphone, camera } = tabMedia();
  if (camera) void local.setCamera(true);
  if (microphone) void local.setMicrophone(true);
}

function guestSession(device: TabDevice, local: LocalMedia): Session {
  return new Session({
    session: device.session,
    local,
    open: openSocket,
    identify: async (nonce): Promise<Identity> => {
      const key = await findKey(device.device);
      if (!key) throw new Error("the device's key is gone");
      const signature = await signHello(key, nonce, device.device);
      return { as: "guest", device: device.device, signature };
    },
    ...guestOf(device),
  });
}

/** The door lets in nobody without an invitation and a seat. */
function guestOf({ device, seat }: TabDevice): Pick<SessionOptions, "by" | "who"> {
  const invitation = readInvitation(location.hash.slice(1));
  if (!seat || !invitation) throw new Error("the tab has no seat");
  const { participant, link, name } = seat;
  return { by: { as: "guest", invitation, link }, who: { device, participant, name } };
}
