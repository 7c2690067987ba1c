import { ActionIcon, Button, Progress, Text } from "@mantine/core";
import { Play, SendHorizontal, Square, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../../../api/problem";
import type { Uploaded } from "../../../api/send";
import { uploadFile, type Upload } from "../../../api/upload";
import { useLayer } from "../../../ui/layers";
import { toastProblem } from "../../../ui/toast";
import { durationWords } from "../words";
import classes from "./Compose.module.css";
import { webmToOgg } from "./ogg";
import { record, recordingProblem, recordingType, type Recording, type RecordingType } from "./recorder";
import { keepRecording, takeRecording, type Recorded } from "./recordings";

interface VoiceRecorderProps {
  conversationId: string;
  onClose: () => void;
  onSend: (uploaded: Uploaded, voice: boolean) => void;
}

type Step =
  | { at: "starting" }
  | { at: "recording" }
  | { at: "ready"; recorded: Recorded; failure?: string }
  | { at: "uploading"; recorded: Recorded; share: number }
  | { at: "failed"; words: string };

const CANNOT = "This browser cannot record in a way that WhatsApp takes. Attach a sound file instead, or use a current Firefox, Chrome, Edge or Safari.";
const BROKEN = "The recording could not be made into what WhatsApp takes. Attach a sound file instead.";

async function finish(recording: Recording, type: RecordingType, seconds: number): Promise<Recorded> {
  const raw = await recording.stop();
  const made = type.remux ? webmToOgg(new Uint8Array(await raw.arrayBuffer())) : raw;
  const mime = type.mime.startsWith("audio/mp4") ? "audio/mp4" : "audio/ogg";
  return { file: new Blob([made], { type: mime }), voice: type.voice, seconds };
}

/** Records a voice message: begin, stop and listen, send or discard. Only the bin discards it. */
export default function VoiceRecorder({ conversationId, onClose, onSend }: VoiceRecorderProps) {
  const [type] = useState(recordingType);
  const [kept] = useState(() => takeRecording(conversationId));
  const [step, setStep] = useState<Step>(() => (kept ? { at: "ready", recorded: kept } : type ? { at: "starting" } : { at: "failed", words: CANNOT }));
  const [seconds, setSeconds] = useState(0);
  const began = useRef(0);
  const recording = useRef<Recording | undefined>(undefined);
  const upload = useRef<Upload | undefined>(undefined);
  // The recording to keep when another act than this component's own buttons takes it off the page.
  const unsent = useRef<Recorded | undefined>(kept);
  const box = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!type || unsent.current) return;
    let gone = false;
    record(type).then(
      (begun) => {
        if (gone) {
          begun.cancel();
          return;
        }
        recording.current = begun;
        began.current = Date.now();
        setStep({ at: "recording" });
      },
      (error: unknown) => {
        if (!gone) setStep({ at: "failed", words: recordingProblem(error) });
      },
    );
    return () => {
      gone = true;
    };
  }, [type]);

  useEffect(() => {
    takeRecording(conversationId);
    return () => {
      upload.current?.cancel();
      const running = recording.current;
      recording.current = undefined;
      if (unsent.current) keepRecording(conversationId, unsent.current);
      else if (running && type) {
        const length = (Date.now() - began.current) / 1000;
        // A recording that cannot become a file cannot be kept either.
        finish(running, type, length).then((made) => keepRecording(conversationId, made), () => undefined);
      }
    };
  }, [conversationId, type]);

  const running = step.at === "recording";
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setSeconds((Date.now() - began.current) / 1000), 250);
    return () => clearInterval(timer);
  }, [running]);

  // Each step has other buttons. The focus goes to the next one, so that it never falls out of the recorder.
  const { at } = step;
  useEffect(() => {
    const next = box.current?.querySelector<HTMLElement>("[data-next]") ?? box.current;
    next?.focus({ preventScroll: true });
  }, [at]);

  useLayer(true, () => {
    if (at === "recording") void stop();
    else if (at === "starting" || at === "failed") discard();
  });

  function discard(): void {
    unsent.current = undefined;
    recording.current?.cancel();
    recording.current = undefined;
    onClose();
  }

  async function stop(): Promise<Recorded | undefined> {
    const begun = recording.current;
    if (!begun || !type) return undefined;
    recording.current = undefined;
    try {
      const recorded = await finish(begun, type, (Date.now() - began.current) / 1000);
      unsent.current = recorded;
      setStep({ at: "ready", recorded });
      return recorded;
    } catch {
      setStep({ at: "failed", words: BROKEN });
      return undefined;
    }
  }

  async function send(): Promise<void> {
    const recorded = step.at === "ready" ? step.recorded : await stop();
    if (!recorded) return;
    setStep({ at: "uploading", recorded, share: 0 });
    const name = recorded.file.type === "audio/ogg" ? "voice-message.ogg" : "voice-message.m4a";
    upload.current = uploadFile(recorded.file, name, (share) => setStep({ at: "uploading", recorded, share }));
    try {
      const uploaded = await upload.current.done;
      unsent.current = undefined;
      onSend(uploaded, recorded.voice);
      onClose();
    } catch (error) {
      if (error instanceof DOMException) return;
      const problem = asProblem(error);
      // The recording stays, to be sent again.
      setStep({ at: "ready", recorded, failure: `${problem.detail} ${problem.remedy ?? ""}` });
    }
  }

  return (
    <>
      <div ref={box} className={classes.recorder} tabIndex={-1} role="group" aria-label="Voice recorder" data-recorder={at}>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={at === "failed" ? "Close" : "Throw the recording away"} onClick={discard}>
          <Trash2 size={18} aria-hidden />
        </ActionIcon>
        {running && <span className={classes.pulse} aria-hidden />}
        <Text size="sm" style={{ flex: "1 1 120px" }} role={at === "failed" ? "alert" : "status"} aria-live={running ? "off" : "polite"}>
          {at === "starting" && "Waiting for the microphone…"}
          {running && `Recording ${durationWords(seconds)}`}
          {step.at === "ready" && `Recorded ${durationWords(step.recorded.seconds)}${step.recorded.voice ? "" : ". This browser makes a sound file of it, not a voice message."}`}
          {at === "uploading" && "Uploading…"}
          {step.at === "failed" && step.words}
        </Text>
        {step.at === "ready" && <Preview file={step.recorded.file} />}
        {step.at === "uploading" && <Progress value={step.share * 100} w={90} aria-label={`${Math.round(step.share * 100)} % uploaded`} />}
        {running && (
          <Button size="sm" variant="default" leftSection={<Square size={14} aria-hidden />} onClick={() => void stop()} data-next>
            Stop
          </Button>
        )}
        {(running || at === "ready") && (
          <ActionIcon size={36} aria-label="Send voice message" onClick={() => void send()} data-next={at === "ready" || undefined}>
            <SendHorizontal size={18} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {step.at === "ready" && step.failure && (
        <Text size="xs" c="var(--wk-bad)" role="alert">
          {step.failure}
        </Text>
      )}
    </>
  );
}

/** Plays the recording before it is sent. It uses Web Audio: the security policy lets no player read from memory. */
function Preview({ file }: { file: Blob }) {
  const [source, setSource] = useState<AudioBufferSourceNode | null>(null);
  const playing = useRef<AudioBufferSourceNode | null>(null);
  useEffect(() => () => playing.current?.stop(), []);

  async function play(): Promise<void> {
    const context = new AudioContext();
    try {
      const next = context.createBufferSource();
      next.buffer = await context.decodeAudioData(await file.arrayBuffer());
      next.connect(context.destination);
      next.onended = () => {
        playing.current = null;
        setSource(null);
        void context.close();
      };
      playing.current = next;
      setSource(next);
      next.start();
    } catch (error) {
      await context.close();
      toastProblem("The recording cannot be played here", error);
    }
  }

  const Icon = source ? Square : Play;
  return (
    <Button size="sm" variant="default" leftSection={<Icon size={14} aria-hidden />} onClick={() => (source ? source.stop() : void play())}>
      {source ? "Stop playing" : "Play"}
    </Button>
  );
}
