import { ActionIcon, Autocomplete, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { template, type TemplateForm } from "../requests";
import { Frame, type FormProps } from "./Dialogs";

const LANGUAGES = ["en", "en_US", "en_GB", "de", "es", "es_MX", "fr", "it", "nl", "pt_BR", "pt_PT", "pl", "tr", "ar", "he", "hi", "id", "ja", "ru", "zh_CN"];
const EMPTY: TemplateForm = { name: "", language: "en_US", header: "", parameters: [] };

/** Returns the fault of the parameters: either all have a name, or none has. */
function problemOf(form: TemplateForm): string | undefined {
  const named = form.parameters.filter((each) => each.name.trim() !== "").length;
  if (named > 0 && named < form.parameters.length) return "Name all of them, or none: Meta takes no mixture.";
  return undefined;
}

export function TemplateDialog({ them, onSend }: FormProps) {
  const [form, setForm] = useState(EMPTY);
  const set = (change: Partial<TemplateForm>) => setForm((before) => ({ ...before, ...change }));
  const put = (at: number, change: Partial<TemplateForm["parameters"][number]>) =>
    set({ parameters: form.parameters.map((each, index) => (index === at ? { ...each, ...change } : each)) });
  const mixed = problemOf(form);
  const name = form.name.trim();
  const ready = /^[a-z0-9_]{1,512}$/u.test(name) && form.language.trim() !== "" && !mixed && form.parameters.every((each) => each.text.trim() !== "");
  return (
    <Frame
      act={`Send template to ${them}`}
      ready={ready}
      onSubmit={() =>
        onSend(
          template({
            name,
            language: form.language.trim(),
            header: form.header.trim(),
            parameters: form.parameters.map((each) => ({ name: each.name.trim(), text: each.text.trim() })),
          }),
        )
      }
    >
      <Text size="sm" c="dimmed">
        One that Meta has approved for this number&apos;s WhatsApp Business Account. Its name and language stand in Meta&apos;s WhatsApp Manager.
      </Text>
      <TextInput
        label="Name"
        required
        placeholder="order_update"
        value={form.name}
        error={name !== "" && !/^[a-z0-9_]+$/u.test(name) && "Small letters, digits and _ only."}
        onChange={(event) => set({ name: event.currentTarget.value })}
        data-autofocus
      />
      <Autocomplete label="Language" required description="Exactly as the template has it: en and en_US are two." data={LANGUAGES} value={form.language} onChange={(language) => set({ language })} />
      <TextInput
        label="Variable of the header"
        description="Only where the template's header has one."
        value={form.header}
        maxLength={60}
        onChange={(event) => set({ header: event.currentTarget.value })}
      />
      <Fieldset legend="Variables of the text, in their order">
        <Stack gap="xs">
          {form.parameters.map((each, at) => (
            <Group key={at} gap={4} wrap="nowrap">
              <TextInput aria-label={`Words for variable ${at + 1}`} placeholder={`{{${at + 1}}}`} value={each.text} maxLength={1024} onChange={(event) => put(at, { text: event.currentTarget.value })} style={{ flex: 2 }} />
              <TextInput aria-label={`Name of variable ${at + 1}, if it has one`} placeholder="name, if any" value={each.name} maxLength={60} onChange={(event) => put(at, { name: event.currentTarget.value })} style={{ flex: 1 }} />
              <ActionIcon variant="subtle" color="gray" aria-label={`Remove variable ${at + 1}`} onClick={() => set({ parameters: form.parameters.filter((_, index) => index !== at) })}>
                <X size={16} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          {mixed && (
            <Text size="xs" c="var(--wk-bad)" role="alert">
              {mixed}
            </Text>
          )}
          <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => set({ parameters: [...form.parameters, { name: "", text: "" }] })}>
            Add a variable
          </Button>
        </Stack>
      </Fieldset>
    </Frame>
  );
}
