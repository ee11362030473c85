// @vitest-environment node
import { afterEach, describe, expect, it } from "vitest";
import { Clinic } from "./bench/clinic";
import type { Page } from "./bench/page";
import type { Server } from "./bench/server";
import { admit, asked, closeAll, commits, on, session, together, until } from "./bench/steps";
import { newSecret } from "./invitation";

afterEach(closeAll);

describe("what the server must not do", () => {
  it("adds nobody by a package whose binding is not made with the link's secret", async () => {
    const { clinic, server, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    const { pinned } = clinic.invite("eve");
    on(clinic.guest("eve", "eve", { secret: newSecret(), pinned }));
    await until(() => host.room.proofOf("eve") === "forged");
    await expect(host.room.admit("eve", "known_to_me", false)).rejects.toThrow("stranger");
    expect(host.room.events.value.map(({ is }) => is)).toEqual(["knock_forged"]);
    expect(asked(server, "admit")).toBe(1);
    expect([host, ana].map(({ members }) => members.length)).toEqual([2, 2]);
  });

  it("adds nobody by a package that was put in another's place", async () => {
    const { clinic, server, host } = await session(["ana"]);
    clinic.invite("ben");
    on(clinic.guest("ben"));
    await until(() => host.room.proofOf("ben") === "proven");
    const ben = server.devices.get("ben");
    const ana = server.devices.get("ana");
    if (ben?.package && ana?.package) ben.package = { ...ana.package };
    server.tellPackages();
    await until(() => host.room.proofOf("ben") === "forged");
    await expect(host.room.admit("ben", "known_to_me", false)).rejects.toThrow("stranger");
  });

  it("adds nobody by admitting on its own", async () => {
    const { clinic, server, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    clinic.invite("ben");
    const ben = on(clinic.guest("ben"));
    await until(() => host.room.proofOf("ben") === "proven");
    const standing = server.devices.get("ben");
    if (standing) standing.state = "admitted";
    server.tellRooms();
    server.tellPackages();
    await until(() => host.room.outside.value.length === 1);
    await host.room.sendText("only us");
    await until(() => ana.room.texts.value.length === 1);
    expect(ben.room.security.value.is).toBe("starting");
    expect(commits(server)).toBe(1);
  });

  it("gives a guest no keys of a host who is not the one in the link", async () => {
    const { clinic, host } = await session([]);
    const other = await Clinic.open();
    const { secret } = clinic.invite("ana");
    const ana = on(clinic.guest("ana", "ana", { secret, pinned: other.pinned }));
    await admit(host, "ana");
    await until(() => ana.room.security.value.is === "refused");
    expect(ana.room.security.value).toEqual({ is: "refused", why: "wrong_host" });
    expect(ana.told).toEqual([]);
  });

  it("says that nothing is proof against it where it made the links", async () => {
    const { host, guests } = await session(["ana"], { serverMade: true });
    expect(host.room.proofOf("ana")).toBe("server_made");
    for (const page of [host, ...guests]) {
      expect(page.room.security.value).toMatchObject({ is: "secure", serverProof: false });
    }
  });

  it("does no harm by sending twice, in the wrong order or late", async () => {
    const { clinic, server, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    let held: Parameters<Server["deliver"]>[1] | null = null;
    server.tamper = (to, delivery) => {
      if (to !== "ana") return [delivery];
      if (!held) {
        held = delivery;
        return [];
      }
      const earlier = held;
      held = null;
      return [delivery, delivery, earlier, delivery, earlier];
    };
    clinic.invite("cy");
    const cy = on(clinic.guest("cy"));
    await admit(host, "cy");
    await host.room.sendText("one");
    await host.room.sendText("two");
    server.tamper = (_, delivery) => [delivery];
    await host.room.sendText("three");
    await together([host, ana, ben, cy]);
    const texts = () => ana.room.texts.value.map(({ text }) => text);
    await until(() => texts().length === 3, texts);
    expect(texts()).toEqual(["one", "two", "three"]);
    expect(ana.room.events.value).toEqual([]);
  });

  it("is noticed when it keeps a commit back for good, and changes nothing by it", async () => {
    const { server, host, guests } = await session(["ana", "ben", "cy"]);
    const [ana, ben, cy] = guests as [Page, Page, Page];
    const at = ana.at;
    server.tamper = (to, delivery) =>
      to === "ana" && delivery.what.type === "commit" && delivery.at.epoch === at?.epoch
        ? []
        : [delivery];
    await host.room.remove("ben");
    ben.close();
    await host.room.remove("cy");
    cy.close();
    await together([host], ["ana", "host"]);
    await until(() => ana.room.events.value.length > 0);
    expect(ana.room.events.value[0]).toMatchObject({ is: "commit_refused", why: "wrong_epoch" });
    expect(ana.at).toEqual(at);
  });

  it("changes nothing by a commit that it changed or made up", async () => {
    const { server, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    const at = ana.at;
    server.tamper = (to, delivery) => {
      if (to !== "ana" || delivery.what.type !== "commit") return [delivery];
      const { commit } = delivery.what;
      const flipped = commit.slice(0, -4) + (commit.endsWith("AAAA") ? "BBBB" : "AAAA");
      return [{ ...delivery, what: { ...delivery.what, commit: flipped } }];
    };
    await host.room.remove("ben");
    ben.close();
    await until(() => ana.room.events.value.length > 0);
    expect(ana.room.events.value[0]?.is).toBe("commit_refused");
    expect(ana.at).toEqual(at);
    expect(ana.room.security.value.is).toBe("secure");
  });

  it("gets a few tries when it calls every commit stale, and no more", async () => {
    const { clinic, server, host } = await session(["ana"]);
    clinic.invite("ben");
    on(clinic.guest("ben"));
    await until(() => host.room.proofOf("ben") === "proven");
    const base = server.head;
    server.before = (from, { type }) => {
      if (from !== "host" || type !== "admit" || !base) return;
      server.head = { ...base, epoch: 99 };
    };
    server.after = () => {
      server.head = base;
    };
    const before = asked(server, "admit");
    await expect(host.room.admit("ben", "known_to_me", false)).rejects.toMatchObject({
      code: "stale_epoch",
    });
    expect(asked(server, "admit") - before).toBe(5);
    expect(host.members).toEqual(["ana", "host"]);
  });
});
