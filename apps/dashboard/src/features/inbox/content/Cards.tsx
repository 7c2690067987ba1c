import { Anchor, Badge, Box, Group, Stack, Text } from "@mantine/core";
import { ClipboardList, ExternalLink, MapPin, MousePointerClick, Phone, ShoppingBag, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import type { ContactCard, Content } from "../../../api/content";
import type { Referral } from "../../../api/types";
import { Copy } from "../../../ui/Copy";
import { exactTime } from "../../../ui/time";
import { phoneWords } from "../words";
import classes from "./Content.module.css";
import { safeHref } from "./format";
import { RichText } from "./RichText";

type Of<Type extends Content["type"]> = Extract<Content, { type: Type }>;

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start">
      <Box c="dimmed" mt={2} style={{ flexShrink: 0 }}>
        {icon}
      </Box>
      <Box style={{ minWidth: 0 }}>{children}</Box>
    </Group>
  );
}

export function LocationCard({ content }: { content: Of<"location"> }) {
  const place = `${content.latitude.toFixed(6)}, ${content.longitude.toFixed(6)}`;
  const own = content.url && safeHref(content.url);
  return (
    <Box className={classes.card ?? ""}>
      <Line icon={<MapPin size={18} aria-hidden />}>
        <Text size="sm" fw={600}>
          {content.name ?? "Location"}
        </Text>
        {content.address && <Text size="sm">{content.address}</Text>}
        <Text size="xs" c="dimmed">
          <Copy value={place} what="coordinates" mono />
        </Text>
        <Group gap="md" mt={4}>
          <Anchor
            size="sm"
            href={`https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=16/${content.latitude}/${content.longitude}`}
            target="_blank"
            rel="noopener noreferrer"
          >
            Open a map
          </Anchor>
          {own && (
            <Anchor size="sm" href={own} target="_blank" rel="noopener noreferrer nofollow">
              Its page
            </Anchor>
          )}
        </Group>
      </Line>
    </Box>
  );
}

function cardName(card: ContactCard): string {
  const { name } = card;
  return name?.formattedName ?? ([name?.firstName, name?.lastName].filter(Boolean).join(" ") || "Contact");
}

export function ContactCards({ content }: { content: Of<"contacts"> }) {
  return content.contacts.map((card, at) => (
    <Box key={at} className={classes.card ?? ""}>
      <Line icon={<UserRound size={18} aria-hidden />}>
        <Text size="sm" fw={600}>
          {cardName(card)}
        </Text>
        <Text size="xs" c="dimmed">
          {[card.title, card.department, card.company].filter(Boolean).join(", ")}
        </Text>
        <Stack gap={2} mt={4}>
          {card.phones?.map((phone) => (
            <Text key={phone.value} size="sm">
              <Copy value={phone.value} what="phone number">
                {phoneWords(phone.value)}
              </Copy>{" "}
              <Small>{phone.label}</Small>
            </Text>
          ))}
          {card.emails?.map((email) => (
            <Text key={email.value} size="sm">
              <Copy value={email.value} what="email address" /> <Small>{email.label}</Small>
            </Text>
          ))}
          {card.urls?.map((url) => {
            const href = safeHref(url.value);
            return href ? (
              <Anchor key={url.value} size="sm" href={href} target="_blank" rel="noopener noreferrer nofollow">
                {url.value}
              </Anchor>
            ) : (
              <Text key={url.value} size="sm">
                {url.value}
              </Text>
            );
          })}
          {card.addresses?.map((address, index) => (
            <Text key={index} size="sm">
              {[address.street, [address.zip, address.city].filter(Boolean).join(" "), address.state, address.country]
                .filter(Boolean)
                .join(", ")}{" "}
              <Small>{address.label}</Small>
            </Text>
          ))}
          {card.birthday && <Text size="sm">Born {card.birthday}</Text>}
        </Stack>
      </Line>
    </Box>
  ));
}

function Small({ children }: { children: ReactNode }) {
  return (
    <Text span size="xs" c="dimmed" tt="lowercase">
      {children}
    </Text>
  );
}

export function OrderCard({ content }: { content: Of<"order"> }) {
  const currency = content.items[0]?.currency;
  const total = content.items.reduce((sum, item) => sum + item.quantity * (item.itemPrice ?? 0), 0);
  return (
    <Box className={classes.card ?? ""}>
      <Line icon={<ShoppingBag size={18} aria-hidden />}>
        <Text size="sm" fw={600}>
          Order of {content.items.length === 1 ? "1 product" : `${content.items.length} products`}
        </Text>
        <Stack gap={2} my={4}>
          {content.items.map((item, at) => (
            <Text key={at} size="sm">
              {item.quantity} × <span className="wk-mono">{item.productRetailerId}</span>
              {item.itemPrice != null && ` · ${money(item.itemPrice, item.currency)}`}
            </Text>
          ))}
        </Stack>
        {total > 0 && (
          <Text size="sm" fw={600}>
            Together {money(total, currency)}
          </Text>
        )}
        {content.text && <RichText text={content.text} />}
      </Line>
    </Box>
  );
}

function money(amount: number, currency: string | undefined): string {
  if (!currency) return amount.toFixed(2);
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).format(amount);
  } catch {
    return `${amount.toFixed(2)} ${currency}`;
  }
}

/** Shows a tap on a button, or a choice from a list. */
export function ChoiceBody({ title, detail, kind }: { title: string; detail?: string | undefined; kind: string }) {
  return (
    <Line icon={<MousePointerClick size={18} aria-label={kind} />}>
      <RichText text={title} />
      {detail && (
        <Text size="sm" c="dimmed">
          {detail}
        </Text>
      )}
    </Line>
  );
}

/** Lists the parts of an answer with their names. Nested parts, as of an address, join the same list. */
function parts(answer: Record<string, unknown>, depth = 4): [string, string][] {
  return Object.entries(answer).flatMap(([name, value]): [string, string][] => {
    if (value === null || value === undefined || value === "") return [];
    if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return [[name, value.join(", ")]];
    if (typeof value === "object" && depth > 0) return parts(value as Record<string, unknown>, depth - 1);
    return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
  });
}

/** Shows the answers of a form, each with its name. */
export function FormCard({ content }: { content: Of<"form_reply"> }) {
  const { response } = content;
  const answers =
    typeof response === "object" && response !== null
      ? parts(response as Record<string, unknown>).filter(([name]) => name !== "flow_token")
      : [];
  return (
    <Box className={classes.card ?? ""}>
      <Line icon={<ClipboardList size={18} aria-hidden />}>
        <Text size="sm" fw={600}>
          {content.body ?? (content.name === "address_message" ? "Address" : "Form")}
        </Text>
        {answers.length > 0 ? (
          <Stack component="dl" gap={2} m={0} mt={4}>
            {answers.map(([name, value], place) => (
              <Box key={place}>
                <Text component="dt" size="xs" c="dimmed">
                  {name.replaceAll("_", " ")}
                </Text>
                <Text component="dd" size="sm" m={0}>
                  {value}
                </Text>
              </Box>
            ))}
          </Stack>
        ) : (
          typeof response === "string" && <Text size="sm">{response}</Text>
        )}
      </Line>
    </Box>
  );
}

export function CallPermission({ content }: { content: Of<"call_permission_reply"> }) {
  const accepted = content.response === "accept";
  return (
    <Line icon={<Phone size={18} aria-hidden />}>
      <Text size="sm" fw={600}>
        {accepted ? "You may call this person" : "This person wants no calls"}
      </Text>
      {accepted && (
        <Text size="xs" c="dimmed">
          {content.isPermanent ? "For as long as they do not change it" : content.expiresAt && `Until ${exactTime(content.expiresAt)}`}
        </Text>
      )}
    </Line>
  );
}

/** Shows the ad or post that the customer came from. */
export function ReferralCard({ referral }: { referral: Referral }) {
  const href = referral.sourceUrl ? safeHref(referral.sourceUrl) : undefined;
  return (
    <Box className={classes.card ?? ""} mb={6}>
      <Group gap={6} mb={4}>
        <Badge size="sm" variant="default" tt="none">
          {referral.sourceType === "post" ? "From a post" : "From an ad"}
        </Badge>
      </Group>
      {referral.headline && (
        <Text size="sm" fw={600}>
          {referral.headline}
        </Text>
      )}
      {referral.body && (
        <Text size="sm" lineClamp={3}>
          {referral.body}
        </Text>
      )}
      {referral.welcomeMessage && (
        <Text size="xs" c="dimmed">
          Greeted with: {referral.welcomeMessage}
        </Text>
      )}
      {href && (
        <Anchor size="sm" href={href} target="_blank" rel="noopener noreferrer nofollow">
          Open it <ExternalLink size={12} aria-hidden />
        </Anchor>
      )}
    </Box>
  );
}
