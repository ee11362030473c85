// What the tests of a session's group do and await.

import { Clinic } from "./clinic";
import type { Page } from "./page";
import type { Server } from "./server";

const open: Page[] = [];

/** Closes every page of the test. */
export function closeAll(): void {
  for (const page of open.splice(0)) page.close();
}

/** Opens a page's connection. */
export function on(page: Page): Page {
  open.push(page);
  page.connect();
  return page;
}

/** All are in one epoch with the same members, who are `names`. */
export async function together(
  pages: Page[],
  names = pages.map(({ who }) => who.device),
): Promise<void> {
  const wanted = JSON.stringify([...names].sort());
  await until(
    () =>
      new Set(pages.map(({ code }) => code)).size === 1 &&
      pages.every(({ members }) => JSON.stringify(members) === wanted),
    () =>
      pages.map(({ who, members, at, code, room }) => [
        who.device,
        members,
        at,
        code,
        room.events.value,
      ]),
  );
}

export async function admit(host: Page, device: string): Promise<void> {
  await until(
    () => host.room.proofOf(device) !== "pending",
    () => `${device} is ${host.room.proofOf(device)}`,
  );
  await host.room.admit(device, "known_to_me", false);
}

export async function session(names: string[], more: Parameters<Clinic["invite"]>[1] = {}) {
  const clinic = await Clinic.open();
  const host = on(clinic.host());
  await together([host]);
  const guests: Page[] = [];
  for (const name of names) {
    clinic.invite(name, more);
    const guest = on(clinic.guest(name));
    await admit(host, name);
    guests.push(guest);
    await together([host, ...guests]);
  }
  return { clinic, server: clinic.server, host, guests };
}

export const commits = (server: Server) =>
  server.log.filter(({ delivery }) => delivery.what.type === "commit").length;
export const asked = (server: Server, type: string) =>
  server.asked.filter(({ message }) => message.type === type).length;

/** Resolves once `holds`; fails with what `see` says after 3 seconds. */
export async function until(holds: () => boolean, see: () => unknown = () => ""): Promise<void> {
  const end = performance.now() + 3_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`it never came true: ${JSON.stringify(see())}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** As `until`, of what takes time to find out. */
export async function untilKnown(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  throw new Error("it never came true");
}
