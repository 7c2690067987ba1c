"""The launcher, the starter and the fixture, with the program that WABAKIT_SANDBOX_BIN names."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue

import pytest

from wabakit_sandbox.binary import find_binary
from wabakit_sandbox.testing import SEED, SandboxError, start_sandbox

CUSTOMER = "4915112345678"
TEXT = {"type": "text", "text": {"body": "Hello"}}


@contextmanager
def callback():
    """Listens for webhooks, and yields its address and a queue of their values."""
    values = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            for entry in body["entry"]:
                for change in entry["changes"]:
                    values.put(change["value"])

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", values
    server.shutdown()
    server.server_close()


def send(sandbox, token, content):
    """Sends a message, and returns status and body."""
    body = json.dumps({"messaging_product": "whatsapp", "to": CUSTOMER, **content}).encode()
    request = urllib.request.Request(
        f"{sandbox.base_url}/v25.0/{SEED.phone_number_id}/messages",
        data=body,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_test_writes_answers_and_sees_what_came(wabakit_sandbox):
    with callback() as (url, values):
        wabakit_sandbox.control("POST", "har", {"recording": True})
        wabakit_sandbox.subscribe(url)
        wabakit_sandbox.write(CUSTOMER, "Are you open?")
        assert values.get(timeout=10)["messages"][0]["text"]["body"] == "Are you open?"
        status, answer = send(wabakit_sandbox, wabakit_sandbox.token(), TEXT)
        assert status == 200
        assert values.get(timeout=10)["statuses"][0]["id"] == answer["messages"][0]["id"]
        wabakit_sandbox.settle()
        assert [message["to"] for message in wabakit_sandbox.sent()] == [CUSTOMER]
        assert any(call["path"].endswith("/messages") for call in wabakit_sandbox.calls())
        assert wabakit_sandbox.har()["log"]["entries"][-1]["response"]["status"] == 200


def test_each_test_begins_with_the_seed(wabakit_sandbox):
    assert wabakit_sandbox.sent() == []
    wabakit_sandbox.write(CUSTOMER, {"type": "text", "text": "Hi"})
    token = wabakit_sandbox.token()
    wabakit_sandbox.play("storm-130429", calls=1)
    assert send(wabakit_sandbox, token, TEXT)[1]["error"]["code"] == 130429
    assert send(wabakit_sandbox, token, TEXT)[0] == 200
    with pytest.raises(SandboxError, match="no scenario nobody") as refused:
        wabakit_sandbox.play("nobody")
    assert refused.value.status == 404


def test_a_seed_and_an_app_of_the_test_replace_the_built_in_ones():
    number = {"displayPhoneNumber": "+1 555-010-0001", "verifiedName": "Ours", "status": "CONNECTED"}
    wabas = [{"name": "Ours", "phoneNumbers": [number]}]
    seed = {"users": [{"name": "Ada"}], "businesses": [{"name": "Ours", "wabas": wabas}]}
    app = {"id": "99", "secret": "a-secret", "verify_token": "v"}
    with start_sandbox(seed=seed, app=app) as sandbox:
        state = sandbox.control("GET", "state")
        assert [business["name"] for business in state["businesses"]] == ["Ours"]
        assert [each["id"] for each in sandbox.control("GET", "apps")["data"]] == ["99"]


def test_two_sandboxes_run_beside_each_other_and_a_stop_leaves_nothing():
    with start_sandbox() as one, start_sandbox() as other:
        assert one.base_url != other.base_url
        folder = one._folder
        assert os.path.isdir(folder)
    assert not os.path.exists(folder)
    with pytest.raises(OSError):
        one.control("GET", "health")


def test_a_start_that_fails_says_what_the_program_said():
    with pytest.raises(RuntimeError, match="not of the documented shape"):
        start_sandbox(seed={"wrong": True})
    with pytest.raises(FileNotFoundError):
        start_sandbox(binary="/nowhere/wabakit-sandbox")


def test_the_sandbox_ends_with_the_process_that_started_it():
    script = (
        "import time\nfrom wabakit_sandbox.testing import start_sandbox\n"
        "print(start_sandbox().base_url, flush=True)\ntime.sleep(600)\n"
    )
    runner = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    address = runner.stdout.readline().strip()
    urllib.request.urlopen(f"{address}/_sandbox/health").close()
    runner.kill()
    runner.communicate()
    # A connection is refused, or broken off while the sandbox ends.
    with pytest.raises(OSError):
        while True:
            urllib.request.urlopen(f"{address}/_sandbox/health").close()


def test_the_command_passes_arguments_and_the_exit_code_on():
    command = [sys.executable, "-m", "wabakit_sandbox"]
    version = subprocess.run([*command, "--version"], stdout=subprocess.PIPE, text=True, check=True)
    assert version.stdout.startswith("wabakit-sandbox ")
    wrong = subprocess.run([*command, "--no-such-option"], stderr=subprocess.DEVNULL, check=False)
    assert wrong.returncode != 0


def test_the_program_is_the_named_one_the_carried_one_or_built_from_a_checkout():
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "a/b/c/d/e/package")
        system = subprocess.run(
            [sys.executable, "-c", "import sys, platform; print(f'{sys.platform}-{platform.machine().lower()}')"],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.strip()
        vendor = folder / "vendor" / system
        vendor.mkdir(parents=True)
        with pytest.raises(RuntimeError, match="WABAKIT_SANDBOX_BIN"):
            find_binary({}, folder)
        with pytest.raises(RuntimeError, match="there is no file"):
            find_binary({"WABAKIT_SANDBOX_BIN": str(Path(root, "none"))}, folder)
        carried = vendor / "wabakit-sandbox"
        carried.touch()
        assert find_binary({}, folder) == str(carried)
        named = Path(root).resolve() / "named"
        named.touch()
        assert find_binary({"WABAKIT_SANDBOX_BIN": str(named)}, folder) == str(named)
