import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loadAccount, me } from "../account";
import { route, visit } from "../route";
import { FaultBoundary } from "./FaultBoundary";
import { Announcer } from "./kit/announce";
import { FaultPage, NotFoundPage } from "./MessagePage";
import { PAGES } from "./pages";
import { common } from "./words";

/** Shows the page of the route; to staff pages one signs in first. */
export function App() {
  const key = `${visit.value} ${JSON.stringify(route.value)}`;
  return (
    <>
      <a class="skip" href="#main">
        {common.skip}
      </a>
      <FaultBoundary key={key}>
        <Page />
      </FaultBoundary>
      <Announcer />
    </>
  );
}

function Page() {
  const asked = PAGES[route.value.page];
  const needsAccount = asked?.staff === true;
  useEffect(() => {
    if (needsAccount && me.value === undefined) void loadAccount();
  }, [needsAccount]);
  if (!asked) return <NotFoundPage />;
  if (!needsAccount || me.value) return <Loaded load={asked.load} />;
  if (me.value === null && PAGES.signIn) return <Loaded load={PAGES.signIn.load} />;
  return null;
}

function Loaded({ load }: { load: () => Promise<{ default: ComponentType }> }) {
  const [view, setView] = useState<{ of: typeof load; View: ComponentType } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    load().then(
      (module) => current && setView({ of: load, View: module.default }),
      () => current && setFailed(true),
    );
    return () => {
      current = false;
    };
  }, [load]);
  if (failed) return <FaultPage />;
  return view?.of === load ? <view.View /> : null;
}
