"""pywa."""

import base64
import os
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pywa
from pywa import WhatsApp, filters, types

SANDBOX = httpx.URL(os.environ["SANDBOX_URL"])
NUMBER, WABA, CUSTOMER = "530000000000004", "420000000000002", "4915112345678"
APP_ID, APP_SECRET, VERIFY_TOKEN = 880000000000001, "sandbox-app-secret", "my-verify-token"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class ToSandbox(httpx.HTTPTransport):
    """Sends requests for graph.facebook.com to the sandbox."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme=SANDBOX.scheme, host=SANDBOX.host, port=SANDBOX.port)
        request.headers["Host"] = f"{SANDBOX.host}:{SANDBOX.port}"
        return super().handle_request(request)


def control(path: str, body: dict) -> dict:
    """Calls the control API."""
    answer = httpx.post(SANDBOX.join(f"/_sandbox/{path}"), json=body, trust_env=False)
    answer.raise_for_status()
    return answer.json()


wa = WhatsApp(
    phone_id=NUMBER,
    waba_id=WABA,
    token=control("tokens", {"expiresIn": 0})["accessToken"],
    session=httpx.Client(mounts={"https://graph.facebook.com": ToSandbox()}, trust_env=False),
    app_id=APP_ID,
    app_secret=APP_SECRET,
    verify_token=VERIFY_TOKEN,
)
heard: "queue.Queue[str]" = queue.Queue()


@wa.on_message(filters.text)
def on_text(_: WhatsApp, message: types.Message) -> None:
    heard.put(message.text)


@wa.on_message_status
def on_status(_: WhatsApp, status: types.MessageStatus) -> None:
    heard.put(status.status.value)


class Webhook(BaseHTTPRequestHandler):
    """A server of our own, which gives pywa the requests."""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        text, status = wa.webhook_challenge_handler(query["hub.verify_token"][0], query["hub.challenge"][0])
        self.answer(text or "", status)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        refusal = wa.webhook_update_validator(body, self.headers["X-Hub-Signature-256"])
        self.answer(*(refusal or wa.webhook_update_handler(body)))

    def answer(self, text: str, status: int) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


def sending() -> None:
    written = control(f"phones/{CUSTOMER}/messages", {"to": NUMBER, "type": "text", "text": "Hello"})["id"]
    sent = wa.send_message(to=CUSTOMER, text="Hello", buttons=[types.Button("A", "a")], reply_to_message_id=written)
    assert sent.id.startswith("wamid."), sent
    wa.send_template(to=CUSTOMER, name="hello_world", language=types.templates.TemplateLanguage.ENGLISH_US)
    wa.send_location(to=CUSTOMER, latitude=52.5, longitude=13.4, name="Here", address="Berlin")
    wa.send_reaction(to=CUSTOMER, emoji="👍", message_id=written)
    wa.mark_message_as_read(written)
    wa.indicate_typing(written)


def media() -> None:
    uploaded = wa.upload_media(PNG, mime_type="image/png", filename="a.png")
    address = wa.get_media_url(uploaded.id)
    assert wa.get_media_bytes(address.url) == PNG, "other bytes"
    wa.send_image(to=CUSTOMER, image=uploaded.id, caption="A picture")
    wa.delete_media(uploaded.id)


def profile() -> None:
    wa.update_business_profile(about="Open on Sundays", email="desk@example.com")
    about = wa.get_business_profile().about
    assert about == "Open on Sundays", f"about is {about}"


def settings() -> None:
    changed = wa.get_business_phone_number_settings().calling or types.CallingSettings()
    changed.status = types.calls.CallingSettingsStatus.ENABLED
    wa.update_business_phone_number_settings(calling=changed)
    status = wa.get_business_phone_number_settings().calling.status
    assert status == types.calls.CallingSettingsStatus.ENABLED, f"calling is {status}"


def webhooks() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    # pywa reads the first change of a delivery only.
    control("sending/knobs", {"batch": 1})
    token = wa.get_app_access_token(APP_ID, APP_SECRET)
    wa.set_app_callback_url(APP_ID, token, url, VERIFY_TOKEN, ["messages"])
    # Without an override the call subscribes the app, which must come first.
    wa.delete_waba_callback_url()
    wa.override_waba_callback_url(url, VERIFY_TOKEN)
    control(f"phones/{CUSTOMER}/messages", {"to": NUMBER, "type": "text", "text": "Are you open?"})
    wa.send_message(to=CUSTOMER, text="Yes")
    came = set()
    try:
        for _ in range(3):
            came.add(heard.get(timeout=10))
    except queue.Empty:
        pass
    server.shutdown()
    assert came == {"Are you open?", "sent", "delivered"}, f"heard {came}"


for area in (sending, media, profile, settings, webhooks):
    try:
        area()
        outcome = "ok"
    except Exception as error:  # The report says what went wrong.
        outcome = str(getattr(error, "message", error)) or type(error).__name__
        outcome = outcome.splitlines()[0].replace("\t", " ")
    print(f"pywa {pywa.__version__}", area.__name__, outcome, sep="\t", flush=True)
