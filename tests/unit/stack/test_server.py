"""What every server has of itself."""

from pathlib import Path

import pytest

from tidegate.errors import TransientError
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.registry import Registry
from tidegate.stack.server import NotReadyError
from tidegate.stack.state import load_state


@pytest.fixture
def server(tmp_path: Path) -> Registry:
    return Registry(load_state(Settings.model_validate({"home": tmp_path}), choice="default"), Cache(tmp_path, []))


def test_its_address_is_that_of_its_first_port(server: Registry) -> None:
    assert server.address == "127.0.0.1:8081"


def test_its_temporary_files_are_its_own(server: Registry, tmp_path: Path) -> None:
    assert server.temporary == tmp_path / "tmp" / "registry"


def test_a_server_that_is_not_ready_may_be_soon_and_says_where_to_look(server: Registry) -> None:
    error = server.not_ready(OSError("refused"))

    assert isinstance(error, NotReadyError) and isinstance(error, TransientError)
    assert (error.problem, error.why) == ("registry is not healthy: refused.", "refused")
    assert "tidegate logs registry" in error.remedy
