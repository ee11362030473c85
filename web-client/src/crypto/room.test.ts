// @vitest-environment node
import { afterEach, describe, expect, it } from "vitest";
import { DisconnectedError } from "../connection/errors";
import type { Page } from "./bench/page";
import {
  admit,
  asked,
  closeAll,
  commits,
  on,
  session,
  together,
  until,
  untilKnown,
} from "./bench/steps";
import { newTextId } from "./content";
import { newSecret } from "./invitation";

afterEach(closeAll);

describe("a session's group", () => {
  it("begins with the host, takes in those who are admitted, one commit each", async () => {
    const { server, host, guests } = await session(["ana", "ben", "cy"]);
    expect(commits(server)).toBe(3);
    expect(host.room.proofOf("ana")).toBe("proven");
    for (const page of [host, ...guests]) {
      expect(page.room.security.value).toMatchObject({ is: "secure", serverProof: true });
      expect(page.room.events.value).toEqual([]);
    }
    expect(host.code).toMatch(/^\d{20}$/u);
  });

  it("receives with an epoch before it sends with it", async () => {
    const { host, guests } = await session(["ana", "ben"]);
    await until(() => host.told.includes("send 1.2 as 0"));
    for (const { told } of [host, ...guests]) {
      for (const [index, line] of told.entries()) {
        const at = /^send (?<at>\S+)/u.exec(line)?.groups?.["at"];
        if (at) expect(told.slice(0, index)).toContain(`keys ${at}`);
      }
    }
  });

  it("loses those who leave, by the host's commit", async () => {
    const { server, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    ana.close();
    server.leave("ana");
    await together([host, ben]);
    expect(commits(server)).toBe(3);
  });

  it("keeps those whose connection is lost", async () => {
    const { server, host, guests } = await session(["ana", "ben"]);
    const [ana] = guests as [Page];
    ana.lose();
    await host.room.sendText("still with us?");
    ana.connect();
    await until(() => ana.room.texts.value.length === 1);
    expect(host.members).toEqual(["ana", "ben", "host"]);
    expect(commits(server)).toBe(2);
  });

  it("takes out whom the host removes, who gets no later key", async () => {
    const { server, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    await host.room.remove("ana");
    await together([host, ben]);
    expect(ana.told.some((line) => line.endsWith("1.3"))).toBe(false);
    expect(server.devices.get("ana")?.state).toBe("out");
  });

  it("shows only those in the tree, by the names that they gave themselves", async () => {
    const { server, host } = await session(["ana"]);
    const ghost = { participant: "seat-ghost", link: "l", role: "client" as const, name: "Ghost" };
    server.devices.set("ghost", { ...ghost, device: "ghost", state: "admitted", package: null });
    let shown: string[] = [];
    const original = host.room.receive.bind(host.room);
    host.room.receive = (message) => {
      original(message);
      if (message.type !== "room") return;
      shown = host.room.shown(message.room)?.present.map(({ name }) => name) ?? [];
    };
    server.tellRooms();
    await until(() => shown.length > 0);
    expect(shown).toEqual(["Maya", "ana"]);
    expect(host.room.outside.value.map(({ device }) => device)).toEqual(["ghost"]);
  });

  it("carries texts to everyone, and to those who come later only what is said later", async () => {
    const { clinic, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    await ana.room.sendText("hello");
    const texts = (page: Page) => page.room.texts.value.map(({ from, text }) => `${from}: ${text}`);
    await until(() => [host, ana, ben].every((page) => texts(page).length === 1));
    expect(texts(host)).toEqual(["ana: hello"]);
    expect(texts(ana)).toEqual(["ana: hello"]);
    clinic.invite("cy");
    const cy = on(clinic.guest("cy"));
    await admit(host, "cy");
    await together([host, ana, ben, cy]);
    await host.room.sendText("welcome");
    await until(() => texts(cy).length === 1);
    expect(texts(cy)).toEqual(["host: welcome"]);
    // What was said before comes late: to the others it is a replay, to the newcomer nothing.
    const { delivery } = clinic.server.log.find((it) => it.delivery.from === "ana") ?? {};
    if (delivery?.what.type !== "content") throw new Error("nothing was said");
    const { at, what } = delivery;
    clinic.server.request("ana", { type: "content", at, message: what.message });
    await until(() => ben.room.events.value.length === 1);
    await host.room.sendText("still here");
    await until(() => texts(cy).length === 2);
    expect(cy.room.events.value).toEqual([]);
    expect(ben.room.events.value[0]).toMatchObject({ is: "message_refused", why: "replayed" });
    expect(JSON.stringify(clinic.server.log)).not.toContain("hello");
  });

  it("carries a text to the facilitators past everyone else, and its author sees it", async () => {
    const { clinic, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    const seen = (page: Page) =>
      page.room.texts.value.map(({ name, text, isPrivate, leads }) => ({
        ...{ name, text, isPrivate, leads },
      }));
    await ana.room.sendText("may we talk later?", "facilitators");
    await ana.room.sendText("hello");
    await until(() => [host, ana].every((page) => seen(page).length === 2));
    await until(() => seen(ben).length === 1);
    const aside = { name: "ana", text: "may we talk later?", isPrivate: true, leads: false };
    for (const page of [host, ana]) expect(seen(page)[0]).toEqual(aside);
    expect(seen(ben)).toEqual([{ name: "ana", text: "hello", isPrivate: false, leads: false }]);
    for (const page of [host, ana, ben]) expect(page.room.events.value).toEqual([]);
    expect(JSON.stringify(clinic.server.log)).not.toContain("talk later");
    await expect(host.room.sendText("to whom?", "facilitators")).rejects.toThrow("stranger");
  });

  it("opens a private text that came while its reader was away and the group went on", async () => {
    const { clinic, host, guests } = await session(["ana", "ben"]);
    const [ana] = guests as [Page, Page];
    const tablet = on(clinic.host("tablet"));
    await together([host, tablet, ...guests]);
    tablet.lose();
    await ana.room.sendText("before", "facilitators");
    await host.room.remove("ben");
    await together([host, ana], ["ana", "host", "tablet"]);
    await ana.room.sendText("after", "facilitators");
    tablet.connect();
    await until(() => tablet.room.texts.value.length === 2);
    expect(tablet.room.texts.value.map(({ text }) => text)).toEqual(["before", "after"]);
    expect(tablet.room.events.value).toEqual([]);
  });

  it("shows a text once that is said again because its answer was lost", async () => {
    const { server, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    const texts = (page: Page) => page.room.texts.value.map(({ text }) => text);
    const id = newTextId();
    server.after = (from, { type }) => {
      if (from !== "ana" || type !== "content") return;
      server.after = () => {};
      ana.lose();
    };
    await expect(ana.room.sendText("once", "everyone", id)).rejects.toThrow(DisconnectedError);
    await until(() => texts(host).length === 1);
    ana.connect();
    await until(() => texts(ana).length === 1);
    await ana.room.sendText("once", "everyone", id);
    await ana.room.sendText("twice");
    await until(() => [host, ana].every((page) => texts(page).includes("twice")));
    for (const page of [host, ana]) expect(texts(page)).toEqual(["once", "twice"]);
  });

  it("gives everyone a content key, and another one after a removal", async () => {
    const { host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    const write = async () => {
      const entry = new TextEncoder().encode("entry");
      return host.room.talk.keys.value.encrypt(entry, "host", "session");
    };
    const read = (page: Page, sealed: Uint8Array<ArrayBuffer>) =>
      page.room.talk.keys.value.decrypt(sealed, "host", "session").then(
        (bytes) => new TextDecoder().decode(bytes),
        () => null,
      );
    let sealed = await write();
    await until(() => ben.room.talk.keys.value !== undefined && sealed !== null);
    for (const page of [ana, ben]) {
      await untilKnown(async () => sealed !== null && (await read(page, sealed)) === "entry");
    }
    await host.room.remove("ana");
    await together([host, ben]);
    await untilKnown(async () => {
      sealed = await write();
      return sealed !== null && (await read(ana, sealed)) === null;
    });
    await untilKnown(async () => sealed !== null && (await read(ben, sealed)) === "entry");
  });
});

describe("coming back", () => {
  it("resumes a guest after a reload, without a commit", async () => {
    const { clinic, server, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    const before = commits(server);
    ana.close();
    await host.room.sendText("while you were gone");
    const again = on(clinic.guest("ana"));
    await together([host, again, ben]);
    await until(() => again.room.texts.value.length === 1);
    expect(commits(server)).toBe(before);
  });

  it("brings a guest who was away up to date with every commit since", async () => {
    const { clinic, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    ana.close();
    clinic.invite("cy");
    const cy = on(clinic.guest("cy"));
    await admit(host, "cy");
    await host.room.remove("ben");
    ben.close();
    await together([host, cy], ["ana", "cy", "host"]);
    const again = on(clinic.guest("ana"));
    await together([host, cy, again]);
  });

  it("resumes the host after a reload, who goes on letting people in", async () => {
    const { clinic, server, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    host.close();
    const again = on(clinic.host());
    await together([again, ana]);
    clinic.invite("ben");
    const ben = on(clinic.guest("ben"));
    await admit(again, "ben");
    await together([again, ana, ben]);
    expect(asked(server, "start_group")).toBe(1);
  });

  it.each([
    ["before", false],
    ["after", true],
  ])("resumes a host who reloads %s the server took a commit", async (_, taken) => {
    const { clinic, server, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    clinic.invite("ben");
    const ben = on(clinic.guest("ben"));
    await until(() => host.room.proofOf("ben") === "proven");
    // Nothing else is kept meanwhile.
    await until(() => server.log.at(-1)?.delivery.what.type === "content");
    await host.room.sendText("all is quiet");
    const crash = (from: string, { type }: { type: string }) => {
      if (from !== "host" || type !== "admit") return;
      server.before = () => {};
      server.after = () => {};
      host.close();
      if (!taken) throw new Error("it never came");
    };
    if (taken) server.after = crash;
    else server.before = crash;
    host.room.admit("ben", "known_to_me", false).catch(() => {});
    await until(() => !server.pages.has("host"));
    const again = on(clinic.host());
    if (!taken) await admit(again, "ben");
    await together([again, ana, ben]);
    expect(commits(server)).toBe(2);
    expect(asked(server, "start_group")).toBe(1);
  });

  it("resumes a host who reloads after the server took a removal, whose keys only it has", async () => {
    const { clinic, server, host, guests } = await session(["ana", "ben"]);
    const [ana] = guests as [Page, Page];
    await until(() => server.log.at(-1)?.delivery.what.type === "content");
    await host.room.sendText("all is quiet");
    server.after = (from, { type }) => {
      if (from === "host" && type === "remove") host.close();
    };
    host.room.remove("ben").catch(() => {});
    await until(() => !server.pages.has("host"));
    const again = on(clinic.host());
    await together([again, ana]);
    expect(again.room.events.value).toEqual([]);
    expect(asked(server, "start_group")).toBe(1);
  });

  it("makes a new group when the host lost everything, and lets in again whom it had let in", async () => {
    const { clinic, host, guests } = await session(["ana", "ben"]);
    const [ana, ben] = guests as [Page, Page];
    host.close();
    // The browser still knows whom its people let in: it lost the state of the group.
    clinic.store("host").kept.clear();
    const again = on(clinic.host());
    await together([again, ana, ben]);
    expect(again.at?.group).toBe(2);
    expect(ana.told.some((line) => line.startsWith("send 2."))).toBe(true);
  });

  it("asks about everyone when it does not know whom it had let in", async () => {
    const { clinic, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    host.close();
    clinic.store("host").kept.clear();
    clinic.store("host").letIn = new Map();
    const again = on(clinic.host());
    await until(() => again.room.outside.value.length === 1);
    await together([again]);
    await admit(again, "ana");
    await together([again, ana]);
    expect(again.room.outside.value).toEqual([]);
  });

  it("adds and names another device of the host, which lets people in then", async () => {
    const { clinic, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    const tablet = on(clinic.host("tablet"));
    await together([host, ana, tablet]);
    clinic.invite("ben");
    const ben = on(clinic.guest("ben"));
    await admit(tablet, "ben");
    await together([host, ana, tablet, ben]);
  });

  it("waits for no device of this browser whose page is gone, as after a crash", async () => {
    const { clinic, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    host.freeze();
    const again = on(clinic.host("again", "host"));
    await together([again, ana]);
    expect(again.at?.group).toBe(2);
    expect(ana.room.events.value).toEqual([]);
  });

  it("takes a guest's second device for what it is: another knock and another leaf", async () => {
    const { clinic, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    const phone = on(clinic.guest("ana", "phone"));
    await admit(host, "phone");
    await together([host, ana, phone]);
    expect(host.room.proofOf("phone")).toBe("proven");
  });
});

describe("two who may commit", () => {
  it("do not overtake each other: the second tries again on top of the first", async () => {
    const { clinic, server, host, guests } = await session(["ana"]);
    const [ana] = guests as [Page];
    const tablet = on(clinic.host("tablet"));
    await together([host, ana, tablet]);
    for (const name of ["ben", "cy"]) clinic.invite(name);
    const ben = on(clinic.guest("ben"));
    const cy = on(clinic.guest("cy"));
    await until(() => [host, tablet].every(({ room }) => room.proofOf("cy") === "proven"));
    await until(() => [host, tablet].every(({ room }) => room.proofOf("ben") === "proven"));
    await Promise.all([
      host.room.admit("ben", "known_to_me", false),
      tablet.room.admit("cy", "known_to_me", false),
    ]);
    await together([host, ana, tablet, ben, cy]);
    expect(asked(server, "admit")).toBeGreaterThan(3);
    for (const page of [host, tablet]) expect(page.room.events.value).toEqual([]);
  });

  it("are the host and a co-facilitator whom it named, who keeps the tree when the host is away", async () => {
    const { clinic, server, host, guests } = await session(["ana", "ben"], { serverMade: true });
    const [ana, ben] = guests as [Page, Page];
    clinic.invite("cofa", { role: "co_facilitator", serverMade: true });
    const cofa = on(clinic.guest("cofa"));
    await admit(host, "cofa");
    await together([host, ana, ben, cofa]);
    host.lose();
    ben.close();
    server.leave("ben");
    await together([ana, cofa], ["ana", "cofa", "host"]);
    host.connect();
    await together([host, ana, cofa]);
  });
});

describe("a co-facilitator", () => {
  it("can verify knocks when the host is away, and lets nobody in who is forged", async () => {
    const { clinic, host } = await session([]);
    clinic.invite("cofa", { role: "co_facilitator" });
    const cofa = on(clinic.guest("cofa"));
    await admit(host, "cofa");
    await together([host, cofa]);
    const { pinned } = clinic.invite("eve");
    clinic.invite("ana");
    const ana = on(clinic.guest("ana"));
    await until(
      () => cofa.room.proofOf("ana") === "proven",
      () => cofa.room.events.value,
    );
    on(clinic.guest("eve", "eve", { secret: newSecret(), pinned }));
    await until(() => cofa.room.proofOf("eve") === "forged");
    host.lose();
    await admit(cofa, "ana");
    await together([cofa, ana], ["ana", "cofa", "host"]);
    await expect(cofa.room.admit("eve", "known_to_me", false)).rejects.toThrow("stranger");
  });
});
