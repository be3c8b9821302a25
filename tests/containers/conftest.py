"""These tests start every server in a container: beside the servers of other tests the memory would not do."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves them out of a run of other tests too."""
    own = [item for item in items if item.path.is_relative_to(FOLDER)]
    if len(own) < len(items):
        for item in own:
            item.add_marker(pytest.mark.skip(reason="needs the machine to itself: .venv/bin/pytest tests/containers"))
