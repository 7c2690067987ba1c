import { Button, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Banner } from "../../ui/Banner";
import { ProblemSmallPrint } from "../../ui/ProblemNote";
import { sessionQuery } from "./data";
import { CANCELLED, refusalOf } from "./refusals";

interface ReturnedRefusalProps {
  code: string;
  sessionId: string | undefined;
  onResume: (sessionId: string) => void;
  onTryAgain: () => void;
  onDismiss: () => void;
}

/** Says why a login in this window was refused, and the remedy. The session knows more than the address. */
export function ReturnedRefusal({ code, sessionId, onResume, onTryAgain, onDismiss }: ReturnedRefusalProps) {
  const session = useQuery({ ...sessionQuery(sessionId ?? ""), enabled: sessionId !== undefined });
  const words = session.data?.problem ?? refusalOf(code);
  // Cancelling was the person's own act, so it is no error and its code says nothing.
  const cancelled = code === CANCELLED;
  const resumable = session.data?.canResume ? session.data.id : undefined;
  return (
    <Banner
      live
      tone={cancelled ? "info" : "bad"}
      title={words.title}
      actions={
        <>
          {resumable && (
            <Button size="xs" onClick={() => onResume(resumable)}>
              Resume
            </Button>
          )}
          <Button size="xs" variant={resumable ? "default" : "filled"} onClick={onTryAgain}>
            Try again
          </Button>
          <CloseButton size="sm" aria-label="Dismiss" onClick={onDismiss} />
        </>
      }
    >
      {words.detail} {words.remedy}
      {!cancelled && <ProblemSmallPrint code={code} meta={session.data?.problem?.meta} docs={session.data?.problem?.docs} />}
    </Banner>
  );
}
