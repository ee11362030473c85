import { Component, type ComponentChildren } from "preact";
import { FaultPage } from "./MessagePage";

/** Shows a page with a way on when a view throws, rather than nothing. */
export class FaultBoundary extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(): void {
    this.setState({ failed: true });
  }

  override render() {
    return this.state.failed ? <FaultPage /> : this.props.children;
  }
}
