import {
  Drawer as MantineDrawer,
  Menu as MantineMenu,
  Modal as MantineModal,
  Popover as MantinePopover,
  type DrawerProps,
  type MenuProps,
  type ModalProps,
  type PopoverProps,
} from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { openLayer } from "./layerStack";

/** Holds a layer on the stack while it is open. Esc goes to the topmost layer only. */
export function useLayer(isOpen: boolean, onEscape: () => void): void {
  const latest = useRef(onEscape);
  useEffect(() => {
    latest.current = onEscape;
  });
  useEffect(() => (isOpen ? openLayer(() => latest.current()) : undefined), [isOpen]);
}

const CLOSE = { "aria-label": "Close" };
/** The head of a layer is no banner of the page. */
const HEAD = { header: { role: "none" } };

export function Modal({ opened, onClose, ...rest }: ModalProps) {
  useLayer(opened, onClose);
  return <MantineModal closeButtonProps={CLOSE} attributes={HEAD} {...rest} opened={opened} onClose={onClose} closeOnEscape={false} />;
}

export function Drawer({ opened, onClose, ...rest }: DrawerProps) {
  useLayer(opened, onClose);
  return <MantineDrawer closeButtonProps={CLOSE} attributes={HEAD} {...rest} opened={opened} onClose={onClose} closeOnEscape={false} />;
}

interface OpenPopoverProps extends PopoverProps {
  opened: boolean;
  onChange: (opened: boolean) => void;
}

function OwnPopover({ opened, onChange, ...rest }: OpenPopoverProps) {
  useLayer(opened, () => {
    onChange(false);
    rest.onClose?.();
  });
  return <MantinePopover {...rest} opened={opened} onChange={onChange} closeOnEscape={false} />;
}

function OwnMenu(props: Omit<MenuProps, "opened" | "onChange">) {
  const [opened, setOpened] = useState(false);
  useLayer(opened, () => setOpened(false));
  // Without the placeholder the first item gets the focus: a menu may have no other focusable children.
  return <MantineMenu {...props} withInitialFocusPlaceholder={false} opened={opened} onChange={setOpened} closeOnEscape={false} />;
}

export const Popover = Object.assign(OwnPopover, { Target: MantinePopover.Target, Dropdown: MantinePopover.Dropdown });

export const Menu = Object.assign(OwnMenu, {
  Target: MantineMenu.Target,
  Dropdown: MantineMenu.Dropdown,
  Item: MantineMenu.Item,
  Label: MantineMenu.Label,
});
