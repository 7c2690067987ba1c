/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import { api, settle } from "../api/client";
import { asProblem } from "../api/problem";
import { takeFragmentToken } from "../features/auth/fragment";
import { Field, Form, Frame } from "./form";
import { Note, ProblemNote } from "./problem";

/** Asks for a mail by which somebody chooses a new password. Whether the address is known shows in nothing. */
export function ForgotPage() {
  const [sentTo, setSentTo] = useState("");
  if (sentTo !== "") {
    return (
      <Frame title="Look into your mail">
        <Note tone="ok" title={`If ${sentTo} belongs to an account and is proven, a link is on its way.`}>
          It works once, for an hour. If nothing comes, an admin of your organisation can make you a link.
        </Note>
        <a class="primary" href="/sign-in">
          Back to sign in
        </a>
      </Frame>
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
  useEffect(() => {
    if (token === "") return;
    settle(api.POST("/auth/address/proof/accept", { body: { token } })).then(() => setDone(true), setProblem);
  }, [token]);
  if (done) {
    return (
      <Frame title="Your address is proven">
        <Note tone="ok" title="A forgotten password can be mailed to you from now on." />
        <a class="primary" href="/">
          Go on
        </a>
      </Frame>
    );
  }
  if (token === "") {
    return (
      <Frame title="This link cannot be used">
        <Note tone="warn" title="The link is not whole">
          Open it again from the mail, or ask for a new one in your settings.
        </Note>
      </Frame>
    );
  }
  if (problem === null) {
    return (
      <Frame title="Your address">
        <div class="skeleton" role="status" aria-label="Proving the address" />
      </Frame>
    );
  }
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
        <ProblemNote error={problem} />
      )}
    </Frame>
  );
}
