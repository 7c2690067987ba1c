import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { onLiveEvents } from "../../live/store";
import { Banner } from "../../ui/Banner";
import { toastProblem } from "../../ui/toast";
import { sendTest } from "./data";

const PATIENCE_MS = 20_000;

type Test = { state: "idle" } | { state: "waiting"; since: number } | { state: "arrived"; ms: number } | { state: "late" };

export interface TestDelivery {
  test: Test;
  sending: boolean;
  send: () => void;
  dismiss: () => void;
}

/** Lets the server send itself a signed delivery, and watches for the event that it must become. */
export function useTestDelivery(): TestDelivery {
  const [test, setTest] = useState<Test>({ state: "idle" });
  const since = useRef<number | null>(null);
  const mutation = useMutation({
    mutationFn: () => sendTest(undefined),
    onError: (error) => {
      since.current = null;
      setTest({ state: "idle" });
      toastProblem("The test was not sent", error);
    },
  });

  // The event may come before the answer to the request.
  useEffect(
    () =>
      onLiveEvents((events) => {
        if (since.current === null || !events.some((event) => event.type === "webhook.test")) return;
        setTest({ state: "arrived", ms: Date.now() - since.current });
        since.current = null;
      }),
    [],
  );

  const waiting = test.state === "waiting";
  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => setTest((now) => (now.state === "waiting" ? { state: "late" } : now)), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [waiting]);

  return {
    test,
    sending: mutation.isPending || waiting,
    send() {
      const now = Date.now();
      since.current = now;
      setTest({ state: "waiting", since: now });
      mutation.mutate();
    },
    dismiss: () => setTest({ state: "idle" }),
  };
}

export function SendTestButton({ delivery }: { delivery: TestDelivery }) {
  return (
    <Button leftSection={<Send size={16} aria-hidden />} loading={delivery.sending} onClick={delivery.send}>
      Send a test delivery
    </Button>
  );
}

/** Shows the result of the test. */
export function TestResult({ delivery }: { delivery: TestDelivery }) {
  const { test, dismiss } = delivery;
  const close = (
    <Button size="xs" variant="default" onClick={dismiss}>
      Close
    </Button>
  );
  if (test.state === "waiting") {
    return (
      <Banner live tone="info" title="The test delivery is on its way">
        It was signed and posted to this server&apos;s own address, as Meta would do it.
      </Banner>
    );
  }
  if (test.state === "arrived") {
    return (
      <Banner live tone="ok" title={`The test came through in ${(test.ms / 1000).toFixed(1)} s`} actions={close}>
        Signature, journal, processing and live events work.
      </Banner>
    );
  }
  if (test.state === "late") {
    return (
      <Banner live tone="warn" title="The test has not come through yet" actions={close}>
        It was accepted, and waits behind other work, or the live connection is interrupted. Look at what waits below.
      </Banner>
    );
  }
  return null;
}
