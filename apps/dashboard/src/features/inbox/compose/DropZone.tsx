import { useState, type DragEvent, type ReactNode } from "react";
import classes from "./Compose.module.css";
import { attach } from "./uploads";

const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");

/** Files that are dropped on a conversation go with its next message. */
export function DropZone({ conversationId, enabled, children }: { conversationId: string; enabled: boolean; children: ReactNode }) {
  // Entering a child comes before leaving its parent: a count tells whether one is still inside.
  const [depth, setDepth] = useState(0);
  if (!enabled) return <div className={classes.dropZone}>{children}</div>;
  return (
    // The button in the composer does the same for the keyboard.
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
