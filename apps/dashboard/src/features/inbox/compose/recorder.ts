/** The recording types, best first. Meta shows only Opus in Ogg as a voice message; others are sound files. */
const TYPES = [
  { mime: "audio/ogg;codecs=opus", voice: true, remux: false },
  { mime: "audio/webm;codecs=opus", voice: true, remux: true },
  { mime: "audio/mp4;codecs=mp4a.40.2", voice: false, remux: false },
  { mime: "audio/mp4", voice: false, remux: false },
] as const;

export type RecordingType = (typeof TYPES)[number];

/** Returns the best type that this browser records, or undefined where WhatsApp takes none of them. */
export function recordingType(): RecordingType | undefined {
  if (typeof MediaRecorder === "undefined" || !("mediaDevices" in navigator)) return undefined;
  return TYPES.find((each) => MediaRecorder.isTypeSupported(each.mime));
}

export interface Recording {
  stop: () => Promise<Blob>;
  cancel: () => void;
}

/** Begins to record. Throws where the microphone is refused or missing. */
export async function record(type: RecordingType): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } });
  const recorder = new MediaRecorder(stream, { mimeType: type.mime, audioBitsPerSecond: 32_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const release = () => {
    for (const track of stream.getTracks()) track.stop();
  };
  recorder.start();
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => {
          release();
          resolve(new Blob(parts, { type: type.mime }));
        };
        recorder.stop();
      }),
    cancel() {
      recorder.onstop = null;
      if (recorder.state !== "inactive") recorder.stop();
      release();
    },
  };
}

/** Says why there is no recording, and the remedy. */
export function recordingProblem(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") {
    return "The browser does not let this page use the microphone. Allow it beside the address, then try again.";
  }
  if (name === "NotFoundError") return "No microphone was found. Connect one, then try again.";
  if (name === "NotReadableError") return "Another program uses the microphone. Close it, then try again.";
  return "The recording failed. Attach a sound file instead.";
}
