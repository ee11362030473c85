// Automatic logoff (45 CFR 164.312(a)(2)(iii)): a page that nobody touches for a while signs out by itself.
//
// Pages that poll would keep the server's own idle time from ever running out, so the page watches the person.

const STORED = "quietroom-active";
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
/** Every movement need not be written down. */
const COARSE_MS = 5_000;

/** Calls `onIdle` once when no tab of this browser has been touched for `seconds`; ends with the returned function. */
export function watchIdle(seconds: number, onIdle: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let written = 0;

  const touch = () => {
    const now = Date.now();
    if (now - written < COARSE_MS) return;
    written = now;
    localStorage.setItem(STORED, String(now));
  };
  const check = () => {
    clearTimeout(timer);
    const left = lastTouch() + seconds * 1000 - Date.now();
    if (left <= 0) onIdle();
    else timer = setTimeout(check, left);
  };

  touch();
  check();
  for (const sign of SIGNS) addEventListener(sign, touch, { passive: true, capture: true });
  // Timers sleep with the device: look at once when it wakes.
  document.addEventListener("visibilitychange", check);
  return () => {
    clearTimeout(timer);
    for (const sign of SIGNS) removeEventListener(sign, touch, { capture: true });
    document.removeEventListener("visibilitychange", check);
  };
}

function lastTouch(): number {
  const stored = Number(localStorage.getItem(STORED));
  return Number.isFinite(stored) ? stored : 0;
}

const CALL = "quietroom-call";

/** Marks that a call is on in this tab, until the returned function is called or the tab closes. */
export function holdCall(): () => void {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks.request(CALL, { mode: "shared" }, () => held).catch(() => {});
  return release;
}

/** Is a call on in any tab of this browser? */
export async function callIsOn(): Promise<boolean> {
  const { held } = await navigator.locks.query();
  return held?.some((lock) => lock.name === CALL) ?? false;
}
