import { me } from "../../account";
import type { SetUpLink, StaffMember } from "../../protocol";
import { disableStaff, reissueStaff } from "../../record/staff";
import { dayOf, timeOf } from "../format";
import { announce } from "../kit/announce";
import { Button } from "../kit/Button";
import { ConfirmStep } from "../kit/ConfirmStep";
import { CopyButton } from "../kit/CopyButton";
import { Dialog } from "../kit/Dialog";
import { words } from "./words";

/** The one-time link, shown once. */
export function SetUpLinkDialog(props: { name: string; link: SetUpLink; onClose: () => void }) {
  const { name, link, onClose } = props;
  const zone = me.value?.time_zone ?? "UTC";
  const address = location.origin + link.path;
  return (
    <Dialog title={words.linkTitle(name)} onClose={onClose}>
      <p>{words.linkLead}</p>
      <p class="mono set-up-link">{address}</p>
      <p class="small quiet">
        {words.linkExpires(`${dayOf(link.expires_at, zone)}, ${timeOf(link.expires_at, zone)}`)}
      </p>
      <div class="dialog-actions">
        <Button onClick={onClose}>{words.done}</Button>
        <CopyButton look="primary" text={address} of={words.linkTitle(name)}>
          {words.copyLink}
        </CopyButton>
      </div>
    </Dialog>
  );
}

export function DisableDialog({ member, onClose }: { member: StaffMember; onClose: () => void }) {
  return (
    <Dialog title={words.disableTitle(member.name)} onClose={onClose}>
      <ConfirmStep
        danger
        lead={words.disableLead}
        action={words.disable}
        busy={words.working}
        keep={words.keep}
        onKeep={onClose}
        act={async () => {
          await disableStaff(member.staff);
          announce(words.disabledSaid(member.name));
          onClose();
        }}
      />
    </Dialog>
  );
}

export function ReissueDialog(props: {
  member: StaffMember;
  onClose: () => void;
  onLink: (link: SetUpLink) => void;
}) {
  const { member, onClose, onLink } = props;
  return (
    <Dialog title={words.reissueTitle(member.name)} onClose={onClose}>
      <ConfirmStep
        lead={words.reissueLead}
        action={words.reissue}
        busy={words.working}
        keep={words.keep}
        onKeep={onClose}
        act={async () => onLink(await reissueStaff(member.staff))}
      />
    </Dialog>
  );
}
