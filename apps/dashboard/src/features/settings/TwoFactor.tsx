import { Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, settle, unwrap } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Copy } from "../../ui/Copy";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { RelativeTime } from "../../ui/RelativeTime";
import { RowsSkeleton } from "../../ui/Rows";
import { toastDone } from "../../ui/toast";
import { useSigned } from "../auth/session";
import { signInsQuery, twoFactorQuery } from "./data";
import { RecoveryCodes } from "./RecoveryCodes";
import { Section } from "./Section";

const QrCode = lazy(async () => ({ default: (await import("./QrCode")).QrCode }));

type Asking = "begin" | "codes" | "end";

/** Turns the caller's two-factor sign-in on and off. */
export function TwoFactor() {
  const queries = useQueryClient();
  const state = useQuery(twoFactorQuery);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [setup, setSetup] = useState<{ otpauth: string; secret: string } | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const changed = () =>
    Promise.all([twoFactorQuery, signInsQuery].map(({ queryKey }) => queries.invalidateQueries({ queryKey })));
  const show = (recoveryCodes: string[]) => {
    setSetup(null);
    setCodes(recoveryCodes);
    void changed();
  };

  return (
    <Section title="Two-factor sign-in" lead="Your password and a code of an authenticator app, so that a stolen password is not enough.">
      {state.isPending && <RowsSkeleton rows={1} height={48} label="Loading two-factor sign-in" />}
      {state.isError && (
        <ProblemNote error={state.error} title="Two-factor sign-in could not be loaded" onRetry={() => void state.refetch()} retrying={state.isFetching} />
      )}
      {codes && <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />}
      {setup && <Setup {...setup} onCodes={show} onClose={() => setSetup(null)} />}
      {state.data && !setup && !codes && (
        <>
          <Text>
            {state.data.onSince ? (
              <>
                On since <RelativeTime at={state.data.onSince} asDay />. {state.data.recoveryCodesLeft} recovery codes left.
              </>
            ) : (
              "Off."
            )}
          </Text>
          <Group gap="xs">
            {state.data.isOn ? (
              <>
                <Button variant="default" onClick={() => setAsking("codes")}>
                  Make new recovery codes
                </Button>
                <Button variant="default" onClick={() => setAsking("end")}>
                  Turn off
                </Button>
              </>
            ) : (
              <Button onClick={() => setAsking("begin")}>Turn on</Button>
            )}
          </Group>
        </>
      )}
      {asking && (
        <Ask
          asking={asking}
          onClose={() => setAsking(null)}
          onSetup={setSetup}
          onCodes={show}
          onEnded={() => {
            toastDone("Two-factor sign-in is off.");
            void changed();
          }}
        />
      )}
    </Section>
  );
}

const WORDS: Record<Asking, { title: string; act: string; lead: string }> = {
  begin: { title: "Turn two-factor sign-in on", act: "Go on", lead: "First show that it is you." },
  codes: { title: "Make new recovery codes", act: "Make new codes", lead: "The codes that you have now end." },
  end: { title: "Turn two-factor sign-in off", act: "Turn off", lead: "Other browsers are signed out." },
};

interface AskProps {
  asking: Asking;
  onClose: () => void;
  onSetup: (setup: { otpauth: string; secret: string }) => void;
  onCodes: (codes: string[]) => void;
  onEnded: () => void;
}

/** Asks for the password, and for a code before turning two-factor sign-in off. */
function Ask({ asking, onClose, onSetup, onCodes, onEnded }: AskProps) {
  const { me } = useSigned();
  const words = WORDS[asking];
  const form = useForm({ initialValues: { currentPassword: "", code: "" } });
  const act = useMutation({
    mutationFn: async ({ currentPassword, code }: { currentPassword: string; code: string }) => {
      const body = { currentPassword };
      if (asking === "begin") onSetup(await unwrap(api.POST("/auth/two-factor", { body })));
      if (asking === "codes") onCodes((await unwrap(api.POST("/auth/two-factor/recovery-codes", { body }))).recoveryCodes);
      if (asking === "end") {
        await settle(api.DELETE("/auth/two-factor", { body: { ...body, code } }));
        onEnded();
      }
    },
    onSuccess: onClose,
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  return (
    <Modal opened onClose={onClose} title={words.title} centered>
      <form onSubmit={form.onSubmit((values) => act.mutate(values))} noValidate>
        <Stack>
          <Text size="sm">{words.lead}</Text>
          <input type="hidden" name="username" autoComplete="username" value={me.user.email} readOnly />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            data-autofocus
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
            {...form.getInputProps("currentPassword")}
          />
          {asking === "end" && (
            <TextInput label="Code" description="Of your app, or a recovery code." autoComplete="one-time-code" {...form.getInputProps("code")} />
          )}
          {act.isError && <ProblemNote error={act.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending}>
              {words.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface SetupProps {
  otpauth: string;
  secret: string;
  onCodes: (codes: string[]) => void;
  onClose: () => void;
}

/** Shows the secret once, and takes the first code. */
function Setup({ otpauth, secret, onCodes, onClose }: SetupProps) {
  const form = useForm({ initialValues: { code: "" } });
  const confirm = useMutation({
    mutationFn: (body: { code: string }) => unwrap(api.POST("/auth/two-factor/confirm", { body })),
    onSuccess: (answer) => onCodes(answer.recoveryCodes),
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  return (
    <form onSubmit={form.onSubmit((values) => confirm.mutate(values))} noValidate>
      <Stack maw={420}>
        <Text size="sm">Scan this with your authenticator app, or type the secret into it. It is shown once.</Text>
        <Suspense fallback={<div style={{ height: 200 }} />}>
          <QrCode text={otpauth} label="QR code for your authenticator app" />
        </Suspense>
        <Copy value={secret} what="secret" mono>
          {secret.match(/.{1,4}/g)?.join(" ")}
        </Copy>
        <TextInput label="Code that the app shows" autoComplete="one-time-code" inputMode="numeric" {...form.getInputProps("code")} />
        {confirm.isError && <ProblemNote error={confirm.error} title="Two-factor sign-in is not on yet" />}
        <Group gap="xs">
          <Button type="submit" loading={confirm.isPending}>
            Turn on
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
