"""Removes what is too old, place by place; each step is whole, and found done by whoever begins again after a crash.

First rows, then values of those that stay, then the snapshots that still reach both, with their files.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tidegate.clients.audit import audited, new_action
from tidegate.clients.index_retention import remove_indices, remove_values
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.clients.lake_archive import Archive
from tidegate.clients.lake_days import DayHeld, drop_days
from tidegate.clients.lake_erase import erase
from tidegate.clients.s3 import place_of
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files, Stream
from tidegate.contracts.naming import lake_table
from tidegate.dlq.turn import letters_turn
from tidegate.files.load import load_turn
from tidegate.replay.turn import replay_turn
from tidegate.retention.look import lake_places
from tidegate.retention.past import Left, left_behind, let_go
from tidegate.retention.policy import due, personal_fields
from tidegate.retention.survey import Survey
from tidegate.search.mapping import alias
from tidegate.settings import Settings

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Done:
    """What was removed of one place; ``what`` in words, ``counts`` by what they count."""

    place: str
    what: str
    counts: dict[str, int]


@dataclass(slots=True)
class Report:
    """Of one dataset: what was done, and what earlier states of the lake's tables still have of it."""

    dataset: str
    done: list[Done] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """For JSON, with stable keys."""
        done = [{"place": each.place, "what": each.what, **each.counts} for each in self.done]
        return {"dataset": self.dataset, "done": done, "left": [each.facts() for each in self.left]}


@dataclass(frozen=True, slots=True)
class Order:
    """How it is wanted: ``keep_days`` is for how long earlier states of tables stay readable."""

    keep_days: int
    actor: str | None = None


def apply(settings: Settings, stream: Stream, planned: Survey, order: Order, tell: Tell) -> Report:
    """Carries out what was planned, and what has become as old since.

    Raises:
        TidegateError: a replay, or a redrive or a load of the dataset, is at work.
        TransientError: a server is out of reach; what is done stays done.
    """
    report = Report(stream.name)
    with ExitStack() as stack:
        stack.enter_context(replay_turn(settings))
        stack.enter_context(letters_turn(settings, stream.name))
        if isinstance(stream, Files):
            stack.enter_context(load_turn(settings, stream.name))
        action = new_action("retention", stream.name, order.actor, detail=f"days before: {_befores(planned)}")
        counts = stack.enter_context(audited(settings, action))
        for done in _steps(settings, stream, planned):
            report.done.append(done)
            for what, count in done.counts.items():
                counts[f"{done.place} {what}"] = counts.get(f"{done.place} {what}", 0) + count
            tell(f"{done.place}: {done.what}")
        names = [name for _, name, _, _ in lake_places(stream)]
        for went in let_go(settings, names, order.keep_days, now_ms()):
            report.done.append(
                Done(went.table, f"{went.files:,} files of earlier states deleted", {"files": went.files})
            )
            counts[f"{went.table} files"] = went.files
            tell(f"{went.table}: {went.files:,} files of earlier states deleted")
        report.left += left_behind(settings, names, now_ms())
    return report


def _steps(settings: Settings, stream: Stream, planned: Survey) -> Iterator[Done]:
    catalog = open_catalog(settings)
    with lake_errors(settings):
        yield from _rows(settings, catalog, stream, planned.today)
    yield from _indices(settings, planned)
    with lake_errors(settings):
        yield from _values(catalog, stream, planned.today)
    yield from _fields(settings, stream, planned.today)


def _rows(settings: Settings, catalog: Any, stream: Stream, today: date) -> Iterator[Done]:
    for kind, name, limit, part in lake_places(stream):
        table = find_table(catalog, name)
        if table is None:
            continue
        archive = _archive(settings, stream, table) if kind == "silver" else None
        gone = drop_days(table, limit.before(today), part, archive.take if archive else None)
        if gone:
            yield _gone(name, gone, archive)


def _archive(settings: Settings, stream: Stream, table: Any) -> Archive | None:
    """Of rows alone: bytes hold personal values."""
    if settings.lake_archive is None:
        return None
    paths = [path for personal in personal_fields(stream) for path in personal.paths]
    return Archive(settings, place_of(settings.lake_archive), table, paths)


def _gone(name: str, gone: Sequence[DayHeld], archive: Archive | None) -> Done:
    rows, size = sum(each.rows for each in gone), sum(each.bytes for each in gone)
    days = f"{gone[0].day} to {gone[-1].day}" if len(gone) > 1 else f"{gone[0].day}"
    what, counts = (
        f"{rows:,} rows of {len(gone):,} days removed ({days})",
        {"days": len(gone), "rows": rows, "bytes": size},
    )
    if archive is not None:
        what, counts["files archived"] = f"{what}, {archive.files:,} files copied to {archive.root.uri}", archive.files
    return Done(name, what, counts)


def _indices(settings: Settings, planned: Survey) -> Iterator[Done]:
    for shelf in planned.shelves:
        if shelf.kind == "index" and shelf.doomed:
            names = [piece.name for piece in shelf.doomed]
            remove_indices(settings, shelf.name, names, shelf.before)
            documents = sum(piece.rows for piece in shelf.doomed)
            what = f"{len(names):,} indices with {documents:,} documents deleted ({', '.join(names[:3])}"
            what += ", …)" if len(names) > 3 else ")"
            yield Done(shelf.name, what, {"indices": len(names), "documents": documents})


def _values(catalog: Any, stream: Stream, today: date) -> Iterator[Done]:
    name = lake_table("silver", stream.name)
    wanted, table = due(personal_fields(stream), today), find_table(catalog, name)
    if table is None or not wanted:
        return
    for each in erase(table, wanted):
        what = f"{', '.join(each.paths)} emptied in the rows of {each.day} ({each.rows:,} written anew)"
        yield Done(name, what, {"rows rewritten": each.rows})


def _fields(settings: Settings, stream: Stream, today: date) -> Iterator[Done]:
    if stream.contract.index is None:
        return
    name, time = alias(stream.contract), stream.contract.event_time.column
    for path, before in due(personal_fields(stream), today).items():
        if count := remove_values(settings, name, path, (time, before)):
            yield Done(name, f"{path} taken out of {count:,} documents", {"documents changed": count})


def _befores(planned: Survey) -> str:
    places = [f"{shelf.name} {shelf.before}" for shelf in planned.shelves]
    return ", ".join([*places, *(f"{each.personal.field} {each.before}" for each in planned.emptied)])
