const STORED = "quietroom-name";

/** The name used last on this device, "" when there is none. Nothing else a guest states is kept. */
export function rememberedName(): string {
  return localStorage.getItem(STORED) ?? "";
}

export function keepName(name: string): void {
  localStorage.setItem(STORED, name);
}
