import { Group, Skeleton, Stack } from "@mantine/core";

/** Keeps the place of a list that is loading, in the shape of its rows so that nothing jumps. */
export function RowsSkeleton({ rows, height = 56, label }: { rows: number; height?: number; label: string }) {
  return (
    <Stack className="wk-card" gap={0} role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, row) => (
        <Group
          key={row}
          px="md"
          h={height}
          wrap="nowrap"
          justify="space-between"
          style={row > 0 ? { borderTop: "1px solid var(--wk-line)" } : {}}
        >
          <Skeleton height={14} width={`${30 + ((row * 17) % 25)}%`} />
          <Skeleton height={14} width="18%" />
        </Group>
      ))}
    </Stack>
  );
}
