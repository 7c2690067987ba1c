import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type AuditEvent = Schemas["AuditEvent"];
export type AuthAnswer = Schemas["AuthAnswer"];
export type Candidate = Schemas["Candidate"];
export type ConnectSession = Schemas["ConnectSession"];
export type ConnectStep = Schemas["ConnectStep"];
export type Expiry = Schemas["Expiry"];
export type GrantView = Schemas["GrantView"];
export type Invitation = Schemas["Invitation"];
export type Me = Schemas["Me"];
export type MetaApp = Schemas["MetaApp"];
export type Role = Schemas["Role"];
export type StepProblem = Schemas["StepProblem"];
export type TeamMember = Schemas["TeamMember"];
export type Warning = Schemas["Warning"];
