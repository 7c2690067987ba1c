import { ActionIcon, Button, Fieldset, Group, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { safeHref } from "../../content/format";
import { interactive, length, LIMITS, type InteractiveForm } from "../requests";
import { Frame, type FormProps } from "./Dialogs";

const EMPTY: InteractiveForm = {
  kind: "button",
  header: "",
  body: "",
  footer: "",
  buttons: [""],
  open: "",
  rows: [{ title: "", description: "" }],
  linkText: "",
  url: "",
};

/** Returns the form ready to send, or undefined while something is missing. */
function complete(form: InteractiveForm): InteractiveForm | undefined {
  const trimmed: InteractiveForm = {
    ...form,
    header: form.header.trim(),
    body: form.body.trim(),
    footer: form.footer.trim(),
    open: form.open.trim(),
    linkText: form.linkText.trim(),
    url: form.url.trim(),
    buttons: form.buttons.map((each) => each.trim()).filter(Boolean),
    rows: form.rows.map((each) => ({ title: each.title.trim(), description: each.description.trim() })).filter((each) => each.title),
  };
  // Meta refuses two buttons or rows of the same name.
  const titles = form.kind === "button" ? trimmed.buttons : trimmed.rows.map((each) => each.title);
  const distinct = new Set(titles).size === titles.length;
  const ready = {
    button: trimmed.buttons.length > 0 && distinct,
    list: trimmed.rows.length > 0 && trimmed.open !== "" && distinct,
    cta_url: trimmed.linkText !== "" && safeHref(trimmed.url) !== undefined,
  }[form.kind];
  return trimmed.body !== "" && ready ? trimmed : undefined;
}

const left = (text: string, most: number) => (length(text) > most * 0.7 ? `${most - length(text)} characters left` : undefined);

export function InteractiveDialog({ them, onSend }: FormProps) {
  const [form, setForm] = useState(EMPTY);
  const set = (change: Partial<InteractiveForm>) => setForm((before) => ({ ...before, ...change }));
  const ready = complete(form);
  return (
    <Frame act={`Send to ${them}`} ready={ready !== undefined} onSubmit={() => ready && onSend(interactive(ready))}>
      <SegmentedControl
        fullWidth
        aria-label="What they choose with"
        value={form.kind}
        data={[
          { value: "button", label: "Buttons" },
          { value: "list", label: "List" },
          { value: "cta_url", label: "Link" },
        ]}
        onChange={(kind) => set({ kind })}
      />
      <TextInput label="Title" description="Optional." maxLength={LIMITS.headFoot} value={form.header} onChange={(event) => set({ header: event.currentTarget.value })} />
      <Textarea
        label="Text"
        required
        autosize
        minRows={2}
        maxRows={6}
        maxLength={LIMITS.body}
        description={left(form.body, LIMITS.body)}
        value={form.body}
        onChange={(event) => set({ body: event.currentTarget.value })}
        data-autofocus
      />
      {form.kind === "button" && <Buttons form={form} set={set} />}
      {form.kind === "list" && <Rows form={form} set={set} />}
      {form.kind === "cta_url" && (
        <>
          <TextInput label="Words of the link" required maxLength={LIMITS.button} value={form.linkText} onChange={(event) => set({ linkText: event.currentTarget.value })} />
          <TextInput
            label="Address of the link"
            required
            type="url"
            placeholder="https://"
            maxLength={2000}
            error={form.url !== "" && !safeHref(form.url.trim()) && "This is no address of the web."}
            value={form.url}
            onChange={(event) => set({ url: event.currentTarget.value })}
          />
        </>
      )}
      <TextInput label="Footer" description="Optional." maxLength={LIMITS.headFoot} value={form.footer} onChange={(event) => set({ footer: event.currentTarget.value })} />
    </Frame>
  );
}

interface PartProps {
  form: InteractiveForm;
  set: (change: Partial<InteractiveForm>) => void;
}

function Buttons({ form, set }: PartProps) {
  const put = (at: number, title: string) => set({ buttons: form.buttons.map((each, index) => (index === at ? title : each)) });
  return (
    <Fieldset legend="Buttons, up to three">
      <Stack gap="xs">
        {form.buttons.map((title, at) => (
          <Group key={at} gap={4} wrap="nowrap">
            <TextInput aria-label={`Button ${at + 1}`} placeholder="Yes, please" maxLength={LIMITS.button} value={title} onChange={(event) => put(at, event.currentTarget.value)} style={{ flex: 1 }} />
            {form.buttons.length > 1 && (
              <ActionIcon variant="subtle" color="gray" aria-label={`Remove button ${at + 1}`} onClick={() => set({ buttons: form.buttons.filter((_, index) => index !== at) })}>
                <X size={16} aria-hidden />
              </ActionIcon>
            )}
          </Group>
        ))}
        {form.buttons.length < LIMITS.buttons && (
          <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ buttons: [...form.buttons, ""] })}>
            Add a button
          </Button>
        )}
      </Stack>
    </Fieldset>
  );
}

function Rows({ form, set }: PartProps) {
  const put = (at: number, change: Partial<InteractiveForm["rows"][number]>) => set({ rows: form.rows.map((each, index) => (index === at ? { ...each, ...change } : each)) });
  return (
    <>
      <TextInput label="Words that open the list" required placeholder="Choose a time" maxLength={LIMITS.button} value={form.open} onChange={(event) => set({ open: event.currentTarget.value })} />
      <Fieldset legend="Entries, up to ten">
        <Stack gap="xs">
          {form.rows.map((row, at) => (
            <Group key={at} gap={4} wrap="nowrap" align="flex-start">
              <Stack gap={4} style={{ flex: 1 }}>
                <TextInput aria-label={`Entry ${at + 1}`} placeholder="Entry" maxLength={LIMITS.rowTitle} value={row.title} onChange={(event) => put(at, { title: event.currentTarget.value })} />
                <TextInput
                  size="xs"
                  aria-label={`Second line of entry ${at + 1}`}
                  placeholder="Second line, optional"
                  maxLength={LIMITS.rowDetail}
                  value={row.description}
                  onChange={(event) => put(at, { description: event.currentTarget.value })}
                />
              </Stack>
              {form.rows.length > 1 && (
                <ActionIcon variant="subtle" color="gray" aria-label={`Remove entry ${at + 1}`} onClick={() => set({ rows: form.rows.filter((_, index) => index !== at) })}>
                  <X size={16} aria-hidden />
                </ActionIcon>
              )}
            </Group>
          ))}
          {form.rows.length < LIMITS.rows && (
            <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ rows: [...form.rows, { title: "", description: "" }] })}>
              Add an entry
            </Button>
          )}
        </Stack>
      </Fieldset>
    </>
  );
}
