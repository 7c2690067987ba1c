import type { Account, Candidate, ConnectSession, ConnectStep, GrantView, Me, Role, Warning } from "../api/types";

export function aGrant(change: Partial<GrantView> = {}): GrantView {
  return {
    id: "grant-1",
    state: "active",
    tokenKind: "user",
    scopes: ["whatsapp_business_management"],
    tokenExpiry: { kind: "never" },
    dataAccessExpiry: { kind: "never" },
    renewal: "not_needed",
    isExpiring: false,
    metaAppId: "880000000000001",
    ...change,
  };
}

export function anAccount(change: Partial<Account> = {}): Account {
  return {
    id: "account-1",
    phoneNumberId: "530000000000001",
    wabaId: "420000000000001",
    wabaName: "Juniper & Sage",
    displayPhone: "+1 555-013-4201",
    displayName: "Juniper & Sage Coffee",
    isActive: true,
    isDefault: true,
    state: "connected",
    needsRegistration: false,
    qualityRating: "GREEN",
    isCoexistence: false,
    grant: aGrant(),
    connectedAt: "2026-11-20T12:00:00Z",
    createdAt: "2026-11-20T12:00:00Z",
    updatedAt: "2026-11-20T12:00:00Z",
    version: 1,
    ...change,
  };
}

export function aWarning(change: Partial<Warning> = {}): Warning {
  return {
    grantId: "grant-1",
    severity: "warning",
    code: "token_expiring",
    detail: "The token ends soon.",
    remedy: "Reconnect.",
    at: "2026-12-01T00:00:00Z",
    ...change,
  };
}

export function aCandidate(change: Partial<Candidate> = {}): Candidate {
  return {
    phoneNumberId: "530000000000001",
    displayPhone: "+1 555-013-4201",
    verifiedName: "Juniper & Sage Coffee",
    wabaId: "420000000000001",
    wabaName: "Juniper & Sage",
    qualityRating: "GREEN",
    isCoexistence: false,
    selectable: true,
    alreadyConnected: false,
    ...change,
  };
}

const STEPS: ConnectStep["step"][] = [
  "exchange_code",
  "exchange_long_lived",
  "inspect_token",
  "find_assets",
  "choose",
  "subscribe",
  "register",
  "read_health",
  "activate",
];

export function aSession(change: Partial<ConnectSession> = {}): ConnectSession {
  return {
    id: "session-1",
    status: "running",
    mode: "popup",
    createdAt: "2026-11-20T12:00:00Z",
    expiresAt: "2026-11-20T13:00:00Z",
    startedBy: "user-1",
    steps: STEPS.map((step) => ({ step, state: "pending" })),
    candidates: [],
    chosen: [],
    accounts: [],
    canResume: false,
    canCancel: true,
    ...change,
  };
}

export function aMe(role: Role = "owner"): Me {
  const org = { id: "org-1", name: "Acme Coffee", role };
  return {
    user: { id: "user-1", email: "owner@acme.example", name: "Olivia Owner", isOperator: false },
    org,
    orgs: [org],
    permissions: [],
  };
}
