import { useEffect, useState } from "preact/hooks";
import { me } from "../../account";
import type { SetUpLink, StaffMember } from "../../protocol";
import { enableStaff, loadStaff, staff } from "../../record/staff";
import { errorWords } from "../errors";
import { announce } from "../kit/announce";
import { Banner } from "../kit/Banner";
import { Button } from "../kit/Button";
import { plus } from "../kit/icons";
import { PageHeader } from "../kit/PageHeader";
import { Shell } from "../shell/Shell";
import { usePage } from "../usePage";
import { common } from "../words";
import { AddStaffDialog } from "./AddStaffDialog";
import { DisableDialog, ReissueDialog, SetUpLinkDialog } from "./StaffDialogs";
import { StaffTable } from "./StaffTable";
import { words } from "./words";
import "../list.css";
import "./staff.css";

type Open =
  | { dialog: "add" }
  | { dialog: "disable" | "reissue"; member: StaffMember }
  | { dialog: "link"; name: string; link: SetUpLink };

/** Staff accounts, for administrators: who may sign in. */
export default function StaffPage() {
  usePage(words.title);
  const [open, setOpen] = useState<Open | null>(null);
  const [error, setError] = useState<string | null>(null);
  const allowed = me.value?.role === "administrator";
  const close = () => setOpen(null);
  const load = () => {
    setError(null);
    loadStaff().catch((refused) => setError(errorWords(refused)));
  };
  useEffect(() => {
    if (allowed) load();
  }, [allowed]);

  async function enable(member: StaffMember) {
    try {
      await enableStaff(member.staff);
      announce(words.enabledSaid(member.name));
    } catch (refused) {
      setError(errorWords(refused));
    }
  }

  return (
    <Shell>
      <PageHeader title={words.title} lead={staff.value && words.lead(staff.value.length)}>
        {allowed && (
          <Button look="primary" icon={plus} onClick={() => setOpen({ dialog: "add" })}>
            {words.add}
          </Button>
        )}
      </PageHeader>
      {!allowed && <Banner tone="bad">{common.notAllowed}</Banner>}
      {error && (
        <Banner
          tone="bad"
          announce="assertive"
          action={
            <Button size="sm" onClick={load}>
              {common.tryAgain}
            </Button>
          }
        >
          {error}
        </Banner>
      )}
      {staff.value && (
        <StaffTable
          staff={staff.value}
          onDisable={(member) => setOpen({ dialog: "disable", member })}
          onReissue={(member) => setOpen({ dialog: "reissue", member })}
          onEnable={(member) => void enable(member)}
        />
      )}
      {open?.dialog === "add" && (
        <AddStaffDialog
          onClose={close}
          onCreated={(name, link) => setOpen({ dialog: "link", name, link })}
        />
      )}
      {open?.dialog === "disable" && <DisableDialog member={open.member} onClose={close} />}
      {open?.dialog === "reissue" && (
        <ReissueDialog
          member={open.member}
          onClose={close}
          onLink={(link) => setOpen({ dialog: "link", name: open.member.name, link })}
        />
      )}
      {open?.dialog === "link" && (
        <SetUpLinkDialog name={open.name} link={open.link} onClose={close} />
      )}
    </Shell>
  );
}
