import type { Page } from "playwright-core";
import type { Page as FirefoxPage } from "puppeteer-core";
import { startChromium } from "../harness/chromium";
import { startFirefox } from "../harness/firefox";
import type { Evaluates } from "../harness/rtc";
import { joinInFirefox, leaveInFirefox } from "./firefox";
import {
  createInFirefox,
  enterCallInFirefox,
  letInInFirefox,
  signInInFirefox,
  takeOutInFirefox,
} from "./firefox-staff";
import { cameraAndSoundOn, joinWithEverything, leave } from "./guest";
import { createAppointment, enterCall, letIn, signIn, takeOut } from "./staff";

export type Browser = "Chromium" | "Firefox";

/** Someone at a browser of their own. */
export interface Person {
  browser: Browser;
  page: Evaluates & { reload(): Promise<unknown>; close(): Promise<void> };
  /** Ends the browser. */
  stop(): Promise<void>;
}

export interface Guest extends Person {
  name: string;
  /** Opens the link and goes to the waiting room. */
  knock(link: string): Promise<void>;
  leave(): Promise<void>;
}

export interface Host extends Person {
  signIn(link: string): Promise<void>;
  /** Books the guests into one session; returns their links by name. */
  book(names: string[]): Promise<Map<string, string>>;
  enter(name: string): Promise<void>;
  /** Returns when, milliseconds since 1970. */
  letIn(name: string): Promise<number>;
  /** Takes someone out of the call; returns when, milliseconds since 1970. */
  takeOut(name: string): Promise<number>;
  /** The page is gone without a word; another is opened in its place, in the same session. */
  crash(): Promise<void>;
}

export interface PersonOptions {
  /** Done to a page of Chromium before it goes anywhere. */
  prepare?: (page: Page) => Promise<unknown>;
  /** Pictures a second of the camera; what the browser likes unless given. */
  fps?: number;
  /** Its pictures are small. */
  small?: boolean;
}

export async function guest(
  name: string,
  browser: Browser,
  options: PersonOptions = {},
): Promise<Guest> {
  if (browser === "Firefox") {
    const firefox = await startFirefox(options);
    const page = await firefox.open("about:blank");
    return {
      name,
      browser,
      page,
      async knock(link) {
        await loadAnew(page, link);
        await joinInFirefox(page, name);
      },
      leave: () => leaveInFirefox(page),
      stop: () => firefox.close(),
    };
  }
  const chromium = await startChromium(options);
  const page = await chromium.open("about:blank");
  await options.prepare?.(page);
  return {
    name,
    browser,
    page,
    async knock(link) {
      await loadAnew(page, link);
      await cameraAndSoundOn(page);
      await joinWithEverything(page, name);
    },
    leave: () => leave(page),
    stop: () => chromium.close(),
  };
}

/** The same address again would not load the page anew. */
async function loadAnew(page: { goto(url: string): Promise<unknown> }, url: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(url);
}

export async function host(browser: Browser, options: PersonOptions = {}): Promise<Host> {
  return browser === "Firefox" ? hostInFirefox(options) : hostInChromium(options);
}

async function hostInChromium(options: PersonOptions): Promise<Host> {
  const chromium = await startChromium(options);
  let page: Page = await chromium.open("about:blank");
  await options.prepare?.(page);
  return {
    browser: "Chromium",
    get page() {
      return page;
    },
    signIn: (link) => signIn(page, link),
    book: (names) =>
      createAppointment(page, names, names.length > 1 ? "Group class" : "One to one"),
    enter: (name) => enterCall(page, name),
    letIn: (name) => letIn(page, name),
    takeOut: (name) => takeOut(page, name),
    async crash() {
      const url = page.url();
      await page.close();
      page = await chromium.open(url);
      await page.getByRole("toolbar", { name: "Call controls" }).waitFor();
    },
    stop: () => chromium.close(),
  };
}

async function hostInFirefox(options: PersonOptions): Promise<Host> {
  const firefox = await startFirefox(options);
  let page: FirefoxPage = await firefox.open("about:blank");
  return {
    browser: "Firefox",
    get page() {
      return page;
    },
    signIn: (link) => signInInFirefox(page, link),
    async book(names) {
      const [name = ""] = names;
      if (names.length !== 1) throw new Error("in Firefox one guest is booked");
      return new Map([[name, await createInFirefox(page, name)]]);
    },
    enter: (name) => enterCallInFirefox(page, name),
    letIn: (name) => letInInFirefox(page, name),
    takeOut: (name) => takeOutInFirefox(page, name),
    async crash() {
      const url = page.url();
      await page.close();
      page = await firefox.open(url);
      await page.waitForSelector('[role="toolbar"]');
    },
    stop: () => firefox.close(),
  };
}
