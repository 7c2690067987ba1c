/** @jsxImportSource preact */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, settle, unwrap } from "../api/client";
import { checkNewPassword, NEW_PASSWORD_HINT } from "../features/auth/passwords";
import { safeNext } from "../features/auth/next";
import { takeFragmentToken } from "../features/auth/fragment";
import { asProblem } from "../api/problem";
import { BrokenLink, CodeStep, Done, Field, Form, Frame, Waiting } from "./form";
import { ProblemNote } from "./problem";

/** Leaves for the dashboard, which is another page with an entry of its own. */
function goTo(path: string): void {
  window.location.assign(path);
}

/** Sends an accepted first step once more, with a code. */
type Pending = ((code: string) => Promise<void>) | null;

/** Sends a first step. Where the server asks for a code, `ask` gets the function that sends it again with one. */
async function inTwoSteps(send: (code?: string) => Promise<void>, ask: (pending: () => Pending) => void): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (asProblem(error).code !== "second_factor_required") throw error;
    ask(() => send);
  }
}

export function SignInPage() {
  const query = new URLSearchParams(window.location.search);
  const orgId = query.get("org");
  const [hasMail, setHasMail] = useState(false);
  useEffect(() => {
    // Without an answer the page shows the words that fit every server.
    unwrap(api.GET("/auth/options")).then(({ mail }) => setHasMail(mail), () => undefined);
  }, []);
  const [typed, setTyped] = useState("");
  const [pending, setPending] = useState<Pending>(null);
  const back = useCallback(() => setPending(null), []);
  if (pending) return <CodeStep send={pending} onBack={back} />;
  return (
    <Frame title="Sign in" lead="Connect your business to WhatsApp and keep it connected.">
      <Form
        initial={{ email: typed, password: "" }}
        check={({ email, password }) => ({
          ...(!email.includes("@") && { email: "Enter the email address of your account." }),
          ...(password === "" && { password: "Enter your password." }),
        })}
        send={({ email, password }) => {
          setTyped(email);
          return inTwoSteps(async (code) => {
            const body = { email: email.trim(), password, session: "cookie" as const, ...(orgId && { orgId }), ...(code && { code }) };
            await unwrap(api.POST("/auth/login", { body }));
            goTo(safeNext(query.get("next") ?? undefined));
          }, setPending);
        }}
        act="Sign in"
        secret="password"
        problemTitle="You are not signed in"
      >
        {(field) => (
          <>
            <Field label="Email" type="email" autoComplete="username" {...field("email")} />
            <Field label="Password" type="password" autoComplete="current-password" {...field("password")} />
          </>
        )}
      </Form>
      {hasMail && (
        <p class="about">
          <a href="/forgot">Forgot your password?</a>
        </p>
      )}
      <p class="about">
        {hasMail ? "New here, or no mail came?" : "Forgotten your password, or new here?"} An admin of your organisation can make you a link.
      </p>
    </Frame>
  );
}

interface Invitation {
  email: string;
  orgName: string;
  role: string;
}

const UNUSABLE = "This invitation cannot be used";

export function InvitePage() {
  const [token] = useState(takeFragmentToken);
  const [invitation, setInvitation] = useState<Invitation | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [pending, setPending] = useState<Pending>(null);
  const back = useCallback(() => setPending(null), []);
  const inspect = useCallback(() => {
    setProblem(null);
    unwrap(api.POST("/auth/invitations/inspect", { body: { token } })).then(setInvitation, setProblem);
  }, [token]);
  useEffect(() => {
    if (token !== "") inspect();
  }, [inspect, token]);

  if (token === "") return <BrokenLink title={UNUSABLE}>Open it again from where you got it, or ask for a new one.</BrokenLink>;
  if (problem !== null) {
    return (
      <Frame title={UNUSABLE}>
        <ProblemNote error={problem} onRetry={inspect} />
      </Frame>
    );
  }
  if (!invitation) return <Waiting title="Your invitation" label="Loading the invitation" />;
  if (pending) return <CodeStep send={pending} onBack={back} />;
  const { email, orgName, role } = invitation;
  return (
    <Frame title={`Join ${orgName}`} lead={`You were invited as ${role}. You will sign in as ${email}. If you have an account with this address, give its password to join with it.`}>
      <Form
        initial={{ name: "", password: "" }}
        check={({ name, password }) => {
          const weak = checkNewPassword(password);
          return { ...(name.trim() === "" && { name: "Tell your team what to call you." }), ...(weak && { password: weak }) };
        }}
        send={(values) =>
          inTwoSteps(async (code) => {
            await unwrap(api.POST("/auth/invitations/accept", { body: { token, ...values, session: "cookie", ...(code && { code }) } }));
            goTo("/");
          }, setPending)
        }
        act={`Join ${orgName}`}
        secret="password"
        problemTitle="The invitation was not accepted"
      >
        {(field) => (
          <>
            <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
            <Field label="Your name" autoComplete="name" {...field("name")} />
            <Field label="Password" type="password" autoComplete="new-password" description={NEW_PASSWORD_HINT} {...field("password")} />
          </>
        )}
      </Form>
    </Frame>
  );
}

export function ResetPage() {
  const [token] = useState(takeFragmentToken);
  const [done, setDone] = useState(false);
  if (done) {
    return <Done title="Your password is changed" result="Everywhere you were signed in, you are signed out now." act="Sign in" href="/sign-in" />;
  }
  if (token === "") return <BrokenLink>Open it again from where you got it, or ask an admin for a new one.</BrokenLink>;
  return (
    <Frame title="Choose a new password" lead="The link works once.">
      <Form
        initial={{ newPassword: "" }}
        check={({ newPassword }) => {
          const weak = checkNewPassword(newPassword);
          return weak ? { newPassword: weak } : {};
        }}
        send={async ({ newPassword }) => {
          await settle(api.POST("/auth/password-reset", { body: { token, newPassword } }));
          setDone(true);
        }}
        act="Set the new password"
        secret="newPassword"
        problemTitle="The password was not changed"
      >
        {(field) => (
          <Field label="New password" type="password" autoComplete="new-password" description={NEW_PASSWORD_HINT} {...field("newPassword")} />
        )}
      </Form>
    </Frame>
  );
}
