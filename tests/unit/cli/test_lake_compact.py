"""``tidegate lake compact``: shown first, asked, and what is left makes the exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.unit.clients.strict_catalog import NAME, append, rows
from tests.unit.lake_care.care_lake import cared_for, opened
from tidegate.cli import lake as cli_lake
from tidegate.cli import lake_compact
from tidegate.errors import TidegateError
from tidegate.lake_care import compact as compact_module
from tidegate.lake_care.compact import Compacted
from tidegate.lake_care.small_files import Compaction, Small

LEFT = Small("day=1", 6, 600, 1)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Compaction]:
    """What jobs are asked for, of a table with six small files of a day and one of another."""
    catalog, _ = cared_for(tmp_path, monkeypatch)
    for offset in range(6):
        append(catalog, rows([(0, offset)], day=1))
    append(catalog, rows([(0, 9)], day=2))
    found: list[Compaction] = []

    def compact(_settings: Any, compaction: Compaction, _actor: str | None) -> Compacted:
        left = (LEFT,) if compaction.parallelism == 7 else ()
        found.append(compaction)
        return Compacted(compaction.table, 6, 1, 2_000_000, 1, left)

    monkeypatch.setattr(compact_module, "open_table", lambda _settings, name: catalog.load_table(name))
    monkeypatch.setattr(lake_compact, "Lake", lambda _settings: opened(catalog))
    monkeypatch.setattr(lake_compact, "compact_table", compact)
    return found


def typed(*words: str) -> Result:
    return CliRunner().invoke(cli_lake.command, ["compact", *words], catch_exceptions=False)


def test_a_dry_run_says_how_many_files_of_which_partition_become_how_many(asked: list[Compaction]) -> None:
    shown = typed(NAME, "--dry-run").stdout

    assert f"{NAME}: 6 files of 0.0 MB would become 1, of 1 partitions" in shown
    assert "  day=1: 6 files of 0.0 MB to 1" in shown
    (partition,) = json.loads(typed(NAME, "--dry-run", "--json").stdout)["partitions"]
    assert (partition["partition"], partition["files"], partition["into"]) == ("day=1", 6, 1)
    assert asked == []


def test_nothing_is_done_where_nobody_says_yes(asked: list[Compaction]) -> None:
    with pytest.raises(TidegateError, match="nobody can be asked"):
        typed(NAME)

    assert asked == []


def test_the_job_is_asked_for_the_partitions_that_were_shown(asked: list[Compaction]) -> None:
    result = typed(NAME, "--yes", "--target-mb", "64")

    assert (result.exit_code, result.stdout) == (0, f"{NAME}: 6 files of 2.0 MB became 1, in 1 commits\n")
    assert (asked[0].partitions, asked[0].sizes.target, asked[0].parallelism) == (("day=1",), 64 * 1024 * 1024, 1)


def test_what_is_left_is_told_by_the_exit_code(asked: list[Compaction]) -> None:
    result = typed(NAME, "--yes", "--parallelism", "7")

    assert result.exit_code == 1
    assert f"{NAME}: day=1 has 6 small files left; type it again" in result.stdout
    assert len(asked) == 1


def test_where_nothing_is_small_no_job_is_begun(asked: list[Compaction]) -> None:
    assert typed(NAME, "--partition", "day=2").stdout == f"{NAME}: there is nothing to put together\n"
    assert asked == []
