import { ApiError, post } from "../../api";
import { toBase64url } from "../../base64url";
import { findKey, forgetKey, keepKey, makeKey } from "../../connection/device-key";
import { forgetTabDevice, keepTabDevice, type TabDevice, tabDevice } from "../../connection/tab";
import { readInvitation, tokenOf } from "../../crypto/invitation";
import { canCall } from "../../media/devices";
import type { Attestation, Join, Joined, Look, LookToken } from "../../protocol";

/** What a guest finds behind the link. */
export type Door =
  | { is: "opening" }
  | { is: "unsupported" }
  /** The link in the address is not whole. */
  | { is: "bad" }
  | { is: "ended" }
  | { is: "early"; look: Look }
  | { is: "offline" }
  | { is: "fault" }
  | { is: "slow"; seconds: number }
  | { is: "form"; look: Look; token: string }
  /** This tab is a device in the session. */
  | { is: "in"; device: TabDevice; look: Look | null };

/**
 * Looks behind the link in the address. A tab that already was in this session goes straight back.
 * The secret stays in the fragment, so that a reload works; only the token derived from it is sent.
 */
export async function openDoor(): Promise<Door> {
  if (!(await canCall())) return { is: "unsupported" };
  const invitation = readInvitation(location.hash.slice(1));
  const token = invitation ? await tokenOf(invitation.secret) : null;
  const device = await knownDevice(token);
  if (device) return { is: "in", device, look: null };
  if (!token) return { is: "bad" };
  return look(token);
}

/** What the link is for; `null` when it cannot be told now. */
export async function lookAgain(): Promise<Look | null> {
  const invitation = readInvitation(location.hash.slice(1));
  if (!invitation) return null;
  try {
    const body: LookToken = { token: await tokenOf(invitation.secret) };
    return await post<Look>("/join/look", body);
  } catch {
    return null;
  }
}

/**
 * Redeems the link for this tab.
 *
 * @throws {ApiError} it was refused, or not answered.
 */
export async function enterDoor(
  { look, token }: { look: Look; token: string },
  name: string,
  attestation: Attestation,
): Promise<Door> {
  const { pair, publicKey } = await makeKey();
  const body: Join = { token, name, device_key: publicKey, attestation };
  const joined = await post<Joined>("/join", body);
  await keepKey(joined.device, pair);
  const { session, participant } = joined;
  const seat = { participant, link: joined.link, name };
  const device = { session, device: joined.device, link: await digest(token), seat };
  keepTabDevice("guest", device);
  return { is: "in", device, look };
}

/** The tab is no device any more: the session is over for it. */
export async function leaveDoor(device: TabDevice): Promise<void> {
  forgetTabDevice("guest");
  await forgetKey(device.device).catch(() => {});
}

async function look(token: string): Promise<Door> {
  try {
    const body: LookToken = { token };
    const found = await post<Look>("/join/look", body);
    return found.readiness === "too_early"
      ? { is: "early", look: found }
      : { is: "form", look: found, token };
  } catch (error) {
    return doorOf(error);
  }
}

/** What a refusal of the link means for the guest. */
export function doorOf(error: unknown): Door {
  if (!(error instanceof ApiError)) return { is: "fault" };
  switch (error.code) {
    case "link_ended":
    case "not_found":
      return { is: "ended" };
    case "slow_down":
      return { is: "slow", seconds: error.retryAfter ?? 60 };
    case "offline":
      return { is: "offline" };
    case "invalid":
      return { is: "bad" };
    default:
      return { is: "fault" };
  }
}

/** The device this tab is, when it came by the same link and its key is still here. */
async function knownDevice(token: string | null): Promise<TabDevice | null> {
  const device = tabDevice("guest");
  if (!device?.seat || !token) return null;
  if (device.link !== (await digest(token))) return null;
  const key = await findKey(device.device).catch(() => null);
  return key ? device : null;
}

async function digest(token: string): Promise<string> {
  const text = new TextEncoder().encode(token);
  return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}
