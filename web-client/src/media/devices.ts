/** Access to cameras, microphones and screens; the only place that asks the browser for them. */

export interface Device {
  id: string;
  /** As the system calls it; "" before permission was given. */
  label: string;
}

export interface Devices {
  microphones: Device[];
  cameras: Device[];
}

/** Whether this browser has what a call needs. Without encryption between the people there is none. */
export async function canCall(): Promise<boolean> {
  return (
    typeof RTCPeerConnection === "function" &&
    typeof RTCRtpTransceiver === "function" &&
    "setCodecPreferences" in RTCRtpTransceiver.prototype &&
    navigator.mediaDevices !== undefined &&
    typeof RTCRtpScriptTransform === "function" &&
    typeof Worker === "function" &&
    typeof indexedDB === "object" &&
    globalThis.crypto?.subtle !== undefined &&
    (await hasCurves())
  );
}

/** The curves of the group's keys (RFC 7748, RFC 8032). */
async function hasCurves(): Promise<boolean> {
  try {
    await Promise.all([
      crypto.subtle.generateKey("X25519", false, ["deriveBits"]),
      crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]),
    ]);
    return true;
  } catch {
    return false;
  }
}

export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** Opens the microphone `id`, or the default one when that is gone. */
export function openMicrophone(id: string | null): Promise<MediaStreamTrack> {
  const wanted: MediaTrackConstraints = {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(id ? { deviceId: { exact: id } } : {}),
  };
  return open("audio", wanted);
}

/** Opens the camera `id`, or the default one when that is gone. */
export function openCamera(id: string | null): Promise<MediaStreamTrack> {
  const wanted: MediaTrackConstraints = {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 30, max: 30 },
    ...(id ? { deviceId: { exact: id } } : { facingMode: "user" }),
  };
  return open("video", wanted);
}

/** Asks which screen or window to share. Rejected with `NotAllowedError` when none is chosen. */
export async function openScreen(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 15, max: 30 } },
    audio: false,
  });
  const [track] = stream.getVideoTracks();
  if (!track) throw new DOMException("no picture was shared", "NotFoundError");
  // Text stays sharp at the cost of motion.
  track.contentHint = "detail";
  return track;
}

export async function listDevices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const of = (kind: MediaDeviceKind): Device[] =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== "")
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return { microphones: of("audioinput"), cameras: of("videoinput") };
}

/** Calls `act` whenever a device comes or goes, until the returned function is called. */
export function onDeviceChange(act: () => void): () => void {
  const { mediaDevices } = navigator;
  if (!mediaDevices) return () => {};
  mediaDevices.addEventListener("devicechange", act);
  return () => mediaDevices.removeEventListener("devicechange", act);
}

async function open(
  kind: "audio" | "video",
  wanted: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  if (!navigator.mediaDevices) throw new TypeError("this page may not use cameras or microphones");
  try {
    return await first(kind, wanted);
  } catch (error) {
    const gone = error instanceof DOMException && error.name === "OverconstrainedError";
    if (!gone || !wanted.deviceId) throw error;
    const { deviceId: _, ...any } = wanted;
    return first(kind, any);
  }
}

async function first(
  kind: "audio" | "video",
  wanted: MediaTrackConstraints,
): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: wanted });
  const [track] = stream.getTracks();
  if (!track) throw new DOMException("no track came", "NotFoundError");
  return track;
}
