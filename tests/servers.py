"""One real stack for the whole test session, on ports and in a folder of its own."""

import os
from collections.abc import Iterator

import pytest
from rich.console import Console

from tidegate.settings import Settings, get_settings
from tidegate.stack import local


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Every server healthy; ``get_settings()`` and child processes find them too. Torn down at the end."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("TIDEGATE_") and name != "TIDEGATE_CACHE"]:
            environment.delenv(name)
        environment.setenv("TIDEGATE_HOME", str(tmp_path_factory.mktemp("stack")))
        get_settings.cache_clear()
        settings = get_settings()
        try:
            console = Console(stderr=True)
            local.up(settings, on_phase=lambda name, phase: None, console=console, choice="auto")
            yield get_settings()
        finally:
            local.down(settings, purge=True)
            get_settings.cache_clear()
