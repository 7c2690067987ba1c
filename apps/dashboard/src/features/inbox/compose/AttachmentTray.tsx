import { ActionIcon, Box, Progress, Text } from "@mantine/core";
import { FileText, RotateCw, X } from "lucide-react";
import { sizeWords } from "../words";
import classes from "./Compose.module.css";
import { detach, uploadAgain, type Attachment } from "./uploads";

/** Lists the files of the next message, each with its progress. */
export function AttachmentTray({ conversationId, items }: { conversationId: string; items: readonly Attachment[] }) {
  if (items.length === 0) return null;
  return (
    <ul className={classes.tray} aria-label="Files of this message">
      {items.map((item) => (
        <li key={item.id} className={classes.attachment} data-state={item.state}>
          {item.preview ? <img className={classes.thumb} src={item.preview} alt="" /> : <FileText size={24} aria-hidden style={{ flexShrink: 0 }} />}
          <Box style={{ flex: 1, minWidth: 0 }}>
            <Text size="sm" truncate>
              {item.file.name || "File"}
            </Text>
            {item.state === "uploading" ? (
              <Progress size="sm" mt={4} value={item.progress * 100} aria-label={`${item.file.name}: ${Math.round(item.progress * 100)} % uploaded`} />
            ) : item.state === "failed" ? (
              <Text size="xs" c="var(--wk-bad)" role="alert">
                {item.problem?.detail} {item.problem?.remedy}
              </Text>
            ) : (
              <Text size="xs" c="dimmed">
                {sizeWords(item.file.size)}
              </Text>
            )}
          </Box>
          {item.state === "failed" && item.problem && (item.problem.status === 0 || item.problem.status >= 500) && (
            <ActionIcon variant="subtle" color="gray" aria-label={`Upload ${item.file.name} again`} onClick={() => uploadAgain(conversationId, item.id)}>
              <RotateCw size={16} aria-hidden />
            </ActionIcon>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={item.state === "uploading" ? `Cancel the upload of ${item.file.name}` : `Remove ${item.file.name}`}
            onClick={() => detach(conversationId, item.id)}
          >
            <X size={16} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
