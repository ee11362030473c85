import { useEffect, useMemo, useRef } from "preact/hooks";

/** A silent picture that follows its stream. `mirrored` is for one's own camera. */
export function Video(props: {
  stream: MediaStream | null;
  label: string;
  mirrored?: boolean;
  /** The whole picture is shown, as text on a screen must be. */
  whole?: boolean;
}) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => attach(element.current, props.stream), [props.stream]);
  const classes = ["video", props.mirrored && "mirrored", props.whole && "whole"];
  return (
    <video
      ref={element}
      class={classes.filter(Boolean).join(" ")}
      aria-label={props.label}
      autoPlay
      playsInline
      muted
    />
  );
}

/** One's own camera. */
export function OwnVideo({ track, label }: { track: MediaStreamTrack; label: string }) {
  const stream = useMemo(() => new MediaStream([track]), [track]);
  return <Video stream={stream} label={label} mirrored />;
}

/** The voice of one person. `onBlocked` is called when the browser wants a press before it plays. */
export function Voice({ stream, onBlocked }: { stream: MediaStream; onBlocked: () => void }) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    attach(audio, stream);
    audio?.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") onBlocked();
    });
  }, [stream]);
  // biome-ignore lint/a11y/useMediaCaption: a live voice has no caption track.
  return <audio ref={element} autoPlay />;
}

function attach(element: HTMLMediaElement | null, stream: MediaStream | null): void {
  if (element && element.srcObject !== stream) element.srcObject = stream;
}
