"""``tidegate lake stats``: a table for people, and JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.clients.strict_catalog import NAME, append, lake, rows, to_branch
from tidegate.cli import lake as cli_lake
from tidegate.query import catalog as query_catalog


@pytest.fixture
def small_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with two days and a branch; its metadata is in a file, as a server's is."""
    catalog, _ = lake(tmp_path)
    append(catalog, rows([(0, 1), (0, 2)]))
    append(catalog, rows([(0, 3)], day=2))
    to_branch(catalog, rows([(0, 4)]), "replay-1")
    monkeypatch.setattr(query_catalog, "open_catalog", lambda _settings: catalog)


@pytest.mark.usefixtures("small_lake")
def test_a_table_is_shown_with_what_holds_its_past() -> None:
    result = CliRunner().invoke(cli_lake.command, ["stats"], catch_exceptions=False)

    assert result.exit_code == 0
    assert NAME in result.stdout
    assert f"{NAME}: the branch replay-1 holds snapshot " in result.stdout


@pytest.mark.usefixtures("small_lake")
def test_a_dataset_is_told_as_json() -> None:
    result = CliRunner().invoke(cli_lake.command, ["stats", "clicks", "--json"], catch_exceptions=False)

    (found,) = json.loads(result.stdout)
    assert (found["table"], found["rows"], found["partitions"], found["files"]) == (NAME, 3, 2, 2)
    assert [named["name"] for named in found["named"]] == ["replay-1"]
