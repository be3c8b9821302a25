"""Metrics of files: the days that loads have touched are counted once more, and replaced in the lake as a whole.

A step of its own behind the load, as that for search is: what is left of it is noted in the files' versions.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from tidegate.clients.audit import audited, new_action
from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import branch_files, drop_branch, is_published
from tidegate.clients.lake_replace import Replacement, keep_rows, replace_rows
from tidegate.clients.lake_rows import main_snapshot, open_table, rows_held, scan_rows, table_if_there
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import CHANGED_DAY, LAKE_PARTITIONS
from tidegate.contracts.naming import lake_figures, lake_table
from tidegate.errors import TidegateError
from tidegate.files.jobs import count_figures
from tidegate.files.load import load_turn
from tidegate.files.orders import plan_of
from tidegate.files.pieces import condition_of
from tidegate.files.to_index import Column, Due, due, noted, to_do_again
from tidegate.jobs.platform import platform_of
from tidegate.own_files import write_whole
from tidegate.settings import Settings
from tidegate.sql import file_metrics
from tidegate.sql.file_metrics import Counting

COUNTED: Column = "counted"
BRANCHES = "metrics-"
_MARK = "tidegate.files-metrics"
"""Property of the snapshots by which figures were published."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was done: days that were counted, and the figures that they have now, of all metrics."""

    days: int
    figures: int


def count_days(settings: Settings, dataset: Files, actor: str) -> Figures | None:
    """Counts what is left to count, of all loads; None if that is nothing, or the dataset has no metrics.

    Raises:
        TidegateError: a load is at work, or the job failed; figures are as they were.
        TransientError: a server does not answer; the same again goes on.
    """
    if not dataset.metrics:
        return None
    with load_turn(settings, dataset.name):
        versions = _with_days(settings, dataset, read_versions(settings, dataset.name))
        what = due(versions, COUNTED)
        if not what:
            return None
        counting = _counting(settings, dataset, versions, what)
        action = new_action("files count", dataset.name, actor, plan_id=counting.plan_id, detail=_told(counting.days))
        with audited(settings, action) as counts:
            figures = _count(settings, dataset, counting) if counting.days else 0
            days = {each.number: each.days for each in versions}
            change_versions(settings, dataset.name, lambda newest: _noted(newest, what, days))
            counts |= {"days": len(counting.days), "figures": figures}
        return Figures(len(counting.days), figures)


def count_again(settings: Settings, dataset: Files, day: date | None, actor: str) -> Figures | None:
    """The days of the loaded files of a date, or of all, once more: after a change of a metric.

    Raises:
        TidegateError: the dataset has no metrics; else as :func:`count_days`. TransientError: as :func:`count_days`.
    """
    if not dataset.metrics:
        raise TidegateError(f"{dataset.name} has no metrics.", remedy="They are SELECTs in its folder metrics/.")
    with load_turn(settings, dataset.name):
        change_versions(settings, dataset.name, lambda newest: to_do_again(newest, COUNTED, day, datetime.now(UTC)))
    return count_days(settings, dataset, actor)


def days_of(versions: Iterable[FileVersion], numbers: Collection[int]) -> tuple[date, ...]:
    """The days that these have, or had, rows of, in order."""
    texts = (each.days for each in versions if each.number in numbers and each.days)
    return tuple(sorted({date.fromisoformat(day) for text in texts for day in json.loads(text)}))


def _noted(newest: Iterable[FileVersion], what: Due, days: dict[int, str | None]) -> Iterator[FileVersion]:
    """With the days of each: once it is replaced, no row tells them."""
    return (replace(each, days=days[each.number]) for each in noted(newest, what, COUNTED, 1, datetime.now(UTC)))


def _with_days(settings: Settings, dataset: Files, versions: Iterable[FileVersion]) -> list[FileVersion]:
    """Those that an earlier Tidegate has loaded do not tell their days; their rows do."""
    return [
        replace(each, days=_days_in_silver(settings, dataset, each.number))
        if each.state == "loaded" and each.days is None
        else each
        for each in versions
    ]


def _days_in_silver(settings: Settings, dataset: Files, number: int) -> str:
    silver, found = open_table(settings, lake_table("silver", dataset.name)), set[date]()
    for batch in scan_rows(settings, silver, LAKE_PARTITIONS, condition_of([number])):
        columns = (batch[name].to_pylist() for name in LAKE_PARTITIONS)
        found |= {date(*parts) for parts in {*zip(*columns, strict=True)}}
    return json.dumps(sorted(day.isoformat() for day in found))


def _counting(settings: Settings, dataset: Files, versions: Iterable[FileVersion], what: Due) -> Counting:
    """Of the same states of files the same."""
    numbers = {*what.written, *what.gone}
    draft = Counting(dataset.name, "", "", days_of(versions, numbers))
    states = [each for each in versions if each.number in numbers]
    texts = file_metrics.job_sql(dataset, platform_of(dataset, settings), draft).texts
    plan_id = plan_of(dataset.name, texts, states)
    return replace(draft, plan_id=plan_id, branch=f"{BRANCHES}{plan_id}")


def _count(settings: Settings, dataset: Files, counting: Counting) -> int:
    if not (_is_published(settings, dataset, counting) or _is_aside(settings, dataset, counting)):
        _clear(settings, dataset)
        count_figures(settings, counting.plan_id, _stored(settings, counting))
        if not _is_aside(settings, dataset, counting):
            raise TidegateError(
                f"the job that counts the metrics of {dataset.name} has ended without all of its figures.",
                remedy="The rows are published, figures are as they were. Load again: they are counted anew.",
            )
    listed = ", ".join(f"'{day}'" for day in counting.days)
    days = f"{CHANGED_DAY} in ({listed})"
    for table in _tables(settings, dataset):
        _publish(settings, table, counting, days)
    _clear(settings, dataset)
    return sum(rows_held(settings, table, days).rows for table in _tables(settings, dataset))


def _publish(settings: Settings, table: Any, counting: Counting, days: str) -> None:
    """In one commit, done once: no reader sees a day of which figures are missing."""
    mark = (_MARK, counting.plan_id)
    with lake_errors(settings):
        files = branch_files(table, counting.branch)
        kept = [each for file in files for each in keep_rows(table, file, lambda rows: pc.is_valid(rows[CHANGED_DAY]))]
        if is_published(table, mark) is None:
            replace_rows(table, Replacement(days, tuple(kept), main_snapshot(table), mark))


def _is_published(settings: Settings, dataset: Files, counting: Counting) -> bool:
    """Whether every metric has its figures."""
    tables = [*_tables(settings, dataset)]
    with lake_errors(settings):
        published = [is_published(table, (_MARK, counting.plan_id)) is not None for table in tables]
    return len(tables) == len(dataset.metrics) and all(published)


def _is_aside(settings: Settings, dataset: Files, counting: Counting) -> bool:
    """Whether every metric's figures lie aside: a row without a day is beside them."""
    tables = [*_tables(settings, dataset)]
    with lake_errors(settings):
        return len(tables) == len(dataset.metrics) and all(
            any(file.partition[0] is None for file in branch_files(table, counting.branch)) for table in tables
        )


def _clear(settings: Settings, dataset: Files) -> None:
    for table in _tables(settings, dataset):
        with lake_errors(settings):
            for branch in [name for name in table.metadata.refs if name.startswith(BRANCHES)]:
                drop_branch(table, branch)


def _tables(settings: Settings, dataset: Files) -> Iterator[Any]:
    for metric in dataset.metrics:
        table = table_if_there(settings, lake_figures(dataset.name, metric.name))
        if table is not None:
            yield table


def _stored(settings: Settings, counting: Counting) -> Path:
    file = settings.home / "files" / counting.dataset / "metrics.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(file, counting.to_json())


def _told(days: Collection[date]) -> str:
    shown = ", ".join(day.isoformat() for day in sorted(days)[:10])
    return f"{len(days)} days: {shown}{' …' if len(days) > 10 else ''}"
