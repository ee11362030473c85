/** The name and sign of Quietroom. `bare` leaves the name to screen readers. */
export function Brand({ bare = false, big = false }: { bare?: boolean; big?: boolean }) {
  return (
    <span class={big ? "brand big" : "brand"}>
      <svg viewBox="0 0 22 24" aria-hidden="true">
        <path
          d="M1.5 23V10.500a9.500 9.500 0 0 1 19 0V23"
          fill="none"
          stroke="currentColor"
          stroke-width="2.400"
          stroke-linecap="round"
        />
        <path d="M7 23V11.500a4 4 0 0 1 8 0V23z" fill="currentColor" />
      </svg>
      <span class={bare ? "sr" : undefined}>Quietroom</span>
    </span>
  );
}
