import type { ComponentChildren } from "preact";

/** The heading of a page; the router moves the focus to it when the page changes. */
export function PageHeader(props: {
  title: ComponentChildren;
  lead?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <header>
      <div>
        <h1 tabIndex={-1}>{props.title}</h1>
        {props.lead && <p class="muted">{props.lead}</p>}
      </div>
      {props.children && <div class="row page-actions">{props.children}</div>}
    </header>
  );
}
