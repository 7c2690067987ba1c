import { Button, Text } from "@mantine/core";
import { Braces } from "lucide-react";
import { useState } from "react";
import { isMedia, type Content } from "../../../api/content";
import type { Message } from "../../../api/types";
import { kindWords } from "../words";
import { CallPermission, ChoiceBody, ContactCards, FormCard, LocationCard, OrderCard } from "./Cards";
import { MediaBody } from "./MediaBody";
import { InteractiveCard, TemplateCard } from "./SentCards";
import { RichText } from "./RichText";
import { Modal } from "../../../ui/layers";
import { RawJson } from "../../../ui/RawJson";

interface BodyProps {
  message: Message;
  content: Content;
  mayAct: boolean;
  onView: () => void;
}

/** Shows the content of a message of any type. */
export function Body({ message, content, mayAct, onView }: BodyProps) {
  if (isMedia(content)) return <MediaBody message={message} content={content} mayAct={mayAct} onView={onView} />;
  switch (content.type) {
    case "text":
      return <RichText text={content.body} />;
    case "location":
      return <LocationCard content={content} />;
    case "contacts":
      return <ContactCards content={content} />;
    case "button":
      return <ChoiceBody title={content.text} kind="Button that was tapped" />;
    case "button_reply":
      return <ChoiceBody title={content.title} kind="Button that was tapped" />;
    case "list_reply":
      return <ChoiceBody title={content.title} detail={content.description} kind="Choice from a list" />;
    case "form_reply":
      return <FormCard content={content} />;
    case "call_permission_reply":
      return <CallPermission content={content} />;
    case "order":
      return <OrderCard content={content} />;
    case "template":
      return <TemplateCard content={content} />;
    case "interactive":
      return <InteractiveCard content={content} />;
    case "media_placeholder":
      return (
        <Text size="sm" c="dimmed">
          Photo, video or file from before this number was connected. Meta has it no more; it is on your phone.
        </Text>
      );
    case "unsupported":
      return <Unsupported content={content} />;
    default:
      return <Unsupported content={{ type: "unsupported", kind: content.type, raw: content }} />;
  }
}

/** Says why a content is not shown: Meta did not pass it on, or this version does not know its kind. */
function unsupportedWords(content: Extract<Content, { type: "unsupported" }>): string {
  const cause = content.errors?.[0]?.explanation?.cause;
  if (cause) return cause;
  return content.kind ? `A message of the kind “${content.kind.replaceAll("_", " ")}”, which is not shown yet.` : kindWords("unsupported");
}

function Unsupported({ content }: { content: Extract<Content, { type: "unsupported" }> }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Text size="sm" c="dimmed">
        {unsupportedWords(content)}
      </Text>
      {content.errors?.map((error, place) => (
        <Text key={place} size="xs" c="dimmed">
          {error.explanation?.action} {error.details ?? error.message ?? error.title}{" "}
          <span className="wk-mono">{error.code}</span>
        </Text>
      ))}
      <Button mt={6} size="compact-xs" variant="default" leftSection={<Braces size={12} aria-hidden />} onClick={() => setOpen(true)}>
        Show it as it came
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="The message as it came" size="lg">
        <RawJson text={JSON.stringify(content.raw, null, 2)} label="Message as JSON" />
      </Modal>
    </>
  );
}
