import { Box, Skeleton, Stack, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { Message, Pricing } from "../../../api/types";
import { Copy } from "../../../ui/Copy";
import { Popover } from "../../../ui/layers";
import { ProblemNote } from "../../../ui/ProblemNote";
import { clock, exactTime } from "../../../ui/time";
import { messageQuery } from "../data";
import { kindWords } from "../words";
import { TickMark } from "./TickMark";
import { tickOf } from "./ticks";
import { Timeline } from "./Timeline";
import classes from "./Thread.module.css";

/** Words a price: "Marketing, charged". */
export function pricingWords(pricing: Pricing): string {
  const category = pricing.category?.replaceAll("_", " ") ?? "category not told";
  const charged =
    pricing.billable === true ? "charged" : pricing.billable === false ? "not charged" : "Meta did not say whether it is charged";
  const why = pricing.type && pricing.type !== "regular" ? ` (${pricing.type.replaceAll("_", " ")})` : "";
  return `${category.charAt(0).toUpperCase()}${category.slice(1)}, ${charged}${why}`;
}

/** Shows the time under a message. A click opens its timeline, price and ids. */
export function MessageDetails({ message }: { message: Message }) {
  const [open, setOpen] = useState(false);
  const tick = tickOf(message.direction, message.status);
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="top" shadow="md" withArrow trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes.time ?? ""}
          title={exactTime(message.at)}
          aria-label={`${clock(message.at)}${tick ? `, ${tick.words}` : ""}. Details of this message`}
          onClick={() => setOpen((before) => !before)}
        >
          <time dateTime={message.at}>{clock(message.at)}</time>
          <TickMark direction={message.direction} status={message.status} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>{open && <Details message={message} />}</Popover.Dropdown>
    </Popover>
  );
}

function Details({ message }: { message: Message }) {
  const query = useQuery(messageQuery(message.id));
  const pricing = query.data?.pricing ?? message.pricing;
  return (
    <Stack gap="xs">
      <Fact name={message.direction === "inbound" ? "Written" : "Sent"}>{exactTime(message.at)}</Fact>
      <Fact name="Kind">{kindWords(message.type) === "text" ? "Text" : kindWords(message.type)}</Fact>
      {message.editedAt && <Fact name="Edited">{exactTime(message.editedAt)}</Fact>}
      {message.revokedAt && <Fact name="Taken back">{exactTime(message.revokedAt)}</Fact>}
      {query.isPending && <Skeleton height={40} />}
      {query.isError && <ProblemNote error={query.error} title="The timeline could not be loaded" onRetry={() => void query.refetch()} />}
      <Timeline entries={query.data?.timeline ?? []} />
      {pricing && <Fact name="Price">{pricingWords(pricing)}</Fact>}
      {message.metaMessageId && (
        <Fact name="Meta's id">
          <Copy value={message.metaMessageId} what="Meta's message id" mono />
        </Fact>
      )}
      <Fact name="Our id">
        <Copy value={message.id} what="message id" mono />
      </Fact>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="div" size="sm">
        {children}
      </Text>
    </Box>
  );
}
