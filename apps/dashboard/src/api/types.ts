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
export type SignIn = Schemas["SignIn"];
export type StepProblem = Schemas["StepProblem"];
export type TeamMember = Schemas["TeamMember"];
export type Warning = Schemas["Warning"];

// Receiving.
export type BareConversation = Schemas["BareConversation"];
export type BareMessage = Schemas["BareMessage"];
export type Contact = Schemas["Contact"];
export type ContactMerge = Schemas["ContactMerge"];
export type Conversation = Schemas["Conversation"];
export type LiveEvent = Schemas["Event"];
export type MediaFile = Schemas["MediaFile"];
export type Message = Schemas["Message"];
export type MessageError = Schemas["MessageError"];
export type ParkedItem = Schemas["ParkedItem"];
export type PlatformHealth = Schemas["OperatorWebhookHealth"];
export type Pricing = Schemas["Pricing"];
export type Referral = Schemas["Referral"];
export type ReplyWindow = Schemas["Window"];
export type StatusEvent = Schemas["StatusEvent"];
export type WabaTraffic = Schemas["WabaTraffic"];
export type WebhookChange = Schemas["WebhookChange"];
export type WebhookDelivery = Schemas["WebhookDelivery"];
export type WebhookHealth = Schemas["WebhookHealth"];
export type WebhookMinute = Schemas["WebhookMinute"];
export type WebhookRejections = Schemas["WebhookRejections"];
