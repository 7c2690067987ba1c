import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import type { Composed } from "../requests";
import { ContactDialog } from "./ContactDialog";
import { InteractiveDialog } from "./InteractiveDialog";
import { LocationDialog } from "./LocationDialog";
import { TemplateDialog } from "./TemplateDialog";
import { Modal } from "../../../../ui/layers";

export type DialogKind = "location" | "contact" | "interactive" | "template";

const TITLES: Record<DialogKind, string> = {
  location: "Send a location",
  contact: "Send a contact card",
  interactive: "Send buttons, a list or a link",
  template: "Send a template",
};

const FORMS = { location: LocationDialog, contact: ContactDialog, interactive: InteractiveDialog, template: TemplateDialog };

export interface FormProps {
  them: string;
  onSend: (composed: Composed) => void;
}

/** Opens the form of a kind of message that has one. */
export default function Dialogs({ kind, onClose, ...form }: FormProps & { kind: DialogKind; onClose: () => void }) {
  const Form = FORMS[kind];
  return (
    <Modal opened onClose={onClose} title={TITLES[kind]} centered>
      <Form {...form} />
    </Modal>
  );
}

interface FrameProps {
  /** The button's words, with act and object. */
  act: string;
  ready: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

export function Frame({ act, ready, onSubmit, children }: FrameProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // React passes the event on to the form behind the dialog.
        event.stopPropagation();
        if (ready) onSubmit();
      }}
    >
      <Stack gap="sm">
        {children}
        <Group justify="flex-end">
          <Button type="submit" disabled={!ready}>
            {act}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
