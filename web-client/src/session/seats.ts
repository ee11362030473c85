import { get } from "../api";
import { fromBase64url } from "../base64url";
import type { SeatKey } from "../crypto/candidates";
import { openSeat, type StaffIdentity } from "../crypto/identity";
import type { Booked, Link, SessionId, SessionSummary } from "../protocol";

/**
 * The seats of a session that have a link, with what verifies a knock by it.
 *
 * @throws {ApiError} the server refused or did not answer.
 */
export async function seatsOf(session: SessionId, identity: StaffIdentity): Promise<SeatKey[]> {
  const { people } = await get<SessionSummary>(`/sessions/${session}`);
  const seats: SeatKey[] = [];
  for (const booked of people) {
    if (booked.link) seats.push(await seatOf(session, identity, booked, booked.link));
  }
  return seats;
}

async function seatOf(
  session: SessionId,
  identity: StaffIdentity,
  { participant, role, name }: Booked,
  { link, sealed }: Link,
): Promise<SeatKey> {
  const listed = { participant, link, role, shareKey: null };
  if (sealed === null) return { ...listed, key: "server_made" };
  const bytes = fromBase64url(sealed);
  const seat = bytes && (await openSeat(identity, session, participant, bytes).catch(() => null));
  // The clinician decides by what the server shows of the seat: it must be what was sealed.
  if (!seat || seat.role !== role || seat.name !== name) return { ...listed, key: "unfit" };
  return { ...listed, key: seat.bindKey, shareKey: seat.shareKey };
}
