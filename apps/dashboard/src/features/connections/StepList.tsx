import { Box, Group, Stack, Text } from "@mantine/core";
import { Check, Circle, LoaderCircle, Minus, X, type LucideIcon } from "lucide-react";
import type { ConnectStep } from "../../api/types";
import { ProblemSmallPrint } from "../../ui/ProblemNote";
import { STEP_WORDS } from "./words";

const LOOK: Record<ConnectStep["state"], { icon: LucideIcon; color: string; word: string }> = {
  pending: { icon: Circle, color: "var(--mantine-color-placeholder)", word: "to come" },
  running: { icon: LoaderCircle, color: "var(--wk-info)", word: "running" },
  done: { icon: Check, color: "var(--wk-ok)", word: "done" },
  skipped: { icon: Minus, color: "var(--mantine-color-dimmed)", word: "not needed" },
  failed: { icon: X, color: "var(--wk-bad)", word: "failed" },
};

/** Lists the steps of a connection as they run, each with its tick, or with its cause and remedy. */
export function StepList({ steps }: { steps: readonly ConnectStep[] }) {
  return (
    <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: "none" }} aria-live="polite" aria-label="Steps of the connection">
      {steps.map((step) => (
        <Step key={step.step} step={step} />
      ))}
    </Stack>
  );
}

function Step({ step }: { step: ConnectStep }) {
  const { icon: Icon, color, word } = LOOK[step.state];
  const waiting = step.state === "pending";
  return (
    <Group component="li" gap="sm" wrap="nowrap" align="flex-start" data-step={step.step} data-state={step.state}>
      <Box style={{ color, display: "flex", paddingTop: 2 }}>
        <Icon size={18} aria-hidden className={step.state === "running" ? "wk-spin" : undefined} />
      </Box>
      <Box style={{ minWidth: 0 }}>
        <Text size="sm" fw={step.state === "running" || step.state === "failed" ? 600 : 400} c={waiting ? "dimmed" : undefined}>
          {STEP_WORDS[step.step]}
          <Text span size="sm" c="dimmed" fw={400}>
            {" "}
            · {word}
          </Text>
        </Text>
        {step.detail && step.state !== "failed" && (
          <Text size="xs" c="dimmed">
            {step.detail}
          </Text>
        )}
        {step.problem && (
          <Box mt={4}>
            <Text size="sm">{step.problem.detail}</Text>
            {step.problem.remedy && (
              <Text size="sm" mt={4}>
                <b>What to do:</b> {step.problem.remedy}
              </Text>
            )}
            <ProblemSmallPrint code={step.problem.code} meta={step.problem.meta} docs={step.problem.docs} />
          </Box>
        )}
      </Box>
    </Group>
  );
}
