import { Button, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { api, settle } from "../../api/client";
import { ProblemNote } from "../../ui/ProblemNote";
import { signInOptionsQuery, useSigned } from "../auth/session";
import { Section } from "./Section";

/** Offers a mail that proves the address, where the server sends mail and the address is not proven. */
export function ProveAddress() {
  const { me } = useSigned();
  const options = useQuery(signInOptionsQuery);
  const ask = useMutation({ mutationFn: () => settle(api.POST("/auth/address/proof")) });
  if (!options.data?.mail || me.user.emailProven) return null;
  return (
    <Section title="Your address" lead={`Nobody knows yet that mail to ${me.user.email} reaches you. Once it is proven, a forgotten password can be mailed to you.`}>
      {ask.isError && <ProblemNote error={ask.error} title="No mail was sent" />}
      {ask.isSuccess ? (
        <Text role="status">Sent to {me.user.email}. Open the link in this browser.</Text>
      ) : (
        <Button onClick={() => ask.mutate()} loading={ask.isPending} style={{ alignSelf: "flex-start" }}>
          Send me a link
        </Button>
      )}
    </Section>
  );
}
