import { Button } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { Empty } from "../ui/Empty";
import { Page } from "../ui/Page";
import { ProblemNote } from "../ui/ProblemNote";

export function NotFound() {
  return (
    <Page title="Not found">
      <Empty
        icon={MapPinOff}
        title="There is no page at this address"
        action={
          <Button component={Link} to="/">
            Go to the start
          </Button>
        }
      >
        The link may be old or mistyped.
      </Empty>
    </Page>
  );
}

/** Stands in for a page that could not be shown at all. */
export function PageError({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Page title="Something went wrong">
      <ProblemNote error={error} title="This page could not be shown" onRetry={() => void router.invalidate()} />
    </Page>
  );
}
