import { knockAlone, type Member } from "./member";
import { hashAtOnce } from "./quick-crypto";

// The program that members without a browser run in. It is told what to do by whoever started it.

/** What it is told. */
export type ToCrowd =
  | { do: "knock"; link: string; name: string }
  /** Tell the sizes of what came to the member that knocked as the `nth`, from 0. */
  | { do: "sizes"; nth: number };

/** What it answers to each, in order. */
export type FromCrowd =
  | { device: string }
  | { commits: number[]; welcome: number }
  | { failed: string };

const members: Member[] = [];

hashAtOnce();
process.on("message", (message: ToCrowd) => {
  void answer(message)
    .catch((error: unknown): FromCrowd => ({ failed: String(error) }))
    .then((said) => process.send?.(said));
});
process.on("disconnect", () => process.exit());

async function answer(message: ToCrowd): Promise<FromCrowd> {
  if (message.do === "knock") {
    const member = await knockAlone(message.link, message.name);
    members.push(member);
    return { device: member.device };
  }
  const member = members[message.nth];
  if (!member) throw new Error(`there is no member ${message.nth}`);
  return { commits: member.commits, welcome: member.welcome };
}
