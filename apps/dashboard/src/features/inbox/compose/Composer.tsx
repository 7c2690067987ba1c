import { ActionIcon, Box, Button, Text, Textarea, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Cable, Eye, LayoutTemplate, Lock, Mic, SendHorizontal, Smile, UserX, X } from "lucide-react";
import { lazy, Suspense, useRef, useState, type ClipboardEvent, type KeyboardEvent, type ReactNode } from "react";
import type { Conversation } from "../../../api/types";
import { Popover, useLayer } from "../../../ui/layers";
import { exactTime } from "../../../ui/time";
import { accountsQuery } from "../../connections/data";
import { useSigned } from "../../auth/session";
import { conversationName } from "../words";
import { AddMenu } from "./AddMenu";
import { AttachmentTray } from "./AttachmentTray";
import classes from "./Compose.module.css";
import { clearDraft, focusComposer, useDraft, writeDraft } from "./drafts";
import type { DialogKind } from "./dialogs/Dialogs";
import { outbox } from "./outboxStore";
import { file, length, LIMITS, outgoing, takesCaption, text, type Composed, type Extras } from "./requests";
import { attach, takeUploaded, useAttachments } from "./uploads";
import { hasRecording } from "./recordings";
import { useTyping } from "./useTyping";
import type { Writing } from "./useWriting";

const EmojiPicker = lazy(() => import("./EmojiPicker"));
const VoiceRecorder = lazy(() => import("./VoiceRecorder"));
const Dialogs = lazy(() => import("./dialogs/Dialogs"));

interface ComposerProps {
  conversation: Conversation;
  writing: Writing;
}

/** Shows the composer, or says why nothing can be written. */
export function Composer({ conversation, writing }: ComposerProps) {
  const [dialog, setDialog] = useState<DialogKind | null>(null);
  // A person who knows that the customer wrote elsewhere may let Meta decide.
  const [anyway, setAnyway] = useState(false);
  const draft = useDraft(conversation.id);

  function send(composed: readonly Composed[]): void {
    const at = Date.now();
    const extras: Extras = { ignoreWindow: writing === "closed" && anyway };
    const ready = composed
      .map((each, index) =>
        outgoing(conversation, each, crypto.randomUUID(), new Date(at + index).toISOString(), {
          ...extras,
          ...(index === 0 && { replyTo: draft.replyTo?.metaMessageId }),
        }),
      )
      .filter((each) => each !== undefined);
    outbox.add(ready);
    writeDraft(conversation.id, { replyTo: undefined });
  }

  const template = (composed: Composed) => {
    const ready = outgoing(conversation, composed, crypto.randomUUID(), new Date().toISOString());
    if (ready) outbox.add([ready]);
  };

  return (
    <>
      {writing === "open" || (writing === "closed" && anyway) ? (
        <OpenComposer conversation={conversation} onSend={send} onDialog={setDialog} anyway={anyway && writing === "closed"} />
      ) : (
        <Obstacle conversation={conversation} writing={writing} hasDraft={draft.text !== ""} onTemplate={() => setDialog("template")} onAnyway={() => setAnyway(true)} />
      )}
      <Suspense fallback={null}>
        {dialog && (
          <Dialogs
            kind={dialog}
            them={conversationName(conversation)}
            onClose={() => setDialog(null)}
            onSend={(composed) => {
              setDialog(null);
              if (dialog === "template") template(composed);
              else send([composed]);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

interface ObstacleProps extends ComposerProps {
  hasDraft: boolean;
  onTemplate: () => void;
  onAnyway: () => void;
}

function Obstacle({ conversation, writing, hasDraft, onTemplate, onAnyway }: ObstacleProps) {
  const { me } = useSigned();
  const accounts = useQuery(accountsQuery);
  const kept = hasDraft && " Your draft is kept.";
  if (writing === "viewer") {
    return (
      <Notice icon={<Eye size={18} aria-hidden />}>
        You can read here, but not write: your role in {me.org.name} is viewer. An admin can make you an agent.
      </Notice>
    );
  }
  if (writing === "nobody") {
    return (
      <Notice icon={<UserX size={18} aria-hidden />}>Nobody is left to write to: this person was erased, or their number is not known.</Notice>
    );
  }
  if (writing === "disconnected") {
    const account = accounts.data?.find((each) => each.id === conversation.accountId);
    return (
      <Notice
        icon={<Cable size={18} aria-hidden />}
        action={
          <Button size="sm" variant="default" component={Link} to="/connections">
            Go to connections
          </Button>
        }
      >
        {account ? `${account.displayName}, ${account.displayPhone},` : "The number of this conversation"} is not connected, so nothing can be sent from it.{kept}
      </Notice>
    );
  }
  const { window } = conversation;
  return (
    <Notice
      icon={<Lock size={18} aria-hidden />}
      action={
        <>
          <Button size="sm" leftSection={<LayoutTemplate size={16} aria-hidden />} onClick={onTemplate}>
            Send a template
          </Button>
          <Tooltip label="For when you know that they wrote, but not to this server. Meta refuses it otherwise." multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
            <Button size="sm" variant="subtle" color="gray" onClick={onAnyway}>
              Write anyway
            </Button>
          </Tooltip>
        </>
      }
    >
      {window
        ? `The reply window was open until ${exactTime(window.until)}. Until ${conversationName(conversation)} writes again, Meta takes only templates.`
        : `${conversationName(conversation)} has not written yet. Until they do, Meta takes only templates.`}
      {kept}
    </Notice>
  );
}

function Notice({ icon, action, children }: { icon: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.notice} data-compose-bar role="note" aria-label="Why you cannot write">
      <Box c="dimmed" style={{ display: "flex" }}>
        {icon}
      </Box>
      <Text size="sm" style={{ flex: "1 1 220px" }}>
        {children}
      </Text>
      {action}
    </div>
  );
}

interface OpenProps {
  conversation: Conversation;
  anyway: boolean;
  onSend: (composed: readonly Composed[]) => void;
  onDialog: (kind: DialogKind) => void;
}

function OpenComposer({ conversation, anyway, onSend, onDialog }: OpenProps) {
  const { id } = conversation;
  const draft = useDraft(id);
  const attachments = useAttachments(id);
  const [picking, setPicking] = useState(false);
  const [recording, setRecording] = useState(() => hasRecording(id));
  const area = useRef<HTMLTextAreaElement>(null);
  const typed = useTyping(id);
  // While the recorder is loading, Esc closes it.
  useLayer(recording, () => setRecording(false));
  const them = conversationName(conversation);

  const words = draft.text.trim();
  const uploading = attachments.some((each) => each.state === "uploading");
  const failed = attachments.some((each) => each.state === "failed");
  const done = attachments.filter((each) => each.state === "done");
  // The text is the caption of the first file that takes one. Otherwise it is a message of its own.
  const captioned = done.find((each) => takesCaption(each.uploaded?.kind ?? ""));
  const most = captioned ? LIMITS.caption : LIMITS.text;
  const left = most - length(words);
  const ready = (words !== "" || done.length > 0) && left >= 0 && !uploading;

  function submit(): void {
    if (!ready) return;
    const files = takeUploaded(id);
    const first = files.find((each) => takesCaption(each.kind));
    const composed = files.map((each) => file(each, each === first && words ? { caption: words } : {}));
    if (words && !first) composed.push(text(words));
    onSend(composed);
    clearDraft(id);
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter also ends the composition of an input method.
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (draft.replyTo) writeDraft(id, { replyTo: undefined });
      else area.current?.blur();
    }
  }

  function onPaste(event: ClipboardEvent): void {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    attach(id, files);
  }

  function insert(emoji: string): void {
    const from = area.current?.selectionStart ?? draft.text.length;
    const to = area.current?.selectionEnd ?? from;
    writeDraft(id, { text: draft.text.slice(0, from) + emoji + draft.text.slice(to) });
    setPicking(false);
    const at = from + emoji.length;
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(at, at);
    });
  }

  if (recording) {
    return (
      <div className={classes.bar} data-compose-bar role="group" aria-label="Voice message">
        <Suspense fallback={<div className={classes.recorder} />}>
          <VoiceRecorder
            conversationId={id}
            onClose={() => {
              setRecording(false);
              requestAnimationFrame(focusComposer);
            }}
            onSend={(uploaded, voice) => onSend([file(uploaded, { voice })])}
          />
        </Suspense>
      </div>
    );
  }

  return (
    <div className={classes.bar} data-compose-bar role="group" aria-label={`Write to ${them}`}>
      {draft.replyTo && (
        <div className={classes.reply}>
          <Box style={{ flex: 1, minWidth: 0 }}>
            <Text size="xs" fw={600}>
              Reply to {draft.replyTo.own ? "yourself" : them}
            </Text>
            <Text size="sm" truncate dir="auto">
              {draft.replyTo.line}
            </Text>
          </Box>
          <ActionIcon variant="subtle" color="gray" aria-label="Do not reply to it" onClick={() => writeDraft(id, { replyTo: undefined })}>
            <X size={16} aria-hidden />
          </ActionIcon>
        </div>
      )}
      <AttachmentTray conversationId={id} items={attachments} />
      <div className={classes.row}>
        <AddMenu isGroup={conversation.groupId != null} onFiles={(files) => attach(id, files)} onDialog={onDialog} />
        <Popover opened={picking} onChange={setPicking} position="top-start" shadow="md" trapFocus returnFocus>
          <Popover.Target>
            <ActionIcon variant="subtle" color="gray" size={36} aria-label="Emoji" aria-expanded={picking} onClick={() => setPicking((before) => !before)}>
              <Smile size={20} aria-hidden />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown p={8}>
            {picking && (
              <Suspense fallback={null}>
                <EmojiPicker onPick={insert} />
              </Suspense>
            )}
          </Popover.Dropdown>
        </Popover>
        <Textarea
          ref={area}
          className={classes.text ?? ""}
          aria-label={`Message to ${them}`}
          placeholder={captioned ? "Add words to the file" : "Write a message"}
          autosize
          minRows={1}
          maxRows={8}
          value={draft.text}
          enterKeyHint="send"
          dir="auto"
          error={left < 0}
          onChange={(event) => {
            writeDraft(id, { text: event.currentTarget.value });
            if (event.currentTarget.value.trim() !== "" && !conversation.groupId && !anyway) typed();
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          data-compose
        />
        {words === "" && attachments.length === 0 ? (
          <Tooltip label="Voice message">
            <ActionIcon variant="subtle" color="gray" size={36} aria-label="Record a voice message" onClick={() => setRecording(true)}>
              <Mic size={20} aria-hidden />
            </ActionIcon>
          </Tooltip>
        ) : (
          <ActionIcon size={36} aria-label="Send message" disabled={!ready} onClick={submit}>
            <SendHorizontal size={18} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <div className={classes.hint}>
        <span role="status">
          {uploading
            ? "You can send once the upload is done."
            : left < 0
              ? `${(-left).toLocaleString("en")} characters too many. WhatsApp takes ${most.toLocaleString("en")}.`
              : failed
                ? "A file could not be uploaded. It is not sent."
                : left < 300
                  ? `${left} characters left`
                  : ""}
        </span>
        {anyway ? <span>The reply window is closed here: Meta decides.</span> : <span data-keys>Enter sends, Shift + Enter begins a line</span>}
      </div>
    </div>
  );
}
