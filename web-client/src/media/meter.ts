/** Steps of the drawn meter. */
export const STEPS = 12;

/** Milliseconds between two readings. */
const EVERY = 100;

/**
 * Reads the loudness of a microphone, 0 to 1, until the returned function is called. It listens to
 * a copy of the track, so a muted microphone is still read: nothing of it leaves the page.
 */
export function meter(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const copy = track.clone();
  copy.enabled = true;
  const context = new AudioContext();
  void context.resume();
  const source = context.createMediaStreamSource(new MediaStream([copy]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onLevel(loudness(samples));
  }, EVERY);
  return () => {
    clearInterval(timer);
    copy.stop();
    void context.close();
  };
}

/** Root mean square of samples in [-1, 1]. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** How many of the meter's steps a loudness lights: by ear, so by its logarithm. */
export function steps(level: number): number {
  if (level <= 0) return 0;
  const decibels = 20 * Math.log10(level);
  const share = (decibels + 54) / 48;
  return Math.round(Math.min(1, Math.max(0, share)) * STEPS);
}

/** Plays two soft notes, to check the speakers; settles when they are over. */
export async function playChime(): Promise<void> {
  const context = new AudioContext();
  await context.resume();
  const notes = [523.25, 659.25];
  notes.forEach((frequency, index) => {
    const begin = context.currentTime + index * 0.35;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.04);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.7);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.75);
  });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  await context.close();
}
