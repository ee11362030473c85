// Path data of Lucide icons 1.62.0, 24 by 24 units, drawn as strokes.
// Copyright (c) Lucide Icons and Contributors, ISC License (https://lucide.dev/license);
// some derive from Feather, Copyright (c) 2013-2026 Cole Bemis, MIT License.

export type IconData = readonly string[];

export const calendarDays: IconData = [
  "M8 2v3",
  "M16 2v3",
  "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z",
  "M3 9h18",
  "M8 13h.01",
  "M12 13h.01",
  "M16 13h.01",
  "M8 17h.01",
  "M12 17h.01",
  "M16 17h.01",
];
export const filePenLine: IconData = [
  "M14.364 13.634a2 2 0 0 0-.506.854l-.837 2.87a.5.5 0 0 0 .62.62l2.87-.837a2 2 0 0 0 .854-.506l4.013-4.009a1 1 0 0 0-3.004-3.004z",
  "M14.487 7.858A1 1 0 0 1 14 7V2",
  "M20 19.645V20a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l2.516 2.516",
  "M8 18h1",
];
export const usersRound: IconData = [
  "M18 21a8 8 0 0 0-16 0",
  "M5 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0",
  "M22 20c0-3.37-2-6.5-4-8a5 5 0 0 0-.45-8.3",
];
export const userRound: IconData = ["M7 8a5 5 0 1 0 10 0a5 5 0 1 0 -10 0", "M20 21a8 8 0 0 0-16 0"];
export const contactRound: IconData = [
  "M16 2v2",
  "M17.915 21a6 6 0 10-12 0",
  "M8 2v2",
  "M8 11a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z",
];
export const moon: IconData = [
  "M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401",
];
export const sun: IconData = [
  "M8 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  "M12 2v2",
  "M12 20v2",
  "m4.93 4.93 1.41 1.41",
  "m17.66 17.66 1.41 1.41",
  "M2 12h2",
  "M20 12h2",
  "m6.34 17.66-1.41 1.41",
  "m19.07 4.93-1.41 1.41",
];
export const eye: IconData = [
  "M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0",
  "M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
];
export const eyeOff: IconData = [
  "M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49",
  "M14.084 14.158a3 3 0 0 1-4.242-4.242",
  "M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143",
  "m2 2 20 20",
];
export const plus: IconData = ["M5 12h14", "M12 5v14"];
export const messageSquare: IconData = [
  "M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z",
];
export const send: IconData = [
  "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z",
  "m21.854 2.147-10.94 10.939",
];
export const doorOpen: IconData = [
  "M10 21H2",
  "M10 3H7a2 2 0 00-2 2v16",
  "M14 12h.01",
  "M19 21V5a2 2 0 00-1.675-1.974l-6.163-1.013A1 1 0 0010 3v18a1 1 0 001.124.992z",
  "M22 21h-3",
];
export const check: IconData = ["M20 6 9 17l-5-5"];
export const checkCircle: IconData = [
  "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
  "m16 9-5.5 5.5L8 12",
];
export const copy: IconData = [
  "M10 8h10a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2z",
  "M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2",
];
export const x: IconData = ["M18 6 6 18", "m6 6 12 12"];
export const ear: IconData = [
  "M6 8.5a6.5 6.5 0 1 1 13 0c0 6-6 6-6 10a3.5 3.5 0 1 1-7 0",
  "M15 8.5a2.5 2.5 0 0 0-5 0v1a2 2 0 1 1 0 4",
];
export const lock: IconData = [
  "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2z",
  "M7 11V7a5 5 0 0 1 10 0v4",
];
export const shieldCheck: IconData = [
  "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z",
  "m9 12 2 2 4-4",
];
export const shieldX: IconData = [
  "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z",
  "m14.5 9.5-5 5",
  "m9.5 9.5 5 5",
];
export const keyRound: IconData = [
  "M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z",
  "M16 7.5a.5 .5 0 1 0 1 0a.5 .5 0 1 0 -1 0",
];
export const pencil: IconData = [
  "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z",
  "m15 5 4 4",
];
export const logOut: IconData = [
  "m16 17 5-5-5-5",
  "M21 12H9",
  "M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4",
];
export const lifeBuoy: IconData = [
  "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
  "m4.93 4.93 4.24 4.24",
  "m14.83 9.17 4.24-4.24",
  "m14.83 14.83 4.24 4.24",
  "m9.17 14.83-4.24 4.24",
  "M8 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
];
export const chevronRight: IconData = ["m9 18 6-6-6-6"];
export const chevronLeft: IconData = ["m15 18-6-6 6-6"];
export const phone: IconData = [
  "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384",
];
export const video: IconData = [
  "m16 13 5.223 3.482a.5.5 0 0 0 .777-.416V7.87a.5.5 0 0 0-.752-.432L16 10.5",
  "M4 6h10a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z",
];
export const videoOff: IconData = [
  "M10.66 6H14a2 2 0 0 1 2 2v2.5l5.248-3.062A.5.5 0 0 1 22 7.87v8.196",
  "M16 16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h2",
  "m2 2 20 20",
];
export const mic: IconData = [
  "M12 19v3",
  "M19 10v2a7 7 0 0 1-14 0v-2",
  "M12 2h0a3 3 0 0 1 3 3v7a3 3 0 0 1 -3 3h0a3 3 0 0 1 -3 -3v-7a3 3 0 0 1 3 -3z",
];
export const micOff: IconData = [
  "M12 19v3",
  "M15 9.34V5a3 3 0 0 0-5.68-1.33",
  "M16.95 16.95A7 7 0 0 1 5 12v-2",
  "M18.89 13.23A7 7 0 0 0 19 12v-2",
  "m2 2 20 20",
  "M9 9v3a3 3 0 0 0 5.12 2.12",
];
export const volume2: IconData = [
  "M11 4.702a.705.705 0 0 0-1.203-.498L6.413 7.587A1.4 1.4 0 0 1 5.416 8H3a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2.416a1.4 1.4 0 0 1 .997.413l3.383 3.384A.705.705 0 0 0 11 19.298z",
  "M16 9a5 5 0 0 1 0 6",
  "M19.364 18.364a9 9 0 0 0 0-12.728",
];
export const ellipsis: IconData = [
  "M11 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0",
  "M18 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0",
  "M4 12a1 1 0 1 0 2 0a1 1 0 1 0 -2 0",
];
export const screenShare: IconData = [
  "m9 10 3-3 3 3",
  "M12 13V7",
  "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2z",
  "M12 17v4",
  "M8 21h8",
];
export const screenShareOff: IconData = [
  "m14.5 12.5-5-5",
  "m9.5 12.5 5-5",
  "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2z",
  "M12 17v4",
  "M8 21h8",
];
export const triangleAlert: IconData = [
  "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3",
  "M12 9v4",
  "M12 17h.01",
];
export const circleAlert: IconData = [
  "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
  "M12 8L12 12",
  "M12 16L12.01 16",
];
export const info: IconData = [
  "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
  "M12 16v-4",
  "M12 8h.01",
];
export const wifi: IconData = [
  "M12 20h.01",
  "M2 8.82a15 15 0 0 1 20 0",
  "M5 12.859a10 10 0 0 1 14 0",
  "M8.5 16.429a5 5 0 0 1 7 0",
];
export const wifiLow: IconData = ["M12 20h.01", "M8.5 16.429a5 5 0 0 1 7 0"];
export const wifiOff: IconData = [
  "M12 20h.01",
  "M8.5 16.429a5 5 0 0 1 7 0",
  "M5 12.859a10 10 0 0 1 5.17-2.69",
  "M19 12.859a10 10 0 0 0-2.007-1.523",
  "M2 8.82a15 15 0 0 1 4.177-2.643",
  "M22 8.82a15 15 0 0 0-11.288-3.764",
  "m2 2 20 20",
];
export const audioLines: IconData = [
  "M2 10v3",
  "M6 6v11",
  "M10 3v18",
  "M14 8v7",
  "M18 5v13",
  "M22 10v3",
];
export const loader: IconData = [
  "M12 2v4",
  "m16.2 7.8 2.9-2.9",
  "M18 12h4",
  "m16.2 16.2 2.9 2.9",
  "M12 18v4",
  "m4.9 19.1 2.9-2.9",
  "M2 12h4",
  "m4.9 4.9 2.9 2.9",
];
export const userX: IconData = [
  "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2",
  "M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  "M17 8L22 13",
  "M22 8L17 13",
];
export const printer: IconData = [
  "M6 18H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2",
  "M6 9V3a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6",
  "M7 14h10a1 1 0 0 1 1 1v6a1 1 0 0 1 -1 1h-10a1 1 0 0 1 -1 -1v-6a1 1 0 0 1 1 -1z",
];
export const refreshCw: IconData = [
  "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8",
  "M21 3v5h-5",
  "M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16",
  "M8 16H3v5",
];
export const clock: IconData = ["M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0", "M12 6v6l4 2"];
export const mapPin: IconData = [
  "M20 10c0 4.993-5.539 10.193-7.399 11.799a1 1 0 0 1-1.202 0C9.539 20.193 4 14.993 4 10a8 8 0 0 1 16 0",
  "M9 10a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
];
export const house: IconData = [
  "M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8",
  "M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z",
];
export const globe: IconData = [
  "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
  "M12 2a14.5 14.5 0 0 0 0 20 14.5 14.5 0 0 0 0-20",
  "M2 12h20",
];
export const briefcase: IconData = [
  "M16 20V4a2 2 0 0 0-2-2h-4a2 2 0 0 0-2 2v16",
  "M4 6h16a2 2 0 0 1 2 2v10a2 2 0 0 1 -2 2h-16a2 2 0 0 1 -2 -2v-10a2 2 0 0 1 2 -2z",
];
export const car: IconData = [
  "M19 17h2c.6 0 1-.4 1-1v-3c0-.9-.7-1.7-1.5-1.9C18.7 10.6 16 10 16 10s-1.3-1.4-2.2-2.3c-.5-.4-1.1-.7-1.8-.7H5c-.6 0-1.1.4-1.4.9l-1.4 2.9A3.7 3.7 0 0 0 2 12v4c0 .6.4 1 1 1h2",
  "M5 17a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
  "M9 17h6",
  "M15 17a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
];
