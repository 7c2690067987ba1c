"""Starts a sandbox for a test: on a free port, with a folder of its own, and stopped with the test's process."""

import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List, Mapping, Optional, Union

from .binary import find_binary

#: The app of the built-in seed, and its registered number.
SEED = SimpleNamespace(
    app_id="880000000000001",
    app_secret="sandbox-app-secret",
    verify_token="sandbox-verify-token",
    phone_number_id="530000000000004",
    waba_id="420000000000002",
)

# No proxy of the environment stands between a test and its own machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SandboxError(Exception):
    """A call of the control API that was refused."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Sandbox:
    """A running sandbox. It is a context manager that stops it."""

    def __init__(self, base_url: str, process: "subprocess.Popen[str]", folder: str) -> None:
        #: `http://127.0.0.1:<port>`: in place of `https://graph.facebook.com`.
        self.base_url = base_url
        self._process = process
        self._folder = folder

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Calls the control API: `path` is below `/_sandbox/`. Returns its JSON. Raises SandboxError."""
        return self._call(method, f"/_sandbox/{path}", body)

    def token(self, **order: Any) -> str:
        """Issues an access token that does not expire."""
        return self.control("POST", "tokens", {"expiresIn": 0, **order})["accessToken"]

    def subscribe(
        self,
        callback_url: str,
        *,
        app_id: Optional[str] = None,
        verify_token: Optional[str] = None,
        waba_id: str = SEED.waba_id,
    ) -> None:
        """Sends the webhooks of an app (the first one) and of a WABA to a callback."""
        order = {"callbackUrl": callback_url, "appId": app_id, "verifyToken": verify_token}
        self.control("POST", "webhooks/subscription", order)
        token = self.token(**({"appId": app_id} if app_id else {}))
        self._call("POST", f"/v25.0/{waba_id}/subscribed_apps", {}, token)

    def write(self, customer: str, message: Union[str, Mapping[str, Any]]) -> Any:
        """Writes a customer's message, a text unless it says another type."""
        order = {"type": "text", "text": message} if isinstance(message, str) else message
        return self.control("POST", f"phones/{customer}/messages", {"to": SEED.phone_number_id, **order})

    def play(self, name: str, **parameters: Any) -> Any:
        """Plays a scenario to its end."""
        return self.control("POST", f"scenarios/{name}/play", {"with": parameters})

    def settle(self, timeout_ms: int = 10_000) -> None:
        """Waits until no webhook is on its way or due."""
        if not self.control("POST", "webhooks/settle", {"timeoutMs": timeout_ms})["settled"]:
            raise TimeoutError(f"webhooks still wait after {timeout_ms} ms")

    def sent(self) -> List[Dict[str, Any]]:
        """Returns the accepted messages, oldest first."""
        return self.control("GET", "ledger/messages")["data"]

    def calls(self) -> List[Dict[str, Any]]:
        """Returns the Graph calls, oldest first."""
        return self.control("GET", "ledger")["data"]

    def har(self) -> Dict[str, Any]:
        """Returns the recorded calls as a HAR. Start with `har=True`."""
        return self.control("GET", "har")

    def reset(self) -> None:
        """Returns to the seed."""
        self.control("POST", "reset")

    def stop(self) -> None:
        """Stops the sandbox and removes its folder."""
        _end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _call(self, method: str, path: str, body: Any = None, token: Optional[str] = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with _OPENER.open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                refusal = json.load(error)["error"]
            raise SandboxError(error.code, refusal if isinstance(refusal, str) else refusal["message"]) from None


def start_sandbox(
    *,
    binary: Optional[str] = None,
    port: int = 0,
    seed: Optional[Mapping[str, Any]] = None,
    app: Optional[Mapping[str, str]] = None,
    scenarios: Union[str, Path, None] = None,
    har: bool = False,
    log: str = "warn",
    timeout: float = 10.0,
) -> Sandbox:
    """Starts a sandbox, and waits until it answers.

    `app` has `id`, `secret`, and `callback_url`, `verify_token` if you like. Raises RuntimeError if it does not start.
    """
    folder = tempfile.mkdtemp(prefix="wabakit-sandbox-")
    arguments = ["--port", str(port), "--data", str(Path(folder, "state")), "--until-stdin-ends", "--log", log]
    if seed is not None:
        path = Path(folder, "seed.json")
        path.write_text(json.dumps(seed), encoding="utf-8")
        arguments += ["--seed", str(path)]
    if app is not None:
        arguments += ["--app-id", app["id"], "--app-secret", app["secret"]]
        for name in ("callback_url", "verify_token"):
            if app.get(name):
                arguments += [f"--{name.replace('_', '-')}", app[name]]
    if scenarios is not None:
        arguments += ["--scenarios", str(scenarios)]
    if har:
        arguments.append("--har")
    try:
        process = subprocess.Popen(
            [binary or find_binary(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(),
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        return Sandbox(_address(process, timeout), process, folder)
    except BaseException:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _environment() -> Dict[str, str]:
    """Returns the environment without the settings of another sandbox."""
    is_setting = re.compile("SANDBOX_|META_APP_|WHATSAPP_VERIFY_TOKEN$").match
    return {name: value for name, value in os.environ.items() if not is_setting(name)}


def _address(process: "subprocess.Popen[str]", timeout: float) -> str:
    """Waits for the line that has the address. Keeps reading, so that a full pipe does not stop the program."""
    first: "queue.Queue[str]" = queue.Queue()
    errors: List[str] = []

    def read_errors() -> None:
        for line in process.stderr or ():
            errors.append(line)
            del errors[:-50]

    def read_output() -> None:
        for line in process.stdout or ():
            first.put(line)
        first.put("")

    readers = [threading.Thread(target=target, daemon=True) for target in (read_errors, read_output)]
    for reader in readers:
        reader.start()
    try:
        line = first.get(timeout=timeout)
    except queue.Empty:
        raise RuntimeError(f"wabakit-sandbox did not start within {timeout} s") from None
    found = re.search(r"listens on (http://\S+)", line)
    if found:
        return found.group(1)
    readers[0].join(timeout=5)
    raise RuntimeError("wabakit-sandbox ended while it started\n" + "".join(errors))


def _end(process: "subprocess.Popen[str]") -> None:
    """Ends the program by the end of its input, or by force."""
    if process.stdin:
        try:
            process.stdin.close()
        except OSError:
            pass
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
