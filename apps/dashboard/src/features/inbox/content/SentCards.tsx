import { Box, Group, Text } from "@mantine/core";
import { LayoutTemplate } from "lucide-react";
import { templateValues, type Content } from "../../../api/content";
import classes from "./Content.module.css";
import { RichText } from "./RichText";

type Of<Type extends Content["type"]> = Extract<Content, { type: Type }>;

/** Shows a template by its name and values. Only Meta has its text. */
export function TemplateCard({ content }: { content: Of<"template"> }) {
  return (
    <Box className={classes.card ?? ""}>
      <Group gap={8} wrap="nowrap" align="flex-start">
        <LayoutTemplate size={18} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <Box style={{ minWidth: 0 }}>
          <Text size="sm" fw={600}>
            Template <span className="wk-mono">{content.name}</span>
          </Text>
          {content.language && (
            <Text size="xs" c="dimmed">
              Language {content.language}
            </Text>
          )}
          {templateValues(content.components).map((words, at) => (
            <Text key={at} size="sm">
              <Text span size="xs" c="dimmed" aria-hidden>
                {at + 1}{" "}
              </Text>
              {words}
            </Text>
          ))}
        </Box>
      </Group>
    </Box>
  );
}

/** Shows a text with its buttons, list or link, as the customer sees it. */
export function InteractiveCard({ content }: { content: Of<"interactive"> }) {
  const choices = [...(content.buttons ?? []), ...(content.options ?? [])];
  return (
    <Box>
      {content.header && (
        <Text size="sm" fw={650}>
          {content.header}
        </Text>
      )}
      {content.body && <RichText text={content.body} />}
      {content.footer && (
        <Text size="xs" c="dimmed">
          {content.footer}
        </Text>
      )}
      {choices.length > 0 && (
        <ul className={classes.choices} aria-label="Choices">
          {choices.map((words, at) => (
            <li key={at}>{words}</li>
          ))}
        </ul>
      )}
    </Box>
  );
}
