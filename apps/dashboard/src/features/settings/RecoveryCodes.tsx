import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { CopyButton } from "../../ui/CopyButton";

/** Shows new recovery codes. No page shows them again. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const text = `${codes.join("\n")}\n`;
  return (
    <Stack role="status">
      <Text>
        Keep these recovery codes where you find them without your phone. Each signs you in once in the place of a code of
        the app. They are not shown again.
      </Text>
      <SimpleGrid component="ul" cols={{ base: 1, xs: 2 }} spacing="xs" maw={480} p={0} m={0} style={{ listStyle: "none" }}>
        {codes.map((code) => (
          <li key={code} className="wk-mono" data-recovery-code>
            {code}
          </li>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyButton value={text} what="all codes" />
        <Button component="a" variant="default" href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`} download="wabakit-recovery-codes.txt">
          Download
        </Button>
        <Button onClick={onDone}>I have kept them</Button>
      </Group>
    </Stack>
  );
}
