import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { ChevronLeft, ChevronRight, Download } from "lucide-react";
import type { ReactNode } from "react";
import type { Message } from "../../../api/types";
import { Modal } from "../../../ui/layers";
import { exactTime } from "../../../ui/time";
import classes from "./Content.module.css";
import { mediaAddress } from "./media";

interface ViewerProps {
  /** The pictures of the thread, oldest first. */
  pictures: Message[];
  /** The id of the message whose picture is shown. */
  shown: string | null;
  onShow: (messageId: string | null) => void;
  /** The time, the ticks and the acts of the message that is shown. */
  children?: ReactNode;
  /** Whether closing gives the focus back to the thread. */
  returnFocus?: boolean;
}

/** Shows one picture large. The arrow keys go through the thread's pictures. */
export function Viewer({ pictures, shown, onShow, children, returnFocus = true }: ViewerProps) {
  const at = pictures.findIndex((message) => message.id === shown);
  const message = pictures[at];
  const go = (by: 1 | -1) => {
    const next = pictures[at + by];
    if (next) onShow(next.id);
  };
  useHotkeys(message ? [["ArrowLeft", () => go(-1)], ["ArrowRight", () => go(1)]] : []);
  return (
    <Modal
      opened={message !== undefined}
      onClose={() => onShow(null)}
      returnFocus={returnFocus}
      fullScreen
      title={message && `Picture of ${exactTime(message.at)}`}
      closeButtonProps={{ "aria-label": "Close the picture" }}
      transitionProps={{ duration: 0 }}
    >
      {message?.media && (
        <div className={classes.viewer}>
          <div className={classes.stage}>
            <img src={mediaAddress(message.media.id)} alt="" />
          </div>
          <Group justify="center" pt="sm">
            <ActionIcon variant="default" size={36} aria-label="Picture before" disabled={at <= 0} onClick={() => go(-1)}>
              <ChevronLeft size={18} aria-hidden />
            </ActionIcon>
            <Text size="sm" c="dimmed">
              {at + 1} of {pictures.length}
            </Text>
            <ActionIcon variant="default" size={36} aria-label="Next picture" disabled={at >= pictures.length - 1} onClick={() => go(1)}>
              <ChevronRight size={18} aria-hidden />
            </ActionIcon>
            <Button
              component="a"
              href={mediaAddress(message.media.id)}
              download={message.media.filename ?? "picture"}
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
            >
              Download
            </Button>
            {children}
          </Group>
        </div>
      )}
    </Modal>
  );
}
