"""One real stack for the whole test session, on ports and in a folder of its own.

With ``TIDEGATE_TEST_HOME`` set to a folder, the stack is made there if it does not run yet, and left running: the next
session takes it over, with what the tests before have left in it, and saves two minutes. For work on a test only.
"""

import os
from collections.abc import Iterator

import pytest
from rich.console import Console

from tidegate.settings import STACK_FILE, Settings, get_settings
from tidegate.stack import local
from tidegate.stack.ports import PortChoice

QUICK_START = "-XX:TieredStopAtLevel=1"
"""For the servers' JVMs: tests send little, and to compile code for a long run would take a third of their time."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Every server healthy; the commands that tests run find them by ``TIDEGATE_HOME``. Torn down at the end."""
    kept = os.environ.get("TIDEGATE_TEST_HOME")
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("TIDEGATE_") and name != "TIDEGATE_CACHE"]:
            environment.delenv(name)
        environment.setenv("TIDEGATE_HOME", kept or str(tmp_path_factory.mktemp("stack")))
        settings = get_settings()
        try:
            console = Console(stderr=True)
            choice: PortChoice | None = None if (settings.home / STACK_FILE).exists() else "auto"
            with pytest.MonkeyPatch.context() as servers:
                servers.setenv("JAVA_TOOL_OPTIONS", QUICK_START)
                found = local.up(settings, on_phase=lambda name, phase: None, console=console, choice=choice)
            yield found
        finally:
            if not kept:
                local.down(settings, purge=True)
