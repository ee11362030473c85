/** Time left as an area, shrinking from 12 o'clock. `left` is a share of the whole, 0 to 1. */
export function TimeDisc({
  left,
  size,
  waiting = false,
}: {
  left: number;
  size: number;
  waiting?: boolean;
}) {
  return (
    <svg
      class={waiting ? "disc lampd" : "disc"}
      width={size}
      height={size}
      viewBox="0 0 100 100"
      aria-hidden="true"
    >
      <circle class="t" cx="50" cy="50" r="48" stroke-width={100 / size} />
      <path class="p" d={discPath(left)} />
    </svg>
  );
}

/** The sector from 12 o'clock over `left` of the circle of radius 42 around (50, 50). */
export function discPath(left: number): string {
  const share = Math.min(Math.max(left, 0), 1);
  if (share === 0) return "";
  if (share > 0.999) return "M50 8A42 42 0 1 1 49.99 8Z";
  const angle = share * 2 * Math.PI;
  const px = (50 + 42 * Math.sin(angle)).toFixed(2);
  const py = (50 - 42 * Math.cos(angle)).toFixed(2);
  return `M50 50V8A42 42 0 ${share > 0.5 ? 1 : 0} 1 ${px} ${py}Z`;
}
