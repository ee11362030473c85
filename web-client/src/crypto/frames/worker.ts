// The worker through which all sent and received media of a page goes.
import { FrameEngine, type Transformer } from "./engine";
import type { FromWorker, ToWorker } from "./messages";

/** Milliseconds. */
const TICK = 500;

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  onrtctransform: ((event: Event & { transformer: Transformer }) => void) | null;
  postMessage(message: FromWorker): void;
}

const scope = globalThis as unknown as WorkerScope;

const engine = new FrameEngine({
  generation: crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  now: () => performance.now(),
  tell: (message) => scope.postMessage(message),
});

scope.onmessage = ({ data }) => engine.take(data);
scope.onrtctransform = ({ transformer }) => {
  // A stream ends with an error when its connection is closed.
  engine.connect(transformer).catch(() => {});
};
setInterval(() => engine.tick(), TICK);
