"""A lake on this machine's disk for what cares for it, and an audit that is kept in a list."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, lake
from tidegate.clients.audit import Action
from tidegate.clients.lake_store import plain_path
from tidegate.lake_care import compact, expire, orphans

Told = list[tuple[str, str, dict[str, int]]]


def cared_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StrictCatalog, Told]:
    """An empty table, and the actions that are told, each with its counts."""
    catalog, _ = lake(folder)
    told: Told = []

    @contextmanager
    def audited(_settings: Any, action: Action) -> Iterator[dict[str, int]]:
        counts: dict[str, int] = {}
        told.append((action.action, action.dataset, counts))
        yield counts

    monkeypatch.setattr(expire, "open_table", lambda _settings, name: catalog.load_table(name))
    for module in (compact, expire, orphans):
        monkeypatch.setattr(module, "audited", audited)
    return catalog, told


def opened(catalog: StrictCatalog) -> Any:
    """As ``query.catalog.Lake``."""
    return SimpleNamespace(tables=sorted(catalog.tables), open=catalog.load_table)


def files_there(catalog: StrictCatalog) -> set[str]:
    """Paths of all files in the table's folder."""
    folder = Path(plain_path(catalog.load_table(NAME).location()))
    return {str(path) for path in folder.rglob("*") if path.is_file()}
