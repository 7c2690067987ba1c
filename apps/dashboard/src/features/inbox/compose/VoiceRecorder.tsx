import { ActionIcon, Button, Progress, Text } from "@mantine/core";
import { SendHorizontal, Square, Trash2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../../../api/problem";
import type { Uploaded } from "../../../api/send";
import { uploadFile, type Upload } from "../../../api/upload";
import { durationWords } from "../words";
import classes from "./Compose.module.css";
import { webmToOgg } from "./ogg";
import { record, recordingProblem, recordingType, type Recording } from "./recorder";

interface VoiceRecorderProps {
  onClose: () => void;
  onSend: (uploaded: Uploaded, voice: boolean) => void;
}

type Step = { at: "starting" } | { at: "recording" } | { at: "ready"; file: Blob; voice: boolean } | { at: "uploading"; share: number } | { at: "failed"; words: string };

const CANNOT = "This browser cannot record in a way that WhatsApp takes. Attach a sound file instead, or use a current Firefox, Chrome, Edge or Safari.";

/** Records a voice message: begin, stop, send or throw away. */
export default function VoiceRecorder({ onClose, onSend }: VoiceRecorderProps) {
  const [type] = useState(recordingType);
  const [step, setStep] = useState<Step>(type ? { at: "starting" } : { at: "failed", words: CANNOT });
  const [seconds, setSeconds] = useState(0);
  const recording = useRef<Recording | undefined>(undefined);
  const upload = useRef<Upload | undefined>(undefined);

  useEffect(() => {
    if (!type) return;
    let gone = false;
    record(type).then(
      (begun) => {
        if (gone) {
          begun.cancel();
          return;
        }
        recording.current = begun;
        setStep({ at: "recording" });
      },
      (error: unknown) => {
        if (!gone) setStep({ at: "failed", words: recordingProblem(error) });
      },
    );
    return () => {
      gone = true;
      recording.current?.cancel();
      recording.current = undefined;
      upload.current?.cancel();
    };
  }, [type]);

  const running = step.at === "recording";
  useEffect(() => {
    if (!running) return;
    const began = Date.now();
    const timer = setInterval(() => setSeconds((Date.now() - began) / 1000), 250);
    return () => clearInterval(timer);
  }, [running]);

  async function stop(): Promise<{ file: Blob; voice: boolean } | undefined> {
    const begun = recording.current;
    if (!begun || !type) return undefined;
    recording.current = undefined;
    const raw = await begun.stop();
    try {
      const made = type.remux ? webmToOgg(new Uint8Array(await raw.arrayBuffer())) : raw;
      const file = { file: new Blob([made], { type: type.mime.split(";")[0] === "audio/mp4" ? "audio/mp4" : "audio/ogg" }), voice: type.voice };
      setStep({ at: "ready", ...file });
      return file;
    } catch {
      setStep({ at: "failed", words: "The recording could not be made into what WhatsApp takes. Attach a sound file instead." });
      return undefined;
    }
  }

  async function send(): Promise<void> {
    const made = step.at === "ready" ? step : await stop();
    if (!made) return;
    setStep({ at: "uploading", share: 0 });
    const name = made.file.type === "audio/ogg" ? "voice-message.ogg" : "voice-message.m4a";
    upload.current = uploadFile(made.file, name, (share) => setStep({ at: "uploading", share }));
    try {
      const uploaded = await upload.current.done;
      onSend(uploaded, made.voice);
      onClose();
    } catch (error) {
      if (error instanceof DOMException) return;
      const problem = asProblem(error);
      // What was said is still here: it is kept to be sent again.
      setStep({ at: "ready", file: made.file, voice: made.voice });
      setFailure(`${problem.detail} ${problem.remedy ?? ""}`);
    }
  }
  const [failure, setFailure] = useState("");

  return (
    <>
      <div className={classes.recorder}>
        <ActionIcon variant="subtle" color="gray" size={36} aria-label={step.at === "failed" ? "Close" : "Throw the recording away"} onClick={onClose}>
          <Trash2 size={18} aria-hidden />
        </ActionIcon>
        {step.at === "recording" && <span className={classes.pulse} aria-hidden />}
        <Text size="sm" style={{ flex: 1 }} role={step.at === "failed" ? "alert" : "status"} aria-live={running ? "off" : "polite"}>
          {step.at === "starting" && "Waiting for the microphone…"}
          {running && `Recording ${durationWords(seconds)}`}
          {step.at === "ready" && `Recorded ${durationWords(seconds)}${step.voice ? "" : ". This browser makes a sound file of it, not a voice message."}`}
          {step.at === "uploading" && "Uploading…"}
          {step.at === "failed" && step.words}
        </Text>
        {step.at === "uploading" && <Progress value={step.share * 100} w={90} aria-label={`${Math.round(step.share * 100)} % uploaded`} />}
        {running && (
          <Button size="sm" variant="default" leftSection={<Square size={14} aria-hidden />} onClick={() => void stop()}>
            Stop
          </Button>
        )}
        {(running || step.at === "ready") && (
          <ActionIcon size={36} aria-label="Send voice message" onClick={() => void send()}>
            <SendHorizontal size={18} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {failure && step.at === "ready" && (
        <Text size="xs" c="var(--wk-bad)" role="alert">
          {failure}
        </Text>
      )}
    </>
  );
}
