/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { asProblem } from "../api/problem";

interface NoteProps {
  tone: "bad" | "warn" | "ok";
  title: string;
  children?: ComponentChildren;
}

export function Note({ tone, title, children }: NoteProps) {
  return (
    <div class="note" data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      <strong>{title}</strong>
      {children && <div>{children}</div>}
    </div>
  );
}

/** Shows a problem: its cause, its remedy, and the request id to quote. */
export function ProblemNote({ error, title, onRetry }: { error: unknown; title?: string; onRetry?: () => void }) {
  const problem = asProblem(error);
  return (
    <Note tone="bad" title={title ?? problem.title}>
      {problem.detail} {problem.remedy}
      <small>
        {problem.code}
        {problem.requestId && ` · request ${problem.requestId}`}
      </small>
      {onRetry && problem.status !== 403 && (
        <button type="button" class="plain" onClick={onRetry}>
          Try again
        </button>
      )}
    </Note>
  );
}
