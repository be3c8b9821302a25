"""``tidegate lake expire|orphans``: shown first, and not done unless it is wanted."""

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, rows
from tests.unit.lake_care.care_lake import Told, cared_for, files_there, opened
from tidegate.cli import lake as cli_lake
from tidegate.cli import lake_past
from tidegate.clients.lake_store import plain_path
from tidegate.errors import TidegateError
from tidegate.lake_care.expire import DAY_MS

LATER = 100 * 365 * DAY_MS


@pytest.fixture
def cared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StrictCatalog, Told]:
    """A table with two snapshots, and a file that nothing names."""
    catalog, told = cared_for(tmp_path, monkeypatch)
    append(catalog, rows([(0, 1)]))
    append(catalog, rows([(0, 2)]))
    stray = Path(plain_path(catalog.load_table(NAME).location())) / "data" / "stray.parquet"
    stray.write_bytes(b"1")
    os.utime(stray, (1_000, 1_000))
    monkeypatch.setattr(lake_past, "Lake", lambda _settings: opened(catalog))
    monkeypatch.setattr(lake_past, "now_ms", lambda: LATER)
    return catalog, told


def typed(*words: str) -> Result:
    return CliRunner().invoke(cli_lake.command, words, catch_exceptions=False)


def test_a_dry_run_shows_what_would_go_and_changes_nothing(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, told = cared
    before = files_there(catalog)

    snapshots, files = typed("expire", "--older-than-days", "7", "--dry-run"), typed("orphans", "--dry-run")

    assert f"{NAME}: 1 of 2 snapshots would go" in snapshots.stdout
    assert f"{NAME}: 1 files of 0.0 MB that nothing names" in files.stdout
    assert "stray.parquet, 1 bytes, of 1970-01-01" in files.stdout
    assert files_there(catalog) == before and told == []


@pytest.mark.parametrize("words", [("expire", "--older-than-days", "7"), ("orphans",)])
def test_nothing_is_done_where_nobody_says_yes(cared: tuple[StrictCatalog, Told], words: tuple[str, ...]) -> None:
    catalog, told = cared
    before = files_there(catalog)

    with pytest.raises(TidegateError, match="nobody can be asked"):
        typed(*words)

    assert files_there(catalog) == before and told == []


def test_with_yes_it_is_done_and_said(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, told = cared

    done = typed("expire", "clicks", "--older-than-days", "7", "--yes", "--json")
    removed = typed("orphans", NAME, "--yes")

    (facts,) = json.loads(done.stdout)
    assert facts["expiry"]["expired"] == 1 and facts["metadata_files"] > 0
    assert f"{NAME}: 1 files are deleted" in removed.stdout
    assert [action for action, _, _ in told] == ["lake expire", "lake orphans"]
    assert not [path for path in files_there(catalog) if "stray" in path]
    assert f"{NAME}: of 1 snapshots none is older" in typed("expire", "--older-than-days", "7").stdout


@pytest.mark.parametrize("words", [("expire", "--older-than-days", "0"), ("orphans", "--older-than-days", "2")])
def test_less_than_is_safe_is_refused(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli_lake.command, words)

    assert result.exit_code == 2
    assert "is not in the range" in result.stderr
