import { useState } from "preact/hooks";
import { canShareScreen } from "../../media/devices";
import type { Room } from "../../protocol";
import type { Session } from "../../session/session";
import { mayShareScreen } from "../../session/state";
import { troubleWords } from "../join/DeviceCheck";
import { DeviceSelect } from "../join/DeviceDialog";
import { Banner } from "../kit/Banner";
import { Button, ButtonLink } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Toggle } from "../kit/Field";
import { messageSquare, phone, screenShare, screenShareOff } from "../kit/icons";
import { common } from "../words";
import { callKeys, setCallKeys } from "./keys";
import { WayNote } from "./WayNote";
import { words } from "./words";

/** Camera and microphone, keys, and on phones what has no place in the bar. */
export function MoreDialog(props: { session: Session; room: Room; onClose: () => void }) {
  const { session, room, onClose } = props;
  const { local } = session;
  const microphone = local.microphone.value;
  const camera = local.camera.value;
  const shares = local.state.value.screen;
  return (
    <Dialog title={words.moreTitle} onClose={onClose} class="more">
      {microphone.trouble && <TroubleNote words={troubleWords("microphone", microphone)} />}
      {microphone.trouble ? (
        <Button onClick={() => void local.setMicrophone(true)}>{common.tryAgain}</Button>
      ) : (
        <DeviceSelect local={local} input="microphone" />
      )}
      {camera.trouble && <TroubleNote words={troubleWords("camera", camera)} />}
      {camera.trouble ? (
        <Button onClick={() => void local.setCamera(true)}>{common.tryAgain}</Button>
      ) : (
        <DeviceSelect local={local} input="camera" />
      )}
      {canShareScreen() && mayShareScreen(room) && (
        <div class="only-s">
          <Button
            block
            icon={shares ? screenShareOff : screenShare}
            onClick={() => {
              onClose();
              if (shares) local.stopScreen();
              else void local.shareScreen();
            }}
          >
            {shares ? words.stopShare : words.shareScreen}
          </Button>
        </div>
      )}
      <Toggle label={words.keysLabel} on={callKeys.value} onChange={setCallKeys} />
      <WayNote way={session.media.way.value} />
      <p class="hint">{words.path}</p>
    </Dialog>
  );
}

function TroubleNote({ words: [title, sub] }: { words: [string, string] }) {
  return (
    <Banner tone="bad">
      <b>{title}.</b> {sub}
    </Banner>
  );
}

/** Where to turn in a crisis. The call goes on behind it. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={words.helpTitle} onClose={onClose}>
      <p class="muted">{words.helpLead}</p>
      <div class="help-lines">
        <ButtonLink size="big" block icon={phone} href="tel:988">
          {words.call988}
        </ButtonLink>
        <ButtonLink size="big" block icon={messageSquare} href="sms:988">
          {words.text988}
        </ButtonLink>
        <ButtonLink size="big" block icon={phone} href="tel:911">
          {words.call911}
        </ButtonLink>
      </div>
      <p class="hint">{words.helpHint}</p>
    </Dialog>
  );
}

/** Leaving, and for those who lead, ending the session for everyone. */
export function LeaveDialog(props: { session: Session; leads: boolean; onClose: () => void }) {
  const { session, leads } = props;
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  async function end() {
    setBusy(true);
    setFailed(false);
    try {
      await session.endForAll();
    } catch {
      setFailed(true);
      setBusy(false);
    }
  }

  return (
    <Dialog title={leads ? words.endTitle : words.leaveTitle} onClose={props.onClose}>
      <p>{leads ? words.endLead : words.leaveLead}</p>
      {failed && (
        <Banner tone="bad" announce="assertive">
          {words.actionFailed}
        </Banner>
      )}
      <div class="dialog-actions">
        <Button onClick={props.onClose} data-focus>
          {words.stay}
        </Button>
        <Button look={leads ? undefined : "danger"} onClick={() => void session.leave()}>
          {leads ? words.leaveOnly : words.leave}
        </Button>
        {leads && (
          <Button look="danger" busy={busy && words.ending} onClick={() => void end()}>
            {words.endAll}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
