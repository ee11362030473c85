import type { Way } from "../../media/way";
import { Banner } from "../kit/Banner";
import { wayWords } from "./way-words";

/** How the call is connected, and what that means for the person. */
export function WayNote({ way }: { way: Way | null }) {
  const { title, lead } = wayWords(way);
  return (
    <Banner>
      <b>{title}.</b> {lead}
    </Banner>
  );
}
