import { fireEvent, screen } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";
import { acceptsKeys } from "../shell/keysStore";
import { show } from "../test/render";
import { hasOpenLayer, openLayer } from "./layerStack";
import { Drawer, Menu, Modal, Popover } from "./layers";

const escape = (init: KeyboardEventInit = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape", ...init });

describe("layers above the page", () => {
  it("escape_goes_to_the_topmost_and_nothing_below_sees_it", () => {
    const page = vi.fn();
    document.addEventListener("keydown", page);
    const closed: string[] = [];
    const removers = ["drawer", "dialog", "menu"].map((name) => {
      const remove = openLayer(() => {
        closed.push(name);
        remove();
      });
      return remove;
    });
    escape();
    escape();
    expect(closed).toEqual(["menu", "dialog"]);
    expect(page).not.toHaveBeenCalled();
    escape();
    expect(closed).toEqual(["menu", "dialog", "drawer"]);
    expect(hasOpenLayer()).toBe(false);
    escape();
    expect(page).toHaveBeenCalledOnce();
    document.removeEventListener("keydown", page);
    for (const remove of removers) remove();
  });

  it("what_an_input_method_is_putting_together_is_its_own", () => {
    const onEscape = vi.fn();
    const remove = openLayer(onEscape);
    escape({ isComposing: true });
    expect(onEscape).not.toHaveBeenCalled();
    remove();
  });

  it.each(["j", "/", "c", "?", "Escape"])("no_single_key_acts_behind_an_open_layer: %s", (key) => {
    const remove = openLayer(() => undefined);
    expect(acceptsKeys(new KeyboardEvent("keydown", { key }))).toBe(false);
    remove();
    expect(acceptsKeys(new KeyboardEvent("keydown", { key }))).toBe(true);
  });

  it("the_focus_goes_back_to_what_opened_it_or_to_what_opened_that", async () => {
    show(<button type="button">more</button>);
    screen.getByText("more").focus();
    const closeMenu = openLayer(() => undefined);
    const item = document.body.appendChild(document.createElement("button"));
    item.focus();
    closeMenu();
    const closeDialog = openLayer(() => undefined);
    item.remove();
    closeDialog();
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("more"));
  });

  it("each_of_mantine_s_layers_is_on_the_stack", async () => {
    function Page() {
      const [open, setOpen] = useState<string[]>([]);
      const of = (name: string) => ({ opened: open.includes(name), onClose: () => setOpen((all) => all.filter((each) => each !== name)) });
      const popover = of("popover");
      return (
        <>
          {["drawer", "modal", "popover"].map((name) => (
            <button key={name} type="button" onClick={() => setOpen((all) => [...all, name])}>
              {name}
            </button>
          ))}
          <Drawer {...of("drawer")}>in the drawer</Drawer>
          <Modal {...of("modal")}>in the modal</Modal>
          <Popover opened={popover.opened} onChange={popover.onClose}>
            <Popover.Target>
              <span>target</span>
            </Popover.Target>
            <Popover.Dropdown>in the popover</Popover.Dropdown>
          </Popover>
          <Menu>
            <Menu.Target>
              <button type="button">menu</button>
            </Menu.Target>
            <Menu.Dropdown>in the menu</Menu.Dropdown>
          </Menu>
        </>
      );
    }
    show(<Page />);
    const names = ["drawer", "modal", "popover", "menu"];
    for (const name of names) {
      fireEvent.click(screen.getByText(name));
      await screen.findByText(`in the ${name}`);
    }
    for (const [left, name] of [...names].reverse().entries()) {
      escape();
      await vi.waitFor(() => expect(screen.queryByText(`in the ${name}`)).toBeNull());
      for (const below of names.slice(0, names.length - left - 1)) expect(screen.getByText(`in the ${below}`)).toBeTruthy();
    }
  });
});
