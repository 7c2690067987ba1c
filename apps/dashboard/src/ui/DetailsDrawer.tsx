import { useState, type ReactNode } from "react";
import { Drawer } from "./layers";

interface DetailsDrawerProps {
  /** The item that is shown; undefined closes the drawer. */
  id: string | undefined;
  /** The kind of item: "Message". */
  title: string;
  size: number;
  onClose: () => void;
  children: (id: string) => ReactNode;
}

/** Shows the details of an item beside the page. */
export function DetailsDrawer({ id, title, size, onClose, children }: DetailsDrawerProps) {
  // While the drawer slides out it still shows the last item.
  const [last, setLast] = useState(id);
  if (id && id !== last) setLast(id);
  const shown = id ?? last;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size={size}
      padding="lg"
      title={title}
      styles={{ title: { fontWeight: 650, fontSize: "1.125rem" } }}
      closeButtonProps={{ "aria-label": `Close the ${title.toLowerCase()}` }}
    >
      {shown && children(shown)}
    </Drawer>
  );
}
