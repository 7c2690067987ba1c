import { Anchor, Button, Text } from "@mantine/core";
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "../api/problem";
import { Banner } from "./Banner";
import { Copy } from "./Copy";

interface ProblemNoteProps {
  error: unknown;
  /** The act that failed: "The team could not be loaded". */
  title?: string;
  onRetry?: () => void;
  retrying?: boolean;
  actions?: ReactNode;
}

/** Shows a problem: its cause, its remedy, and the request id to quote. */
export function ProblemNote({ error, title, onRetry, retrying, actions }: ProblemNoteProps) {
  const problem = asProblem(error);
  return (
    <Banner
      live
      tone="bad"
      title={title ?? problem.title}
      actions={
        <>
          {onRetry && worthAsking(problem) && (
            <Button size="xs" variant="default" leftSection={<RotateCw size={14} aria-hidden />} loading={retrying ?? false} onClick={onRetry}>
              Try again
            </Button>
          )}
          {actions}
        </>
      }
    >
      {problem.detail} {problem.remedy}
      <ProblemSmallPrint code={problem.code} requestId={problem.requestId} meta={problem.meta} docs={problem.docs} />
    </Banner>
  );
}

/** Links to the place in the documentation, which the build puts beside the dashboard. */
function ReadMore({ docs }: { docs?: string | undefined }) {
  const place = /^docs\/troubleshooting\.md#([\w-]+)$/.exec(docs ?? "");
  if (!place) return null;
  return (
    <>
      {" · "}
      <Anchor href={`/help/troubleshooting.html#${place[1]}`} target="_blank" rel="noreferrer" inherit>
        Read more about it
      </Anchor>
    </>
  );
}

/** Says whether another try may help. A person without the right is refused each time. */
function worthAsking({ status }: { status: number }): boolean {
  return status !== 403;
}

interface SmallPrintProps {
  code: string;
  requestId?: string | undefined;
  meta?: { code?: number | null; subcode?: number | null; fbtraceId?: string | null } | null | undefined;
  docs?: string | undefined;
}

/** Shows the codes behind a problem in small print, each to copy. */
export function ProblemSmallPrint({ code, requestId, meta, docs }: SmallPrintProps) {
  return (
    <Text component="div" size="xs" c="dimmed" mt={4}>
      <Copy value={code} what="error code" mono />
      {meta?.code != null && (
        <>
          {" · Meta "}
          {meta.code}
          {meta.subcode != null && `/${meta.subcode}`}
        </>
      )}
      {meta?.fbtraceId && (
        <>
          {" · trace "}
          <Copy value={meta.fbtraceId} what="Meta trace id" mono />
        </>
      )}
      {requestId && (
        <>
          {" · request "}
          <Copy value={requestId} what="request id" mono />
        </>
      )}
      <ReadMore docs={docs} />
    </Text>
  );
}
