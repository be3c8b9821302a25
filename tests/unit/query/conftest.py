"""The lake of ``lakes.py`` in place of the settings' own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.query.lakes import two_tables
from tidegate.query import catalog
from tidegate.query.catalog import Lake
from tidegate.query.session import Session
from tidegate.settings import Settings


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Two tables, one of them with a view."""
    tables = two_tables(tmp_path)
    monkeypatch.setattr(catalog, "open_catalog", lambda _: tables)
    return Lake(Settings())


@pytest.fixture
def session(lake: Lake) -> Iterator[Session]:
    """A question can be asked."""
    with Session(lake, Settings()) as opened:
        yield opened
