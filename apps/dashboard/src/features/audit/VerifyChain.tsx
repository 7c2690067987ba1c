import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link2, Link2Off } from "lucide-react";
import { api, unwrap } from "../../api/client";
import { Badge } from "../../ui/Badge";
import { toastProblem } from "../../ui/toast";
import { useSigned } from "../auth/session";

/** Lets the server verify the hash chain of the log. */
export function VerifyChain() {
  const { isAdmin } = useSigned();
  const verify = useMutation({
    mutationFn: () => unwrap(api.GET("/api/audit/verify")),
    onError: (error) => toastProblem("The log could not be checked", error),
  });
  if (!isAdmin) return null;
  return (
    <>
      <span role="status" style={{ display: "contents" }}>
        {verify.data &&
          (verify.data.intact ? (
            <Badge tone="ok" icon={Link2}>
              Intact: {verify.data.checked.toLocaleString("en")} events checked
            </Badge>
          ) : (
            <Badge tone="bad" icon={Link2Off}>
              Broken at no. {verify.data.firstBroken ?? "?"}
            </Badge>
          ))}
      </span>
      <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
        Verify integrity
      </Button>
    </>
  );
}
