import { Box, Group, Stack, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { Drawer } from "../../ui/layers";
import { exactTime } from "../../ui/time";
import { sizeWords } from "../inbox/words";
import { changeQuery } from "./data";
import { ParkedRow } from "./ParkedRow";
import { RawView } from "./RawView";
import classes from "./Webhooks.module.css";
import { count, laneWords, stateWords } from "./words";

interface ChangeDrawerProps {
  id: string | undefined;
  isAdmin: boolean;
  onClose: () => void;
}

/** One change: what it is about, what became of it, and what Meta sent. */
export function ChangeDrawer({ id, isAdmin, onClose }: ChangeDrawerProps) {
  // While the drawer slides out it still shows what it showed.
  const [last, setLast] = useState(id);
  if (id && id !== last) setLast(id);
  const shown = id ?? last;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size={620}
      padding="lg"
      title="Change"
      styles={{ title: { fontWeight: 650, fontSize: "1.125rem" } }}
      closeButtonProps={{ "aria-label": "Close the change" }}
    >
      {shown && (
        <RawView key={shown} query={(reveal) => changeQuery(shown, reveal)} mayReveal={isAdmin}>
          {(change) => {
            const state = stateWords(change.state);
            const lane = laneWords(change.lane);
            return (
              <Stack gap="md">
                <Group gap="sm">
                  <Text fw={600} className="wk-mono">
                    {change.field}
                  </Text>
                  <Badge tone={state.tone}>{state.words}</Badge>
                </Group>
                <dl className="wk-facts">
                  <Fact name="Received">{exactTime(change.receivedAt)}</Fact>
                  <Fact name={lane.kind}>{lane.id ? <Copy value={lane.id} what={`${lane.kind} id`} mono /> : "None"}</Fact>
                  <Fact name="Size">{sizeWords(change.size)}</Fact>
                  <Fact name="Change id">
                    <Copy value={change.id} what="change id" mono />
                  </Fact>
                  <Fact name="Delivery id">
                    <Copy value={change.deliveryId} what="delivery id" mono />
                  </Fact>
                </dl>
                {change.parked.length > 0 && (
                  <Box>
                    <Text size="sm" fw={600} mb={6}>
                      {count(change.parked.length, "item")} of it not applied
                    </Text>
                    <ul className={`${classes.rows ?? ""} wk-card`}>
                      {change.parked.map((item) => (
                        <ParkedRow key={item.id} item={item} scope="org" mayAct={isAdmin} />
                      ))}
                    </ul>
                  </Box>
                )}
              </Stack>
            );
          }}
        </RawView>
      )}
    </Drawer>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
