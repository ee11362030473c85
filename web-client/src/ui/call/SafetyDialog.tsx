import type { Member } from "../../crypto/group";
import type { Security } from "../../crypto/room";
import type { DeviceId } from "../../protocol";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Icon } from "../kit/Icon";
import { refreshCw, userRound } from "../kit/icons";
import { groupsOf, notPrivateWords, spokenCode } from "./safety";
import { safetyWords as words } from "./safety-words";

type Secure = Extract<Security, { is: "secure" }>;
type Refused = Extract<Security, { is: "refused" }>;

/** The safety code to read aloud and who holds the keys of the call; or why it is not private. */
export function SafetyDialog(props: { security: Security; you: DeviceId; onClose: () => void }) {
  const { security, you, onClose } = props;
  switch (security.is) {
    case "starting":
      return (
        <Dialog title={words.startingTitle} onClose={onClose}>
          <p>{words.startingLead}</p>
        </Dialog>
      );
    case "secure":
      return (
        <Dialog title={words.title} onClose={onClose} class="safety-dialog">
          <CodeView security={security} you={you} />
        </Dialog>
      );
    case "refused":
      return (
        <Dialog title={words.notTitle} onClose={onClose}>
          <NotPrivate why={security.why} />
        </Dialog>
      );
  }
}

function CodeView({ security, you }: { security: Secure; you: DeviceId }) {
  const { code, members, serverProof } = security;
  return (
    <>
      <p class="muted">{words.lead}</p>
      <p class="sr">{words.code(spokenCode(code))}</p>
      <p class="safety-code" aria-hidden="true">
        {groupsOf(code).map((group, at) => (
          <span key={`${at} ${group}`}>{group}</span>
        ))}
      </p>
      {!serverProof && <Banner tone="wait">{words.serverMade}</Banner>}
      <section class="safety-members" aria-labelledby="safety-members">
        <h3 id="safety-members" class="small">
          {words.inCall}
        </h3>
        <ul>
          {members.map((member) => (
            <li key={member.device}>
              <Icon of={userRound} size="s" />
              <span>{nameOf(member, you)}</span>
            </li>
          ))}
        </ul>
        <p class="small quiet">{words.changes}</p>
      </section>
      <details class="small">
        <summary>{words.differ}</summary>
        <p>{words.differLead}</p>
      </details>
    </>
  );
}

function nameOf({ device, name }: Member, you: DeviceId): string {
  return device === you ? words.you(name) : name;
}

function NotPrivate({ why }: { why: Refused["why"] }) {
  return (
    <>
      <p>{words.notLead}</p>
      <p class="not-private">{notPrivateWords(why)}</p>
      {why !== "wrong_host" && (
        <div class="dialog-actions">
          <Button icon={refreshCw} look="primary" onClick={() => location.reload()} data-focus>
            {words.reload}
          </Button>
        </div>
      )}
    </>
  );
}
