import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MediaState, Source } from "../protocol";
import type { Devices } from "./devices";
import { type Trouble, troubleOf } from "./trouble";

/** How devices are opened: the browser's in a page, fakes in tests. */
export interface Opener {
  openMicrophone(id: string | null): Promise<MediaStreamTrack>;
  openCamera(id: string | null): Promise<MediaStreamTrack>;
  openScreen(): Promise<MediaStreamTrack>;
  listDevices(): Promise<Devices>;
  onDeviceChange(act: () => void): () => void;
}

/** One device that can be on or off. */
export interface Capture {
  /** The open track; a muted microphone keeps its own, a camera that is off has none. */
  track: MediaStreamTrack | null;
  on: boolean;
  /** Being opened. */
  opening: boolean;
  /** Why it could not be opened. */
  trouble: Trouble | null;
}

const OFF: Capture = { track: null, on: false, opening: false, trouble: null };

type Input = "microphone" | "camera";

/**
 * This person's own microphone, camera and screen. It knows nothing of connections: whoever
 * publishes follows `track`.
 */
export class LocalMedia {
  readonly microphone: Signal<Capture> = signal(OFF);
  readonly camera: Signal<Capture> = signal(OFF);
  readonly screen: Signal<Capture> = signal(OFF);
  readonly devices: Signal<Devices> = signal({ microphones: [], cameras: [] });
  /** What is on, as the server is told. */
  readonly state: ReadonlySignal<MediaState>;

  private readonly opener: Opener;
  private readonly chosen: Record<Input, string | null> = { microphone: null, camera: null };
  private readonly unwatch: () => void;
  private stopped = false;

  constructor(opener: Opener) {
    this.opener = opener;
    this.state = computed(() => ({
      microphone: live(this.microphone.value),
      camera: live(this.camera.value),
      screen: live(this.screen.value),
    }));
    this.unwatch = opener.onDeviceChange(() => void this.refresh());
    void this.refresh();
  }

  /** The track of a source that should be sent now. */
  track(source: Source): MediaStreamTrack | null {
    return this[source].value.track;
  }

  async setMicrophone(on: boolean): Promise<void> {
    const { track } = this.microphone.peek();
    if (!track && on) return this.open("microphone");
    // Muting keeps the device, so that unmuting is at once and talking while muted is noticed.
    if (track) track.enabled = on;
    this.change("microphone", { on });
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) {
      if (!this.camera.peek().track) await this.open("camera");
      return;
    }
    // Off means off: the light goes out.
    this.release("camera");
    this.change("camera", { track: null, on: false, opening: false });
  }

  async chooseMicrophone(id: string): Promise<void> {
    this.chosen.microphone = id;
    const { on, track } = this.microphone.peek();
    await this.open("microphone");
    if (!on && track) await this.setMicrophone(false);
  }

  async chooseCamera(id: string): Promise<void> {
    this.chosen.camera = id;
    await this.open("camera");
  }

  /** The device in use, by its id. */
  using(input: Input): string | null {
    return this[input].value.track?.getSettings().deviceId ?? this.chosen[input];
  }

  /** Whether a screen is shared now; no when the person chose none. */
  async shareScreen(): Promise<boolean> {
    try {
      const track = await this.opener.openScreen();
      track.addEventListener("ended", () => this.stopScreen());
      this.screen.value = { track, on: true, opening: false, trouble: null };
      return true;
    } catch (error) {
      const trouble = troubleOf(error);
      // Closing the browser's question is a choice, no trouble.
      this.change("screen", { trouble: trouble === "denied" ? null : trouble });
      return false;
    }
  }

  stopScreen(): void {
    this.release("screen");
    this.screen.value = OFF;
  }

  /** Lets every device go, for good. */
  stop(): void {
    this.stopped = true;
    this.unwatch();
    for (const source of ["microphone", "camera", "screen"] as const) {
      this.release(source);
      this[source].value = OFF;
    }
  }

  private async open(input: Input): Promise<void> {
    this.change(input, { opening: true });
    try {
      const track = await (input === "camera"
        ? this.opener.openCamera(this.chosen.camera)
        : this.opener.openMicrophone(this.chosen.microphone));
      if (this.stopped || !this[input].peek().opening) {
        track.stop();
        return;
      }
      this.release(input);
      track.addEventListener("ended", () => void this.ended(input, track));
      this[input].value = { track, on: true, opening: false, trouble: null };
    } catch (error) {
      this.release(input);
      this[input].value = { ...OFF, trouble: troubleOf(error) };
    }
    await this.refresh();
  }

  /** The device was pulled out or taken away: another of its kind takes over if there is one. */
  private async ended(input: Input, track: MediaStreamTrack): Promise<void> {
    if (this.stopped || this[input].peek().track !== track) return;
    const { on } = this[input].peek();
    this.chosen[input] = null;
    this[input].value = { ...OFF, trouble: "missing" };
    await this.open(input);
    if (input === "microphone" && !on) await this.setMicrophone(false);
  }

  private async refresh(): Promise<void> {
    try {
      this.devices.value = await this.opener.listDevices();
    } catch {
      // Without a list the default devices still work.
    }
  }

  private release(source: Source): void {
    this[source].peek().track?.stop();
  }

  private change(source: Source, part: Partial<Capture>): void {
    this[source].value = { ...this[source].peek(), ...part };
  }
}

function live({ track, on }: Capture): boolean {
  return on && track !== null;
}
