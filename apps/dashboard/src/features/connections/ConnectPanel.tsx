import { useEffect } from "react";
import type { ConnectSession } from "../../api/types";
import { Banner } from "../../ui/Banner";
import { Drawer } from "../../ui/layers";
import { ConnectIntro } from "./ConnectIntro";
import { refusalOf } from "./refusals";
import { SessionView } from "./SessionView";
import { usePopup } from "./usePopup";

/** The purpose of the open panel. */
export interface PanelTarget {
  sessionId?: string;
  /** The number that is being reconnected. */
  again?: string;
}

interface ConnectPanelProps {
  target: PanelTarget | null;
  onTarget: (target: PanelTarget) => void;
  onClose: () => void;
  onDone: (session: ConnectSession) => void;
}

/** Shows a connection beside the page. Closing the panel stops nothing: the page then offers to resume. */
export function ConnectPanel({ target, onTarget, onClose, onDone }: ConnectPanelProps) {
  const popup = usePopup();
  const { state } = popup;
  const begun = state.kind === "waiting" || state.kind === "returned" ? state.sessionId : undefined;

  useEffect(() => {
    if (begun) onTarget({ sessionId: begun });
  }, [begun, onTarget]);

  function startAgain(): void {
    popup.close();
    onTarget({});
  }

  return (
    <Drawer
      opened={target !== null}
      onClose={() => {
        popup.close();
        onClose();
      }}
      position="right"
      size={520}
      padding="lg"
      title={target?.again ? `Reconnect ${target.again}` : "Connect WhatsApp"}
      styles={{ title: { fontWeight: 650, fontSize: "1.125rem" } }}
      closeButtonProps={{ "aria-label": "Close the panel" }}
    >
      {target?.sessionId ? (
        <>
          {state.kind === "returned" && state.error === "state_invalid" && (
            <Banner live tone="bad" title={refusalOf(state.error).title}>
              {refusalOf(state.error).detail}
            </Banner>
          )}
          <SessionView
            key={target.sessionId}
            id={target.sessionId}
            popup={popup}
            onDone={onDone}
            onStartAgain={startAgain}
          />
        </>
      ) : (
        target && <ConnectIntro popup={popup} again={target.again} />
      )}
    </Drawer>
  );
}
