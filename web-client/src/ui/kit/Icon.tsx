import type { IconData } from "./icons";

/** A decorative icon: hidden from screen readers, so the words beside it must say it all. */
export function Icon({
  of,
  size = "m",
  class: extra,
}: {
  of: IconData;
  size?: "s" | "m" | "l";
  class?: string | undefined;
}) {
  const classes = ["i", size === "m" ? "" : size, extra ?? ""].filter(Boolean).join(" ");
  return (
    <svg class={classes} viewBox="0 0 24 24" aria-hidden="true">
      {of.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
