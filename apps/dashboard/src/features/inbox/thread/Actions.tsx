import { ActionIcon, Group, Tooltip, UnstyledButton } from "@mantine/core";
import { Reply, SmilePlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Conversation, Message } from "../../../api/types";
import { focusComposer, writeDraft } from "../compose/drafts";
import { outbox } from "../compose/outboxStore";
import { outgoing, reaction } from "../compose/requests";
import { messageLine } from "../words";
import type { Reaction } from "./rows";
import classes from "./Thread.module.css";
import { Popover } from "../../../ui/layers";

const EmojiPicker = lazy(() => import("../compose/EmojiPicker"));

const QUICK = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

interface ActionsProps {
  message: Message;
  conversation: Conversation;
  reactions: readonly Reaction[];
  /** Called before the composer takes the focus. */
  onReply?: () => void;
}

/** Offers to reply to a message, and to react to it. */
export function Actions({ message, conversation, reactions, onReply }: ActionsProps) {
  const [reacting, setReacting] = useState(false);
  const [more, setMore] = useState(false);
  const { metaMessageId } = message;
  // Meta knows a call by no id that a message can name.
  if (!metaMessageId || metaMessageId.startsWith("wacid.") || message.revokedAt) return null;
  const own = reactions.find((each) => each.own)?.emoji;

  function react(emoji: string): void {
    setReacting(false);
    setMore(false);
    const entry = outgoing(conversation, reaction(metaMessageId ?? "", emoji), crypto.randomUUID(), new Date().toISOString());
    if (entry) outbox.add([entry]);
  }

  return (
    <div className={classes.actions} data-open={reacting || undefined}>
      <Tooltip label="Reply">
        <ActionIcon
          variant="subtle"
          color="gray"
          size={30}
          aria-label={`Reply to: ${messageLine(message)}`}
          onClick={() => {
            writeDraft(conversation.id, { replyTo: { metaMessageId, line: messageLine(message), own: message.direction === "outbound" } });
            onReply?.();
            focusComposer();
          }}
        >
          <Reply size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
      {/* In a group Meta takes no reactions from a business. */}
      {!conversation.groupId && (
        <Popover opened={reacting} onChange={setReacting} onClose={() => setMore(false)} position="top" shadow="md" trapFocus returnFocus withinPortal>
          <Popover.Target>
            <Tooltip label="React" disabled={reacting}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size={30}
                aria-label={`React to: ${messageLine(message)}`}
                aria-expanded={reacting}
                onClick={() => setReacting((before) => !before)}
              >
                <SmilePlus size={17} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown p={6} aria-labelledby={undefined} aria-label={`Reactions to: ${messageLine(message)}`}>
            {reacting && !more && (
              <Group gap={2} wrap="nowrap" role="group" aria-label="Reactions">
                {QUICK.map((emoji) => (
                  <UnstyledButton
                    key={emoji}
                    className={classes.quick ?? ""}
                    aria-pressed={emoji === own}
                    aria-label={emoji === own ? `Take ${emoji} back` : `React with ${emoji}`}
                    onClick={() => react(emoji === own ? "" : emoji)}
                  >
                    {emoji}
                  </UnstyledButton>
                ))}
                <ActionIcon variant="subtle" color="gray" size={34} aria-label="More emoji" onClick={() => setMore(true)}>
                  <SmilePlus size={18} aria-hidden />
                </ActionIcon>
              </Group>
            )}
            {more && (
              <Suspense fallback={null}>
                <EmojiPicker onPick={react} />
              </Suspense>
            )}
          </Popover.Dropdown>
        </Popover>
      )}
    </div>
  );
}
