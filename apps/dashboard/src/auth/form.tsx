/** @jsxImportSource preact */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { LOGO_PATH } from "../ui/logoPath";
import { Note, ProblemNote } from "./problem";

/** Frames a page that is shown before sign-in. */
export function Frame({ title, lead, children }: { title: string; lead?: string; children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${title} · Wabakit`;
  }, [title]);
  return (
    <main>
      <div class="brand">
        <svg width="36" height="36" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" fill="#0e6078" />
          <path d={LOGO_PATH} fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" />
          <circle cx="16" cy="12" r="2.4" fill="#f2b66d" />
        </svg>
        Wabakit
      </div>
      <div class="card">
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
        {children}
      </div>
    </main>
  );
}

interface DoneProps {
  title: string;
  /** The result, in one sentence. */
  result: string;
  /** The way on. */
  act: string;
  href: string;
  children?: ComponentChildren;
}

/** Says that something succeeded, and leads on. */
export function Done({ title, result, act, href, children }: DoneProps) {
  return (
    <Frame title={title}>
      <Note tone="ok" title={result}>
        {children}
      </Note>
      <a class="primary" href={href}>
        {act}
      </a>
    </Frame>
  );
}

/** Says that the address holds no whole token, and where to get another link. */
export function BrokenLink({ title = "This link cannot be used", children }: { title?: string; children: ComponentChildren }) {
  return (
    <Frame title={title}>
      <Note tone="warn" title="The link is not whole">
        {children}
      </Note>
    </Frame>
  );
}

/** Keeps the place of a page while the server is asked. */
export function Waiting({ title, label }: { title: string; label: string }) {
  return (
    <Frame title={title}>
      <div class="skeleton" role="status" aria-label={label} />
    </Frame>
  );
}

interface FieldProps {
  name: string;
  label: string;
  type?: "text" | "email" | "password";
  description?: string;
  error?: string | undefined;
  autoComplete: string;
  inputMode?: "text" | "numeric";
  value: string;
  onInput: (value: string) => void;
}

export function Field({ name, label, type = "text", description, error, autoComplete, inputMode, value, onInput }: FieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const described = [description && `${id}-about`, error && `${id}-error`].filter(Boolean).join(" ");
  const input: JSX.IntrinsicElements["input"] = {
    id,
    name,
    type: shown ? "text" : type,
    value,
    autoComplete,
    onInput: (event) => onInput(event.currentTarget.value),
    ...(inputMode && { inputMode }),
    ...(described && { "aria-describedby": described }),
    ...(error && { "aria-invalid": true }),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {description && (
        <p id={`${id}-about`} class="about">
          {description}
        </p>
      )}
      <div class="box">
        <input {...input} />
        {type === "password" && (
          <button type="button" class="show" aria-label={shown ? "Hide the password" : "Show the password"} aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? "Hide" : "Show"}
          </button>
        )}
      </div>
      {error && (
        <p id={`${id}-error`} class="error">
          {error}
        </p>
      )}
    </div>
  );
}

type Values = Record<string, string>;

interface FormProps<V extends Values> {
  initial: V;
  /** Returns the faults of the values, by field. */
  check: (values: V) => Partial<Record<keyof V, string>>;
  send: (values: V) => Promise<void>;
  act: string;
  /** The field that is emptied after a refusal, and gets the focus. */
  secret: keyof V & string;
  problemTitle: string;
  children: (field: (name: keyof V & string) => Pick<FieldProps, "name" | "value" | "error" | "onInput">) => ComponentChildren;
}

/** Asks for the code of a two-factor sign-in. Esc and Back lead to the first step. */
export function CodeStep({ send, onBack }: { send: (code: string) => Promise<void>; onBack: () => void }) {
  const [withApp, setWithApp] = useState(true);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => {
      if (event.key === "Escape") onBack();
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [onBack]);
  return (
    <Frame title="Enter your code" lead={withApp ? "Open your authenticator app and type the code that it shows." : "Type one of the recovery codes that you kept. Each works once."}>
      <Form
        key={String(withApp)}
        initial={{ code: "" }}
        check={({ code }) => (code.trim() === "" ? { code: "Enter the code." } : {})}
        send={({ code }) => send(code)}
        act="Sign in"
        secret="code"
        problemTitle="You are not signed in"
      >
        {(field) => (
          <Field label={withApp ? "Code" : "Recovery code"} autoComplete="one-time-code" inputMode={withApp ? "numeric" : "text"} {...field("code")} />
        )}
      </Form>
      <div class="ways">
        <button type="button" class="plain" onClick={() => setWithApp(!withApp)}>
          {withApp ? "Use a recovery code" : "Use the app"}
        </button>
        <button type="button" class="plain" onClick={onBack}>
          Back
        </button>
      </div>
    </Frame>
  );
}

/** A form that takes the focus when it appears, and gives it to the first field with a fault. */
export function Form<V extends Values>({ initial, check, send, act, secret, problemTitle, children }: FormProps<V>) {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Partial<Record<keyof V, string>>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const focus = (name: string) => form.current?.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus();
  useEffect(() => {
    const fields = [...(form.current?.querySelectorAll<HTMLInputElement>(".field input") ?? [])];
    (fields.find((each) => each.value === "") ?? fields[0])?.focus();
  }, []);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (busy) return;
    const wrong = check(values);
    setErrors(wrong);
    const [first] = Object.keys(wrong);
    if (first !== undefined) {
      focus(first);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await send(values);
    } catch (error) {
      setProblem(error);
      setValues({ ...values, [secret]: "" });
      focus(secret);
    }
    setBusy(false);
  }

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate>
      {problem !== null && <ProblemNote error={problem} title={problemTitle} />}
      {children((name) => ({
        name,
        value: values[name] ?? "",
        error: errors[name],
        onInput: (value) => setValues({ ...values, [name]: value }),
      }))}
      <button type="submit" class="primary" aria-busy={busy}>
        {act}
      </button>
    </form>
  );
}
