"""Finds the sandbox's program: the one that WABAKIT_SANDBOX_BIN names, the one that this package carries, or one that
cargo builds from a checkout of Wabakit."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Mapping, Optional

_PACKAGE = Path(__file__).resolve().parent


def find_binary(env: Optional[Mapping[str, str]] = None, folder: Path = _PACKAGE) -> str:
    """Returns the path of the program.

    Raises RuntimeError where there is none.
    """
    env = os.environ if env is None else env
    named = env.get("WABAKIT_SANDBOX_BIN")
    if named:
        if not Path(named).is_file():
            raise RuntimeError(f"WABAKIT_SANDBOX_BIN: there is no file {named}")
        return str(Path(named).resolve())
    system = f"{sys.platform}-{platform.machine().lower()}"
    carried = folder / "vendor" / system / ("wabakit-sandbox.exe" if os.name == "nt" else "wabakit-sandbox")
    if carried.is_file():
        return str(carried)
    # In a checkout, this is apps/sandbox/launchers/pypi/src/wabakit_sandbox.
    parents = folder.parents
    checkout = Path(env.get("WABAKIT_SOURCE") or (parents[5] if len(parents) > 5 else folder))
    if not (checkout / "apps/sandbox/Cargo.toml").is_file():
        raise RuntimeError(
            f"no program for {system} is in this package: set WABAKIT_SANDBOX_BIN to the program, "
            "or WABAKIT_SOURCE to a checkout of Wabakit from which cargo builds it"
        )
    return _build(checkout)


def _build(checkout: Path) -> str:
    command = ["cargo", "build", "--release", "--locked", "--package", "wabakit-sandbox", "--bin", "wabakit-sandbox"]
    command.append("--message-format=json-render-diagnostics")
    try:
        built = subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError as error:
        raise RuntimeError("cargo cannot be run. Install Rust by https://rustup.rs") from error
    if built.returncode != 0:
        raise RuntimeError(f"cargo could not build wabakit-sandbox in {checkout}")
    messages = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    programs = [message["executable"] for message in messages if message.get("executable")]
    if not programs:
        raise RuntimeError(f"cargo named no program in {checkout}")
    return programs[-1]
