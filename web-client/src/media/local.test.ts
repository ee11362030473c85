import { describe, expect, it, vi } from "vitest";
import { LocalMedia, type Opener } from "./local";

class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;
  constructor(readonly device: string | null) {
    super();
  }
  stop(): void {
    this.stopped = true;
  }
  getSettings(): MediaTrackSettings {
    return this.device ? { deviceId: this.device } : {};
  }
  /** As when the device is pulled out. */
  end(): void {
    this.dispatchEvent(new Event("ended"));
  }
}

function setUp(fail: Partial<Record<"microphone" | "camera" | "screen", string>> = {}) {
  const opened: FakeTrack[] = [];
  let changed = (): void => {};
  const open = (kind: keyof typeof fail) => async (id: string | null) => {
    const name = fail[kind];
    if (name) throw new DOMException("no", name);
    const track = new FakeTrack(id);
    opened.push(track);
    return track as unknown as MediaStreamTrack;
  };
  const opener: Opener = {
    openMicrophone: open("microphone"),
    openCamera: open("camera"),
    openScreen: () => open("screen")(null),
    listDevices: vi.fn(async () => ({ microphones: [], cameras: [] })),
    onDeviceChange: (act) => {
      changed = act;
      return () => {};
    },
  };
  return { local: new LocalMedia(opener), opened, opener, fail, plug: () => changed() };
}

describe("LocalMedia", () => {
  it("opens nothing by itself", () => {
    const { opened, local } = setUp();
    expect(opened).toEqual([]);
    expect(local.state.value).toEqual({ microphone: false, camera: false, screen: false });
  });

  it("mutes without letting the microphone go", async () => {
    const { local, opened } = setUp();
    await local.setMicrophone(true);
    await local.setMicrophone(false);
    expect(opened[0]).toMatchObject({ enabled: false, stopped: false });
    expect(local.state.value.microphone).toBe(false);
    await local.setMicrophone(true);
    expect(opened).toHaveLength(1);
    expect(opened[0]?.enabled).toBe(true);
  });

  it("lets the camera go when it is turned off", async () => {
    const { local, opened } = setUp();
    await local.setCamera(true);
    expect(local.state.value.camera).toBe(true);
    await local.setCamera(false);
    expect(opened[0]?.stopped).toBe(true);
    expect(local.track("camera")).toBeNull();
    await local.setCamera(true);
    expect(opened).toHaveLength(2);
  });

  it("says why a device cannot be used", async () => {
    for (const [name, trouble] of [
      ["NotAllowedError", "denied"],
      ["NotFoundError", "missing"],
      ["NotReadableError", "busy"],
    ] as const) {
      const { local } = setUp({ camera: name });
      await local.setCamera(true);
      expect(local.camera.value).toEqual({ track: null, on: false, opening: false, trouble });
    }
  });

  it("changes a device in the middle and stays muted", async () => {
    const { local, opened } = setUp();
    await local.setMicrophone(true);
    await local.setMicrophone(false);
    await local.chooseMicrophone("headset");
    expect(opened[0]?.stopped).toBe(true);
    expect(opened[1]).toMatchObject({ device: "headset", enabled: false });
    expect(local.using("microphone")).toBe("headset");
    expect(local.state.value.microphone).toBe(false);
  });

  it("goes to another device when the one in use is pulled out", async () => {
    const { local, opened } = setUp();
    await local.chooseCamera("external");
    opened[0]?.end();
    await vi.waitFor(() => expect(opened).toHaveLength(2));
    expect(opened[1]?.device).toBeNull();
    await vi.waitFor(() => expect(local.state.value.camera).toBe(true));
  });

  it("does not bring back a camera that was turned off while it opened", async () => {
    const { local, opened } = setUp();
    const opening = local.setCamera(true);
    await local.setCamera(false);
    await opening;
    expect(opened[0]?.stopped).toBe(true);
    expect(local.state.value.camera).toBe(false);
  });

  it("stops sharing when the browser's own button ends it", async () => {
    const { local, opened } = setUp();
    expect(await local.shareScreen()).toBe(true);
    opened[0]?.end();
    expect(local.state.value.screen).toBe(false);
  });

  it("takes a closed question about the screen for a choice", async () => {
    const { local } = setUp({ screen: "NotAllowedError" });
    expect(await local.shareScreen()).toBe(false);
    expect(local.screen.value.trouble).toBeNull();
  });

  it("reads the list anew when a device comes or goes", async () => {
    const { opener, plug } = setUp();
    plug();
    expect(opener.listDevices).toHaveBeenCalledTimes(2);
  });

  it("lets everything go in the end", async () => {
    const { local, opened } = setUp();
    await local.setMicrophone(true);
    await local.setCamera(true);
    await local.shareScreen();
    local.stop();
    expect(opened.every(({ stopped }) => stopped)).toBe(true);
    expect(local.state.value).toEqual({ microphone: false, camera: false, screen: false });
  });
});
