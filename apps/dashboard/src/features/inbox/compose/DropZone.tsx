import { useState, type DragEvent, type ReactNode } from "react";
import classes from "./Compose.module.css";
import { attach } from "./uploads";

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");

/** Attaches files that are dropped on a conversation to its next message. */
export function DropZone({ conversationId, enabled, children }: { conversationId: string; enabled: boolean; children: ReactNode }) {
  // The event of entering a child comes before that of leaving its parent, so the depth is counted.
  const [depth, setDepth] = useState(0);
  if (!enabled) return <div className={classes.dropZone}>{children}</div>;
  return (
    // For the keyboard, a button of the composer does the same.
    <div
      className={classes.dropZone}
      onDragEnter={(event) => hasFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => hasFiles(event) && setDepth((before) => Math.max(0, before - 1))}
      onDragOver={(event) => {
        if (hasFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        setDepth(0);
        if (!hasFiles(event)) return;
        event.preventDefault();
        attach(conversationId, [...event.dataTransfer.files]);
      }}
    >
      {children}
      {depth > 0 && <div className={classes.drop}>Drop files to attach them</div>}
    </div>
  );
}
