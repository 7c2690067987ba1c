import { Text, Tooltip } from "@mantine/core";
import { Fact } from "../../ui/Fact";
import { exactTime } from "../../ui/time";
import type { ClockWords } from "./words";

const COLOR = { warn: "var(--wk-warn)", bad: "var(--wk-bad)" } as const;

/** Shows one of a grant's two clocks: whether a person must act, and until when. */
export function ClockFact({ name, clock }: { name: string; clock: ClockWords }) {
  const color = clock.tone === "warn" || clock.tone === "bad" ? COLOR[clock.tone] : undefined;
  return (
    <Fact name={name}>
      <Text span fz="inherit" fw={clock.tone === "quiet" ? 400 : 550} c={color}>
        {clock.who}
      </Text>
      <Tooltip label={clock.at ? exactTime(clock.at) : ""} disabled={!clock.at}>
        <Text size="xs" c="dimmed">
          {clock.at ? <time dateTime={clock.at}>{clock.when}</time> : clock.when}
        </Text>
      </Tooltip>
    </Fact>
  );
}
