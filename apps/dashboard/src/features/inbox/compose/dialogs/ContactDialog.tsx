import { TextInput } from "@mantine/core";
import { useState } from "react";
import { contactCard, type Card } from "../requests";
import { Frame, type FormProps } from "./Dialogs";

const EMPTY: Card = { name: "", phone: "", email: "", company: "" };

export function ContactDialog({ them, onSend }: FormProps) {
  const [card, setCard] = useState(EMPTY);
  const set = (change: Partial<Card>) => setCard((before) => ({ ...before, ...change }));
  const trimmed: Card = { name: card.name.trim(), phone: card.phone.trim(), email: card.email.trim(), company: card.company.trim() };
  return (
    <Frame act={`Send card to ${them}`} ready={trimmed.name !== "" && (trimmed.phone !== "" || trimmed.email !== "")} onSubmit={() => onSend(contactCard(trimmed))}>
      <TextInput label="Name" required value={card.name} maxLength={200} onChange={(event) => set({ name: event.currentTarget.value })} data-autofocus />
      <TextInput
        label="Phone"
        type="tel"
        description="With + and the country, so that it can be written to from the card. A phone or an email is needed."
        value={card.phone}
        maxLength={40}
        onChange={(event) => set({ phone: event.currentTarget.value })}
      />
      <TextInput label="Email" type="email" value={card.email} maxLength={200} onChange={(event) => set({ email: event.currentTarget.value })} />
      <TextInput label="Company" value={card.company} maxLength={200} onChange={(event) => set({ company: event.currentTarget.value })} />
    </Frame>
  );
}
