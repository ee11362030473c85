import { effect } from "@preact/signals";
import { render } from "preact";
import { followLinks } from "./route";
import { allowOwnScripts } from "./trusted-types";
import { App } from "./ui/App";
import { followTheme } from "./ui/theme";
import { language } from "./ui/words";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/kit.css";
import "./ui/frame.css";

allowOwnScripts();
followTheme();
followLinks();
effect(() => {
  document.documentElement.lang = language.value;
});

const root = document.getElementById("app");
if (root) render(<App />, root);
