import type { DeviceId, LinkId, ParticipantId, SessionId } from "../protocol";

/** What this tab is in a session; a reload finds it, a new tab does not. */
export interface TabDevice {
  session: SessionId;
  device: DeviceId;
  /** Which link it came by: a digest, so that another link in the same tab is noticed. */
  link?: string;
  /** What a guest's device is in the group. */
  seat?: TabSeat;
}

/** The seat of a guest's device, as it was when the link was redeemed. */
export interface TabSeat {
  participant: ParticipantId;
  link: LinkId;
  name: string;
}

const OFF = "quietroom.off";

type Kind = "guest" | "staff";

export function tabDevice(kind: Kind): TabDevice | null {
  const text = sessionStorage.getItem(key(kind));
  if (!text) return null;
  try {
    const { session, device, link, seat } = JSON.parse(text) as Partial<TabDevice>;
    if (typeof session !== "string" || typeof device !== "string") return null;
    const known: TabDevice = { session, device };
    if (typeof link === "string") known.link = link;
    if (isSeat(seat)) known.seat = seat;
    return known;
  } catch {
    return null;
  }
}

export function keepTabDevice(kind: Kind, device: TabDevice): void {
  sessionStorage.setItem(key(kind), JSON.stringify(device));
}

export function forgetTabDevice(kind: Kind): void {
  sessionStorage.removeItem(key(kind));
}

/** What the person had switched on, so that a reload comes back the same way. */
export function tabMedia(): { microphone: boolean; camera: boolean } {
  const off = sessionStorage.getItem(OFF)?.split(" ") ?? [];
  return { microphone: !off.includes("microphone"), camera: !off.includes("camera") };
}

export function keepTabMedia(on: { microphone: boolean; camera: boolean }): void {
  const off = (["microphone", "camera"] as const).filter((source) => !on[source]);
  sessionStorage.setItem(OFF, off.join(" "));
}

/**
 * Claims a device for this tab. A duplicated tab carries the same device, and two tabs that both
 * speak for it would push each other out without end: the newest one has it, and `lost` is called
 * in the one before.
 */
export function claimDevice(device: DeviceId, lost: () => void): void {
  if (!navigator.locks) return;
  const forever = (): Promise<never> => new Promise(() => {});
  navigator.locks.request(lockOf(device), { steal: true }, forever).catch(lost);
}

/** Whether a tab of this browser speaks for the device; `null` when that cannot be known. */
export async function isClaimed(device: DeviceId): Promise<boolean | null> {
  if (!navigator.locks) return null;
  const { held } = await navigator.locks.query();
  return held?.some(({ name }) => name === lockOf(device)) ?? null;
}

function lockOf(device: DeviceId): string {
  return `quietroom-device-${device}`;
}

function isSeat(seat: Partial<TabSeat> | undefined): seat is TabSeat {
  const { participant, link, name } = seat ?? {};
  return [participant, link, name].every((text) => typeof text === "string");
}

function key(kind: Kind): string {
  return `quietroom.${kind}`;
}
