import { fileURLToPath } from "node:url";
import shipped from "../../../web-client/vite.config";
import { standIns, type Variant } from "./stand-ins";

const variant: Variant = process.env.QUIETROOM_VARIANT === "bypass" ? "bypass" : "recording";
const plugin = standIns(variant);

export default {
  ...shipped,
  root: fileURLToPath(new URL("../../../web-client", import.meta.url)),
  plugins: [plugin, ...(shipped.plugins ?? [])],
  worker: { ...shipped.worker, plugins: () => [plugin] },
};
