/** @jsxImportSource preact */
import "../tokens.css";
import "./auth.css";
import { render, type ComponentType } from "preact";
import { BEFORE_SIGN_IN } from "../features/auth/addresses";
import { ForgotPage, ProvePage } from "./mailed";
import { InvitePage, ResetPage, SignInPage } from "./pages";

// These pages are the first that anybody sees, so they load nothing of the dashboard: neither React nor Mantine.
const PAGES: Record<(typeof BEFORE_SIGN_IN)[number], ComponentType> = {
  "sign-in": SignInPage,
  invite: InvitePage,
  reset: ResetPage,
  forgot: ForgotPage,
  prove: ProvePage,
};

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
const address = window.location.pathname.split("/")[1];
const Page = PAGES[BEFORE_SIGN_IN.find((each) => each === address) ?? "sign-in"];
root.replaceChildren();
render(<Page />, root);
