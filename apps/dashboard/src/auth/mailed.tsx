/** @jsxImportSource preact */
import { useCallback, useEffect, useState } from "preact/hooks";
import { api, settle } from "../api/client";
import { asProblem } from "../api/problem";
import { takeFragmentToken } from "../features/auth/fragment";
import { BrokenLink, Done, Field, Form, Frame, Waiting } from "./form";
import { Note, ProblemNote } from "./problem";

/** Asks for a mail to choose a new password. It does not show whether the address belongs to an account. */
export function ForgotPage() {
  const [sentTo, setSentTo] = useState("");
  if (sentTo !== "") {
    return (
      <Done
        title="Look into your mail"
        result={`If ${sentTo} belongs to an account and is proven, a link is on its way.`}
        act="Back to sign in"
        href="/sign-in"
      >
        It works once, for an hour. If nothing comes, an admin of your organisation can make you a link.
      </Done>
    );
  }
  return (
    <Frame title="Forgot your password?" lead="We mail you a link to choose a new one.">
      <Form
        initial={{ email: "" }}
        check={({ email }) => (email.includes("@") ? {} : { email: "Enter the email address of your account." })}
        send={async ({ email }) => {
          await settle(api.POST("/auth/password/reset-requests", { body: { email: email.trim() } }));
          setSentTo(email.trim());
        }}
        act="Send the link"
        secret="email"
        problemTitle="No mail was sent"
      >
        {(field) => <Field label="Email" type="email" autoComplete="username" {...field("email")} />}
      </Form>
    </Frame>
  );
}

/** Proves the address of the person who is signed in. */
export function ProvePage() {
  const [token] = useState(takeFragmentToken);
  const [done, setDone] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const prove = useCallback(() => {
    setProblem(null);
    settle(api.POST("/auth/address/proof/accept", { body: { token } })).then(() => setDone(true), setProblem);
  }, [token]);
  useEffect(() => {
    if (token !== "") prove();
  }, [prove, token]);
  if (done) return <Done title="Your address is proven" result="A forgotten password can be mailed to you from now on." act="Go on" href="/" />;
  if (token === "") return <BrokenLink>Open it again from the mail, or ask for a new one in your settings.</BrokenLink>;
  if (problem === null) return <Waiting title="Your address" label="Proving the address" />;
  return (
    <Frame title="Your address is not proven yet">
      {asProblem(problem).status === 401 ? (
        <>
          <Note tone="warn" title="Sign in first">
            Then open the link in the mail again.
          </Note>
          <a class="primary" href="/sign-in">
            Sign in
          </a>
        </>
      ) : (
        <ProblemNote error={problem} onRetry={prove} />
      )}
    </Frame>
  );
}
