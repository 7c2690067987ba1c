import { ActionIcon } from "@mantine/core";
import { LayoutTemplate, ListChecks, MapPin, Paperclip, Plus, UserRound } from "lucide-react";
import { useRef } from "react";
import type { DialogKind } from "./dialogs/Dialogs";
import { Menu } from "../../../ui/layers";

interface AddMenuProps {
  /** Meta takes only words, files and templates for a group. */
  isGroup: boolean;
  onFiles: (files: readonly File[]) => void;
  onDialog: (kind: DialogKind) => void;
}

/** Offers the kinds of messages beside text. */
export function AddMenu({ isGroup, onFiles, onDialog }: AddMenuProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to attach"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <Menu position="top-start" shadow="md" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={36} aria-label="Attach or send something else">
            <Plus size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Paperclip size={16} aria-hidden />} onClick={() => input.current?.click()}>
            Photo, video or file
          </Menu.Item>
          {!isGroup && (
            <>
              <Menu.Item leftSection={<MapPin size={16} aria-hidden />} onClick={() => onDialog("location")}>
                Location
              </Menu.Item>
              <Menu.Item leftSection={<UserRound size={16} aria-hidden />} onClick={() => onDialog("contact")}>
                Contact card
              </Menu.Item>
              <Menu.Item leftSection={<ListChecks size={16} aria-hidden />} onClick={() => onDialog("interactive")}>
                Buttons, list or link
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<LayoutTemplate size={16} aria-hidden />} onClick={() => onDialog("template")}>
            Template
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
