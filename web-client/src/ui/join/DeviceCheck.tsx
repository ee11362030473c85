import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Capture, LocalMedia } from "../../media/local";
import { playChime, STEPS, steps } from "../../media/meter";
import { OwnVideo } from "../call/Video";
import { announce } from "../kit/announce";
import { Button } from "../kit/Button";
import { Icon } from "../kit/Icon";
import {
  checkCircle,
  circleAlert,
  type IconData,
  mic,
  micOff,
  video,
  videoOff,
  volume2,
} from "../kit/icons";
import { DeviceDialog, nameOf } from "./DeviceDialog";
import { useLevel } from "./devices";
import { words } from "./words";

type Input = "microphone" | "camera";

/** From this many lit steps on, someone spoke. */
const HEARD = 3;

/** The guest's own picture, and whether camera, microphone and speakers work. Nothing is sent. */
export function DeviceCheck({ local }: { local: LocalMedia }) {
  const [changing, setChanging] = useState<Input | null>(null);
  const camera = local.camera.value;
  const works = camera.on && camera.track !== null;
  useEffect(() => {
    if (works) announce(words.cameraWorks);
  }, [works]);
  return (
    <>
      <OwnPreview local={local} />
      <ul class="checks" aria-label={words.checks}>
        <CameraCheck local={local} onChange={() => setChanging("camera")} />
        <MicrophoneCheck local={local} onChange={() => setChanging("microphone")} />
        <SpeakerCheck />
      </ul>
      {changing && (
        <DeviceDialog local={local} input={changing} onClose={() => setChanging(null)} />
      )}
    </>
  );
}

/** One's own picture with the switches of microphone and camera. */
export function OwnPreview({ local }: { local: LocalMedia }) {
  const { track } = local.camera.value;
  const micOn = local.state.value.microphone;
  const cameraOn = local.state.value.camera;
  return (
    <figure class="tile prev">
      {track ? (
        <OwnVideo track={track} label={words.preview} />
      ) : (
        <div class="prev-off">
          <Icon of={videoOff} size="l" />
        </div>
      )}
      <figcaption class="plate">{track ? words.look : words.cameraOffPreview}</figcaption>
      <div class="pv">
        <RoundButton
          icon={micOn ? mic : micOff}
          label={micOn ? words.micTurnOff : words.micTurnOn}
          onClick={() => void local.setMicrophone(!micOn)}
        />
        <RoundButton
          icon={cameraOn ? video : videoOff}
          label={cameraOn ? words.camTurnOff : words.camTurnOn}
          onClick={() => void local.setCamera(!cameraOn)}
        />
      </div>
    </figure>
  );
}

function RoundButton(props: { icon: IconData; label: string; onClick: () => void }) {
  return (
    <button type="button" class="rb" aria-label={props.label} onClick={props.onClick}>
      <Icon of={props.icon} />
    </button>
  );
}

function CameraCheck({ local, onChange }: { local: LocalMedia; onChange: () => void }) {
  const camera = local.camera.value;
  if (camera.trouble) return <TroubleRow local={local} input="camera" capture={camera} />;
  if (!camera.track) {
    return (
      <Row
        icon={videoOff}
        title={camera.opening ? words.opening2 : words.cameraOff}
        sub={camera.opening ? "" : words.cameraOffSub}
      />
    );
  }
  return (
    <Row icon={checkCircle} title={words.cameraWorks} sub={deviceName(local, "camera")}>
      {local.devices.value.cameras.length > 1 && (
        <ChangeButton name={words.changeCamera} onClick={onChange} />
      )}
    </Row>
  );
}

function MicrophoneCheck({ local, onChange }: { local: LocalMedia; onChange: () => void }) {
  const microphone = local.microphone.value;
  const on = local.state.value.microphone;
  const lit = steps(useLevel(on ? microphone.track : null));
  const [heard, setHeard] = useState(false);
  useEffect(() => {
    if (lit < HEARD || heard) return;
    setHeard(true);
    announce(words.weHear);
  }, [lit]);
  if (microphone.trouble)
    return <TroubleRow local={local} input="microphone" capture={microphone} />;
  if (!on) {
    return (
      <Row
        icon={micOff}
        title={microphone.opening ? words.opening2 : words.micOff}
        sub={microphone.opening ? "" : words.micOffSub}
      />
    );
  }
  return (
    <Row
      icon={heard ? checkCircle : mic}
      title={heard ? words.weHear : words.sayHello}
      sub={heard ? deviceName(local, "microphone") : words.sayHelloSub}
    >
      <Meter lit={lit} />
      {local.devices.value.microphones.length > 1 && (
        <ChangeButton name={words.changeMicrophone} onClick={onChange} />
      )}
    </Row>
  );
}

function Meter({ lit }: { lit: number }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: the steps of a native meter cannot be drawn alike.
    <span
      class="meter"
      role="meter"
      aria-label={words.level}
      aria-valuemin={0}
      aria-valuemax={STEPS}
      aria-valuenow={lit}
    >
      {Array.from({ length: STEPS }, (_, step) => (
        <i key={step} class={step < lit ? "on" : undefined} />
      ))}
    </span>
  );
}

function SpeakerCheck() {
  const [playing, setPlaying] = useState(false);
  return (
    <Row icon={volume2} title={words.canYouHear} sub={words.canYouHearSub}>
      <Button
        size="sm"
        busy={playing && words.playing}
        onClick={() => {
          setPlaying(true);
          void playChime().finally(() => setPlaying(false));
        }}
      >
        {words.play}
      </Button>
    </Row>
  );
}

function TroubleRow(props: { local: LocalMedia; input: Input; capture: Capture }) {
  const { local, input, capture } = props;
  const [title, sub] = troubleWords(input, capture);
  return (
    <Row icon={circleAlert} title={title} sub={sub} bad>
      <Button
        size="sm"
        busy={capture.opening && words.opening2}
        onClick={() =>
          void (input === "camera" ? local.setCamera(true) : local.setMicrophone(true))
        }
      >
        {words.tryDevice}
      </Button>
    </Row>
  );
}

/** What is wrong with a device, and what to do. */
export function troubleWords(input: Input, { trouble }: Capture): [string, string] {
  const camera = input === "camera";
  switch (trouble) {
    case "denied":
      return [camera ? words.cameraDenied : words.microphoneDenied, words.deniedSub];
    case "missing":
      return [camera ? words.cameraMissing : words.microphoneMissing, words.missingSub];
    case "busy":
      return [camera ? words.cameraBusy : words.microphoneBusy, words.busySub];
    default:
      return [camera ? words.cameraFails : words.microphoneFails, words.failsSub];
  }
}

function Row(props: {
  icon: IconData;
  title: string;
  sub: string;
  bad?: boolean;
  children?: ComponentChildren;
}) {
  return (
    <li class={props.bad ? "bad" : undefined}>
      <Icon of={props.icon} />
      <span class="grow">
        <b>{props.title}</b>
        <span class="sub">{props.sub}</span>
      </span>
      {props.children}
    </li>
  );
}

function ChangeButton({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <Button look="plain" size="sm" aria-label={name} onClick={onClick}>
      {words.change}
    </Button>
  );
}

function deviceName(local: LocalMedia, input: Input): string {
  const { microphones, cameras } = local.devices.value;
  const known = input === "camera" ? cameras : microphones;
  const index = known.findIndex(({ id }) => id === local.using(input));
  const device = known[index];
  return device ? nameOf(device, index) : "";
}
