import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const SOURCES = fileURLToPath(new URL("../../../web-client/src", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

export type Variant = "recording" | "bypass";

/** Where the modules of a variant are looked for, in this order, before the shipped one is taken. */
const FOLDERS: Record<Variant, readonly Variant[]> = {
  recording: ["recording"],
  bypass: ["bypass", "recording"],
};

/** The part of Vite's plugin interface that is used here. */
interface Resolving {
  resolve(
    source: string,
    importer?: string,
    options?: { skipSelf: boolean },
  ): Promise<{ id: string } | null>;
}

/** A Vite plugin: imports of a source that has a stand-in get that, but for those of the stand-in itself. */
export function standIns(variant: Variant) {
  return {
    name: "quietroom:stand-ins",
    enforce: "pre" as const,
    async resolveId(this: Resolving, source: string, importer: string | undefined) {
      if (!importer || importer.startsWith(HERE)) return null;
      const resolved = await this.resolve(source, importer, { skipSelf: true });
      if (!resolved?.id.startsWith(SOURCES)) return null;
      const path = relative(SOURCES, resolved.id);
      const found = FOLDERS[variant]
        .map((folder) => join(HERE, folder, path))
        .find((file) => existsSync(file));
      return found ?? null;
    },
  };
}
