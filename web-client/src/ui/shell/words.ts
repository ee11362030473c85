import { table } from "../words";

export const words = table(
  {
    main: "Main",
    account: "Account",
    today: "Today",
    notes: "Notes",
    due: (count: number) => `, ${count} to finish`,
    staff: "Staff",
    dark: "Dark",
    light: "Light",
    signOut: "Sign out",
    signOutFailed: "You are still signed in: Quietroom did not answer. Try again.",
  },
  {
    main: "Principal",
    account: "Cuenta",
    today: "Hoy",
    notes: "Notas",
    due: (count) => `, ${count} por terminar`,
    staff: "Personal",
    dark: "Oscuro",
    light: "Claro",
    signOut: "Cerrar sesión",
    signOutFailed: "Tu sesión sigue abierta: Quietroom no respondió. Intenta de nuevo.",
  },
);
