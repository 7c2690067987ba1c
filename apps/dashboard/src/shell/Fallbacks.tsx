import { Button, Center, Container } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { Empty } from "../ui/Empty";
import { ProblemNote } from "../ui/ProblemNote";

export function NotFound() {
  return (
    <Container size="sm" py={80}>
      <Empty
        icon={MapPinOff}
        title="There is no page at this address"
        action={
          <Button component={Link} to="/connections">
            Go to Connections
          </Button>
        }
      >
        The link may be old or mistyped.
      </Empty>
    </Container>
  );
}

/** A page that could not be shown at all. */
export function PageError({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Center mih="60vh" p="md">
      <ProblemNote error={error} title="This page could not be shown" onRetry={() => void router.invalidate()} />
    </Center>
  );
}
