"""The pytest fixtures `wabakit_sandbox` and `wabakit_sandbox_options`."""

from typing import Any, Dict, Iterator

import pytest

from .testing import Sandbox, start_sandbox


@pytest.fixture(scope="session")
def wabakit_sandbox_options() -> Dict[str, Any]:
    """Returns the options of `start_sandbox`. Override it in your conftest.py."""
    return {}


@pytest.fixture(scope="session")
def _wabakit_sandbox_process(wabakit_sandbox_options: Dict[str, Any]) -> Iterator[Sandbox]:
    with start_sandbox(**wabakit_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def wabakit_sandbox(_wabakit_sandbox_process: Sandbox) -> Sandbox:
    """Returns a sandbox that is as its seed. One process serves all tests of a session."""
    _wabakit_sandbox_process.reset()
    return _wabakit_sandbox_process
