import { expect } from "vitest";
import { type Demo, startDemo } from "../harness/demo";
import { type Front, startFront } from "../harness/front";
import { alive, flowing } from "../harness/rtc";
import {
  type Browser,
  type Guest,
  guest,
  type Host,
  host,
  type Person,
  type PersonOptions,
} from "./people";
import { agree, frames } from "./secure";

/** A session between people at browsers of their own, with a test build before a demo server. */
export class Meeting {
  readonly demo: Demo;
  readonly host: Host;
  private readonly front: Front;
  private readonly links: Map<string, string>;
  private readonly everyone: Person[];

  private constructor(demo: Demo, front: Front, host: Host, links: Map<string, string>) {
    this.demo = demo;
    this.front = front;
    this.host = host;
    this.links = links;
    this.everyone = [host];
  }

  /** The host is in the call, the guests are booked and not there yet. */
  static async open(
    client: string,
    browser: Browser,
    names: string[],
    options: PersonOptions = {},
  ): Promise<Meeting> {
    const demo = await startDemo();
    const front = await startFront(demo.origin, client);
    const leading = await host(browser, options);
    await leading.signIn(front.through(demo.signIn));
    const links = await leading.book(names);
    await leading.enter(names[0] ?? "");
    return new Meeting(demo, front, leading, links);
  }

  linkOf(name: string): string {
    const link = this.links.get(name);
    if (!link) throw new Error(`${name} is not booked`);
    return link;
  }

  /** Someone booked starts a browser and waits at the door. */
  async arrive(
    name: string,
    browser: Browser,
    options: PersonOptions = {},
    link = this.linkOf(name),
  ): Promise<Guest> {
    const arriving = await guest(name, browser, options);
    this.everyone.push(arriving);
    await arriving.knock(link);
    return arriving;
  }

  /** Ends all browsers, then the server. */
  async stop(): Promise<void> {
    await Promise.all(this.everyone.map((person) => person.stop()));
    await this.front.stop();
    expect(await this.demo.stop()).toBe(0);
  }
}

/** Waits until everyone is in one group with the same safety code, and sees and hears all others. */
export async function together(people: readonly Person[]): Promise<void> {
  await agree(
    people.map(({ page }) => page),
    people.length,
  );
  const others = people.length - 1;
  for (const { page, browser } of people) {
    await flowing(
      page,
      `a person in ${browser} sees and hears ${others}`,
      (now) => now.videos >= others && now.sounds >= others,
    );
  }
}

/** Reasons for which a frame is not opened, while all have the same keys. */
const FAILURES = ["plain", "no_key", "tampered", "replayed", "wrong_sender"];

/** Milliseconds after a change in which frames of the time before may still come. */
const SETTLES = 1_500;

/** For so long everyone sees and hears, and no frame is dropped by anyone. */
export async function steady(people: readonly Person[], milliseconds: number): Promise<void> {
  await new Promise((settled) => setTimeout(settled, SETTLES));
  const until = Date.now() + milliseconds;
  const before = await Promise.all(people.map(({ page }) => frames(page)));
  while (Date.now() < until) {
    const looks = people.map(({ page, browser }) =>
      alive(page, `a person in ${browser} sees and hears on`),
    );
    await Promise.all(looks);
    await new Promise((pause) => setTimeout(pause, 2_000));
  }
  const after = await Promise.all(people.map(({ page }) => frames(page)));
  for (const [at, { browser }] of people.entries()) {
    const grown = (what: string) => (after[at]?.[what] ?? 0) - (before[at]?.[what] ?? 0);
    const failed = Object.fromEntries(FAILURES.map((why) => [why, grown(why)]));
    expect(failed, `frames that ${browser} dropped`).toEqual(
      Object.fromEntries(FAILURES.map((why) => [why, 0])),
    );
    expect(grown("opened"), `frames that ${browser} opened`).toBeGreaterThan(milliseconds / 50);
  }
}
