import { me } from "../../account";
import type { StaffMember } from "../../protocol";
import { Button } from "../kit/Button";
import { Chip } from "../kit/Chip";
import { check } from "../kit/icons";
import { staffRoleWords } from "../words/clinic";
import { words } from "./words";

interface TableProps {
  staff: readonly StaffMember[];
  onDisable: (member: StaffMember) => void;
  onEnable: (member: StaffMember) => void;
  onReissue: (member: StaffMember) => void;
}

export function StaffTable({ staff, ...actions }: TableProps) {
  return (
    <table class="list-table">
      <caption class="sr">{words.caption}</caption>
      <thead>
        <tr>
          <th scope="col">{words.name}</th>
          <th scope="col">{words.username}</th>
          <th scope="col">{words.role}</th>
          <th scope="col">{words.state}</th>
          <th scope="col">
            <span class="sr">{words.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {staff.map((member) => (
          <Row key={member.staff} member={member} {...actions} />
        ))}
      </tbody>
    </table>
  );
}

/** One's own account has no actions: nobody locks themselves out. */
function Row({
  member,
  onDisable,
  onEnable,
  onReissue,
}: Omit<TableProps, "staff"> & { member: StaffMember }) {
  const own = member.staff === me.value?.staff;
  const of = <span class="sr">: {member.name}</span>;
  return (
    <tr>
      <th scope="row">{member.name}</th>
      <td data-label={words.username}>{member.username}</td>
      <td data-label={words.role}>{staffRoleWords[member.role]}</td>
      <td data-label={words.state}>
        <State member={member} />
      </td>
      <td>
        <span class="row-actions">
          {own && <Chip tone="line">{words.you}</Chip>}
          {!own && !member.disabled && (
            <>
              <Button size="sm" onClick={() => onReissue(member)}>
                {words.reissue}
                {of}
              </Button>
              <Button size="sm" onClick={() => onDisable(member)}>
                {words.disable}
                {of}
              </Button>
            </>
          )}
          {!own && member.disabled && (
            <Button size="sm" onClick={() => onEnable(member)}>
              {words.enable}
              {of}
            </Button>
          )}
        </span>
      </td>
    </tr>
  );
}

function State({ member }: { member: StaffMember }) {
  if (member.disabled) return <Chip>{words.disabled}</Chip>;
  if (!member.set_up) return <Chip tone="wait">{words.invited}</Chip>;
  return (
    <Chip tone="ok" icon={check}>
      {words.active}
    </Chip>
  );
}
