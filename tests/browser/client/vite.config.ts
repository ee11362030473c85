import { fileURLToPath } from "node:url";
import shipped from "../../../web-client/vite.config.ts";
import { standIns, type Variant } from "./stand-ins.ts";

const variant: Variant = process.env.QUIETROOM_VARIANT === "bypass" ? "bypass" : "recording";
const plugin = standIns(variant);

export default {
  ...shipped,
  root: fileURLToPath(new URL("../../../web-client", import.meta.url)),
  plugins: [plugin, ...(shipped.plugins ?? [])],
  worker: { ...shipped.worker, plugins: () => [plugin] },
};
