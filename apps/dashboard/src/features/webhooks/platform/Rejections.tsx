import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { Copy } from "../../../ui/Copy";
import { ProblemNote } from "../../../ui/ProblemNote";
import { RelativeTime } from "../../../ui/RelativeTime";
import { RowsSkeleton } from "../../../ui/Rows";
import { rejectionsQuery } from "../data";
import classes from "../Webhooks.module.css";
import { reasonWords } from "../words";

/** Lists refused posts. They are counted by the minute, as an attack must not fill the disk. */
export function Rejections() {
  const query = useQuery(rejectionsQuery);
  return (
    <Stack gap="sm" component="section" aria-label="Refused posts">
      <Title order={2}>Refused</Title>
      <Text size="sm" c="dimmed">
        Posts whose signature was wrong or missing. From Meta&apos;s addresses, it means that the app&apos;s secret here is not the one at Meta.
      </Text>
      {query.isError && (
        <ProblemNote error={query.error} title="Refused posts could not be loaded" onRetry={() => void query.refetch()} retrying={query.isFetching} />
      )}
      {query.isPending && <RowsSkeleton rows={2} label="Loading refused posts" />}
      {query.data?.length === 0 && (
        <Group className="wk-card" p="md" gap="sm" wrap="nowrap">
          <ShieldCheck size={20} aria-hidden style={{ color: "var(--wk-ok)", flexShrink: 0 }} />
          <Text size="sm">Nothing was refused.</Text>
        </Group>
      )}
      {(query.data?.length ?? 0) > 0 && (
        <Box className="wk-card" style={{ overflow: "hidden" }}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th>Why</th>
                <th>App</th>
                <th>Last</th>
                <th>From</th>
                <th className={classes.number}>Times</th>
              </tr>
            </thead>
            <tbody>
              {query.data?.map((each) => (
                <tr key={`${each.minute}${each.reason}${each.metaAppId ?? ""}`}>
                  <td data-label="Why">{reasonWords(each.reason)}</td>
                  <td data-label="App">{each.metaAppId ? <Copy value={each.metaAppId} what="app" mono /> : "Common address"}</td>
                  <td data-label="Last">
                    <RelativeTime at={each.lastAt} />
                  </td>
                  <td data-label="From">{each.lastAddress ? <Copy value={each.lastAddress} what="address" mono /> : "Not known"}</td>
                  <td data-label="Times" className={classes.number}>
                    {each.count.toLocaleString("en")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Box>
      )}
    </Stack>
  );
}
