import { Group, Kbd, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { acceptsKeys, onOpenKeys } from "./keysStore";
import type { NavItem } from "./nav";
import { Modal } from "../ui/layers";

const GO_WINDOW_MS = 1200;

const KEYS: [string[], string][] = [
  [["/"], "Search or filter on this page"],
  [["j"], "Next item in a list"],
  [["k"], "Previous item in a list"],
  [["Enter"], "Open the item"],
  [["c"], "Write in the open conversation"],
  [["Esc"], "Close what is open"],
  [["?"], "Show these keys"],
];

/** Moves the focus to the next or previous list item of the page. */
function step(by: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-list-item]")];
  if (items.length === 0) return;
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = at < 0 ? (by === 1 ? 0 : items.length - 1) : Math.min(Math.max(at + by, 0), items.length - 1);
  items[next]?.focus();
}

export function Keys({ nav }: { nav: NavItem[] }) {
  const [opened, { open, close }] = useDisclosure(false);
  const navigate = useNavigate();
  const goUntil = useRef(0);

  useEffect(() => onOpenKeys(open), [open]);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (!acceptsKeys(event)) return;
      const going = event.timeStamp < goUntil.current;
      goUntil.current = 0;
      const place = going ? nav.find((item) => item.key === event.key) : undefined;
      if (place) void navigate({ to: place.to });
      else if (event.key === "g") goUntil.current = event.timeStamp + GO_WINDOW_MS;
      else if (event.key === "?") open();
      else if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
      else if (event.key === "/" || event.key === "c") {
        const field = document.querySelector<HTMLElement>(event.key === "c" ? "[data-compose]" : "[data-search]");
        if (!field) return;
        field.focus();
      } else return;
      event.preventDefault();
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [nav, navigate, open]);

  return (
    <Modal opened={opened} onClose={close} title="Keyboard shortcuts" centered>
      <Stack gap="xs">
        {KEYS.map(([keys, does]) => (
          <Row key={does} keys={keys} does={does} />
        ))}
        {nav.map((item) => (
          <Row key={item.to} keys={["g", item.key]} does={`Go to ${item.label}`} />
        ))}
      </Stack>
    </Modal>
  );
}

function Row({ keys, does }: { keys: string[]; does: string }) {
  return (
    <Group justify="space-between">
      <Text size="sm">{does}</Text>
      <Group gap={4}>
        {keys.map((key) => (
          <Kbd key={key}>{key}</Kbd>
        ))}
      </Group>
    </Group>
  );
}
