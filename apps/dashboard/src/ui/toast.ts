import { notifications } from "@mantine/notifications";
import { asProblem } from "../api/problem";

/** Shows the result of the person's own act. */
export function toastDone(message: string): void {
  notifications.show({ message, color: "petrol", autoClose: 5000, withBorder: true });
}

/** Shows that an act failed, where no form is open to show it. */
export function toastProblem(what: string, error: unknown): void {
  const problem = asProblem(error);
  const request = problem.requestId ? ` (request ${problem.requestId})` : "";
  notifications.show({
    title: what,
    message: `${problem.detail} ${problem.remedy ?? ""}${request}`,
    color: "red",
    autoClose: 12_000,
    withBorder: true,
  });
}
