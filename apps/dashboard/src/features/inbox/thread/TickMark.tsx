import { Tooltip, VisuallyHidden } from "@mantine/core";
import { tickOf } from "./ticks";
import classes from "./Thread.module.css";

interface TickMarkProps {
  direction: string;
  status: string;
}

export function TickMark({ direction, status }: TickMarkProps) {
  const tick = tickOf(direction, status);
  if (!tick) return null;
  const Icon = tick.icon;
  return (
    <Tooltip label={tick.words}>
      <span className={classes.tick} data-tone={tick.tone} data-status={status}>
        <Icon size={15} aria-hidden />
        <VisuallyHidden>{tick.words}</VisuallyHidden>
      </span>
    </Tooltip>
  );
}
