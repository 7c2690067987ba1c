import type { Queue } from "../api/send";

export function aQueue(change: Partial<Queue> = {}): Queue {
  return {
    accountId: "account-1",
    displayName: "Juniper & Sage Coffee",
    displayPhone: "+1 555-013-4201",
    rate: { perSecond: 80, level: "STANDARD" },
    sentLastMinute: 0,
    due: { high: 0, normal: 0, low: 0 },
    waiting: [],
    sending: 0,
    proving: 0,
    unknown: 0,
    failed: 0,
    stuck: 0,
    oldestDueAt: null,
    isPaused: false,
    block: null,
    isOwned: true,
    countsUpTo: 10_000,
    ...change,
  };
}
