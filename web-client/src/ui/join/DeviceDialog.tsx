import type { Device } from "../../media/devices";
import type { LocalMedia } from "../../media/local";
import { Button } from "../kit/Button";
import { Dialog } from "../kit/Dialog";
import { Select } from "../kit/Field";
import { words } from "./words";

type Input = "microphone" | "camera";

/** Chooses another camera or microphone. */
export function DeviceDialog(props: { local: LocalMedia; input: Input; onClose: () => void }) {
  return (
    <Dialog
      title={props.input === "camera" ? words.chooseCamera : words.chooseMicrophone}
      onClose={props.onClose}
    >
      <DeviceSelect local={props.local} input={props.input} />
      <div class="dialog-actions">
        <Button look="primary" onClick={props.onClose}>
          {words.done}
        </Button>
      </div>
    </Dialog>
  );
}

export function DeviceSelect({ local, input }: { local: LocalMedia; input: Input }) {
  const { microphones, cameras } = local.devices.value;
  const known = input === "camera" ? cameras : microphones;
  // Read so that the choice follows the device in use.
  void local[input].value;
  const label = input === "camera" ? words.chooseCamera : words.chooseMicrophone;
  return (
    <Select
      label={label}
      value={local.using(input) ?? known[0]?.id ?? ""}
      options={known.map((device, index) => ({ value: device.id, label: nameOf(device, index) }))}
      onValue={(id) =>
        void (input === "camera" ? local.chooseCamera(id) : local.chooseMicrophone(id))
      }
    />
  );
}

/** What the system calls a device, without the numbers that some systems add. */
export function nameOf({ label }: Device, index: number): string {
  return label.replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/u, "") || words.nthDevice(index + 1);
}
