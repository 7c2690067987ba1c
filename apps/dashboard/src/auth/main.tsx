/** @jsxImportSource preact */
import "../tokens.css";
import "./auth.css";
import { render, type ComponentType } from "preact";
import { InvitePage, ResetPage, SignInPage } from "./pages";
import { ForgotPage, ProvePage } from "./mailed";

// These pages are the first that anybody sees, so they load nothing of the dashboard: neither React nor Mantine.
const PAGES: Record<string, ComponentType> = { "sign-in": SignInPage, invite: InvitePage, reset: ResetPage, forgot: ForgotPage, prove: ProvePage };

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root element.");
const Page = PAGES[window.location.pathname.split("/")[1] ?? ""] ?? SignInPage;
root.replaceChildren();
render(<Page />, root);
