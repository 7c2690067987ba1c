import type { BareMessage } from "../../api/types";

/** A filter that is no status: Meta accepted the message long ago, and it has neither arrived nor failed since. */
export const STUCK = { value: "stuck", label: "No news" } as const;

/** The statuses that the list can be filtered by. */
export const STATUSES: { value: BareMessage["status"]; label: string }[] = [
  { value: "queued", label: "Waiting" },
  { value: "sending", label: "Being handed to Meta" },
  { value: "unknown", label: "Unknown" },
  { value: "failed", label: "Failed" },
  { value: "accepted", label: "Accepted by Meta" },
  { value: "sent", label: "Sent" },
  { value: "delivered", label: "Delivered" },
  { value: "read", label: "Read" },
  { value: "cancelled", label: "Cancelled" },
  { value: "expired", label: "Not sent in time" },
];
