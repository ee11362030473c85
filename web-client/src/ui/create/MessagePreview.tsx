import { me } from "../../account";
import { type Booking, timesOf } from "../../session/booking";
import { shortDayOf, timeOf } from "../format";
import { firstName } from "../words";
import { words } from "./words";

/** What a guest will read, before there is a link. */
export function MessagePreview({ booking, zone }: { booking: Booking; zone: string }) {
  const guest = booking.guests[0];
  const times = timesOf(booking, zone);
  return (
    <div class="message-preview">
      <h2 class="small b">{guest ? words.preview(firstName(guest.name)) : words.previewNobody}</h2>
      <p class="bubble">{times ? messageText(times.starts_at, zone, words.linkLater) : "…"}</p>
      <p class="small quiet">{words.private}</p>
    </div>
  );
}

/** First name, day, time, link: nothing that tells what the visit is about. */
export function messageText(startsAt: number, zone: string, link: string): string {
  return words.message(
    firstName(me.value?.name ?? ""),
    shortDayOf(startsAt, zone),
    timeOf(startsAt, zone),
    link,
  );
}
