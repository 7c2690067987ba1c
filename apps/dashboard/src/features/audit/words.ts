import type { AuditEvent } from "../../api/types";

const ACTOR: Record<AuditEvent["actor"]["kind"], string> = {
  user: "A user",
  key: "An API key",
  system: "Wabakit",
  operator: "The operator",
  meta: "Meta",
};

/** Names the actor of an event. */
export function actorWords(actor: AuditEvent["actor"]): string {
  return actor.name ?? ACTOR[actor.kind];
}

/** Words an action: "connect.step_failed" is "Connect: step failed". */
export function actionWords(action: string): string {
  const [area = action, ...rest] = action.split(".");
  const words = (text: string) => text.replaceAll("_", " ");
  const head = words(area).replace(/^./, (first) => first.toUpperCase());
  return rest.length > 0 ? `${head}: ${words(rest.join(" "))}` : head;
}
