import type { ComponentType } from "preact";
import type { Route } from "../route";

interface PageEntry {
  /** The view, loaded when it is first shown. */
  load: () => Promise<{ default: ComponentType }>;
  /** Shown to staff who are signed in; others sign in first and then arrive at it. */
  staff: boolean;
}

export const PAGES: Readonly<Partial<Record<Route["page"], PageEntry>>> = {
  create: { load: () => import("./create/CreatePage"), staff: true },
  day: { load: () => import("./day/DayPage"), staff: true },
  join: { load: () => import("./join/JoinPage"), staff: false },
  session: { load: () => import("./call/StaffCallPage"), staff: true },
  note: { load: () => import("./note/NotePage"), staff: true },
  notes: { load: () => import("./notes/NotesPage"), staff: true },
  setUp: { load: () => import("./account/SetUpPage"), staff: false },
  signIn: { load: () => import("./account/SignInPage"), staff: false },
  staff: { load: () => import("./staff/StaffPage"), staff: true },
};
