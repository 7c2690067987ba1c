import { Box, Button, Group, Loader, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { Download, FileText, FileX2, RotateCw, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { MediaContent, MediaKind } from "../../../api/content";
import type { MediaFile, Message } from "../../../api/types";
import { toastProblem } from "../../../ui/toast";
import { useRefetchMedia } from "../data";
import { fileKind, kindWords, mediaErrorWords, sizeWords } from "../words";
import classes from "./Content.module.css";
import { isPicture, mediaAddress } from "./media";
import { RichText } from "./RichText";
import { usePicture } from "./usePicture";

interface MediaBodyProps {
  message: Message;
  content: { type: MediaKind } & MediaContent;
  /** Whether this person may have the file fetched again. */
  mayAct: boolean;
  onView: () => void;
}

/** Shows a message's file in its present state, and its caption. */
export function MediaBody({ message, content, mayAct, onView }: MediaBodyProps) {
  return (
    <>
      <File message={message} content={content} mayAct={mayAct} onView={onView} />
      {content.caption && (
        <Box mt={6}>
          <RichText text={content.caption} />
        </Box>
      )}
    </>
  );
}

function File({ message, content, mayAct, onView }: MediaBodyProps) {
  const { media } = message;
  const kind = content.type === "audio" && content.voice ? "Voice message" : kindWords(content.type);
  if (!media) {
    return (
      <FileNote icon={FileX2} title={kind}>
        The file is not stored here.
      </FileNote>
    );
  }
  if (media.state === "pending") {
    return (
      <Box className={classes.file ?? ""} role="status" aria-label={`${kind} is being fetched from Meta`} data-media="pending">
        <Loader size="sm" />
        <Box>
          <Text size="sm" fw={600}>
            {kind}
          </Text>
          <Text size="xs" c="dimmed">
            Being fetched from Meta…
          </Text>
        </Box>
      </Box>
    );
  }
  if (media.state === "failed") return <FailedFile message={message} media={media} kind={kind} mayAct={mayAct} />;
  const type = media.mimeType ?? content.mimeType;
  if ((content.type === "image" || content.type === "sticker") && isPicture(type)) {
    return <Picture media={media} sticker={content.type === "sticker"} alt={content.caption ?? kind} onView={onView} />;
  }
  const address = mediaAddress(media.id);
  if (content.type === "video") {
    // WhatsApp's videos have no subtitles.
    // eslint-disable-next-line jsx-a11y/media-has-caption
    return <video className={classes.film} src={address} controls preload="metadata" aria-label={kind} />;
  }
  if (content.type === "audio") {
    // eslint-disable-next-line jsx-a11y/media-has-caption
    return <audio className={classes.sound} src={address} controls preload="metadata" aria-label={kind} />;
  }
  return <FileLink media={media} name={media.filename ?? content.filename ?? kind} />;
}

function FileLink({ media, name }: { media: MediaFile; name: string }) {
  return (
    <a className={classes.file} href={mediaAddress(media.id)} download={name}>
      <FileText size={24} aria-hidden style={{ flexShrink: 0 }} />
      <Box style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={600} lineClamp={2}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {[fileKind(name, media.mimeType), media.size != null && sizeWords(media.size)].filter(Boolean).join(" · ")}
        </Text>
      </Box>
      <Download size={18} aria-label="Download" style={{ flexShrink: 0 }} />
    </a>
  );
}

function FailedFile({ message, media, kind, mayAct }: { message: Message; media: MediaFile; kind: string; mayAct: boolean }) {
  const refetch = useRefetchMedia(message);
  return (
    <FileNote icon={FileX2} title={`${kind} is not here`} state="failed">
      {mediaErrorWords(media.error)}
      {mayAct && (
        <Box mt={6}>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={<RotateCw size={12} aria-hidden />}
            loading={refetch.isPending}
            onClick={() => refetch.mutate(media.id, { onError: (error) => toastProblem("The file was not asked for again", error) })}
          >
            Fetch it again
          </Button>
        </Box>
      )}
    </FileNote>
  );
}

interface FileNoteProps {
  icon: LucideIcon;
  title: string;
  state?: string;
  children: ReactNode;
}

function FileNote({ icon: Icon, title, state, children }: FileNoteProps) {
  return (
    <Box className={classes.file ?? ""} data-media={state}>
      <Icon size={24} aria-hidden style={{ flexShrink: 0, alignSelf: "flex-start" }} />
      <Box style={{ minWidth: 0 }}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text component="div" size="xs" c="dimmed">
          {children}
        </Text>
      </Box>
    </Box>
  );
}

/** The sizes of Content.module.css. */
const WIDEST = 320;
const TALLEST = 360;

function Picture({ media, sticker, alt, onView }: { media: MediaFile; sticker: boolean; alt: string; onView: () => void }) {
  const { size, isLoading, hasFailed, retry, image } = usePicture(media);
  const shape = `${classes.picture ?? ""} ${sticker ? classes.sticker ?? "" : ""}`;
  if (hasFailed) {
    return (
      <FileNote icon={FileX2} title="The picture could not be loaded" state="failed">
        The server did not give it out, or it is no picture that can be shown.
        <Group gap="xs" mt={6}>
          <Button size="compact-xs" variant="default" onClick={retry}>
            Try again
          </Button>
          <Button size="compact-xs" variant="default" component="a" href={mediaAddress(media.id)} download>
            Download
          </Button>
        </Group>
      </FileNote>
    );
  }
  const picture = (
    <img
      {...image}
      alt={alt}
      style={size && { width: size.width * Math.min(1, WIDEST / size.width, TALLEST / size.height), aspectRatio: `${size.width} / ${size.height}` }}
    />
  );
  if (sticker) return <Box className={shape}>{picture}</Box>;
  return (
    <UnstyledButton className={shape} onClick={onView} aria-label={`Open the picture: ${alt}`}>
      {isLoading && <Skeleton height={180} width={240} maw="100%" radius={10} />}
      {picture}
    </UnstyledButton>
  );
}
