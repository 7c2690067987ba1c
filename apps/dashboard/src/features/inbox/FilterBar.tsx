import { ActionIcon, Button, Checkbox, CloseButton, Collapse, Group, Indicator, SegmentedControl, Select, Stack, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Search, SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { useSigned } from "../auth/session";
import { accountsQuery } from "../connections/data";
import { teamQuery } from "../team/data";
import { without, type Filters } from "./filters";
import classes from "./Inbox.module.css";

interface FilterBarProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
}

/** Shows the search and the filters of the list. */
export function FilterBar({ filters, onChange }: FilterBarProps) {
  const { me } = useSigned();
  const accounts = useQuery(accountsQuery);
  const team = useQuery(teamQuery);
  const hidden = [filters.accountId, filters.assignee, filters.unread].filter(Boolean).length;
  const [open, setOpen] = useState(hidden > 0);
  const given = filters.search ?? "";
  const [words, setWords] = useState(given);
  const [seen, setSeen] = useState(given);
  const [asked, setAsked] = useState(given);
  // A link or a button changed the search. What is being typed arrives here too, as the words that were asked for.
  if (given !== seen) {
    setSeen(given);
    if (given !== asked) {
      setAsked(given);
      setWords(given);
    }
  }

  /** Sets one filter, or drops it where there is no value. */
  function set<Key extends keyof Filters>(key: Key, value: Filters[Key] | undefined): void {
    onChange({ ...without(filters, key), ...(value && { [key]: value }) });
  }
  const search = useDebouncedCallback((value: string) => {
    setAsked(value.trim());
    set("search", value.trim());
  }, 300);

  function write(value: string): void {
    setWords(value);
    search(value);
  }

  return (
    <div className={classes.listHead}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={1} size="h2">
          Inbox
        </Title>
        <Indicator disabled={hidden === 0} label={hidden} size={16} color="petrol">
          <ActionIcon
            variant={open ? "light" : "default"}
            size={34}
            aria-label={hidden > 0 ? `Filters, ${hidden} set` : "Filters"}
            aria-expanded={open}
            onClick={() => setOpen((before) => !before)}
          >
            <SlidersHorizontal size={17} aria-hidden />
          </ActionIcon>
        </Indicator>
      </Group>
      <TextInput
        aria-label="Search conversations"
        placeholder="Search names and numbers"
        leftSection={<Search size={16} aria-hidden />}
        rightSection={words && <CloseButton size="sm" aria-label="Clear the search" onClick={() => write("")} />}
        value={words}
        onChange={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (words) write("");
          else event.currentTarget.blur();
        }}
        data-search
      />
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="State"
        value={filters.state ?? "open"}
        data={[
          { value: "open", label: "Open" },
          { value: "closed", label: "Closed" },
          { value: "all", label: "All" },
        ]}
        onChange={(value) => set("state", value === "open" ? undefined : (value))}
      />
      <Collapse expanded={open}>
        <Stack gap="xs">
          <Select
            size="xs"
            label="Number"
            placeholder="All numbers"
            clearable
            data={(accounts.data ?? []).map((each) => ({ value: each.id, label: `${each.displayName} ${each.displayPhone}` }))}
            value={filters.accountId ?? null}
            onChange={(value) => set("accountId", value ?? undefined)}
          />
          <Select
            size="xs"
            label="Assigned to"
            placeholder="Anybody"
            clearable
            data={[
              { value: "me", label: "Me" },
              { value: "none", label: "Nobody" },
              ...(team.data ?? [])
                .filter((member) => member.userId !== me.user.id)
                .map((member) => ({ value: member.userId, label: member.name || member.email })),
            ]}
            value={filters.assignee ?? null}
            onChange={(value) => set("assignee", value ?? undefined)}
          />
          <Group justify="space-between">
            <Checkbox
              size="xs"
              label="Unread only"
              checked={filters.unread === "true"}
              onChange={(event) => set("unread", event.currentTarget.checked ? "true" : undefined)}
            />
            {hidden > 0 && (
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() =>
                  onChange({ ...(filters.search && { search: filters.search }), ...(filters.state && { state: filters.state }) })
                }
              >
                Clear filters
              </Button>
            )}
          </Group>
        </Stack>
      </Collapse>
    </div>
  );
}
