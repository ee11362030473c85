import type { DeviceId, SessionId } from "../protocol";

/** What this tab is in a session; a reload finds it, a new tab does not. */
export interface TabDevice {
  session: SessionId;
  device: DeviceId;
}

type Kind = "guest" | "staff";

export function tabDevice(kind: Kind): TabDevice | null {
  const text = sessionStorage.getItem(key(kind));
  if (!text) return null;
  try {
    const { session, device } = JSON.parse(text) as Partial<TabDevice>;
    return typeof session === "string" && typeof device === "string" ? { session, device } : null;
  } catch {
    return null;
  }
}

export function keepTabDevice(kind: Kind, { session, device }: TabDevice): void {
  sessionStorage.setItem(key(kind), JSON.stringify({ session, device }));
}

export function forgetTabDevice(kind: Kind): void {
  sessionStorage.removeItem(key(kind));
}

/**
 * Claims a device for this tab. A duplicated tab carries the same device, and two tabs that both
 * speak for it would push each other out without end: the newest one has it, and `lost` is called
 * in the one before.
 */
export function claimDevice(device: DeviceId, lost: () => void): void {
  if (!navigator.locks) return;
  const forever = (): Promise<never> => new Promise(() => {});
  navigator.locks.request(`quietroom-device-${device}`, { steal: true }, forever).catch(lost);
}

function key(kind: Kind): string {
  return `quietroom.${kind}`;
}
