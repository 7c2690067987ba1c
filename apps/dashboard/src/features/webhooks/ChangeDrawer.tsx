import { Box, Group, Stack, Text } from "@mantine/core";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { DetailsDrawer } from "../../ui/DetailsDrawer";
import { Fact } from "../../ui/Fact";
import rows from "../../ui/Rows.module.css";
import { exactTime } from "../../ui/time";
import { sizeWords } from "../inbox/words";
import { changeQuery } from "./data";
import { ParkedRow } from "./ParkedRow";
import { RawView } from "./RawView";
import { count, laneWords, stateWords } from "./words";

interface ChangeDrawerProps {
  id: string | undefined;
  isAdmin: boolean;
  onClose: () => void;
}

/** Shows one change: its subject, its result, and what Meta sent. */
export function ChangeDrawer({ id, isAdmin, onClose }: ChangeDrawerProps) {
  return (
    <DetailsDrawer id={id} title="Change" size={620} onClose={onClose}>
      {(shown) => (
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
                    <ul className={`${rows.rows ?? ""} wk-card`}>
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
    </DetailsDrawer>
  );
}
