"""What a replay wrote aside takes the place of the range's rows in the lake's silver table, in one commit."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import branch_files
from tidegate.clients.lake_replace import Replaced, Replacement, keep_rows, read_rows, replace_rows
from tidegate.clients.lake_rows import open_table, scan_rows, table_if_there
from tidegate.clients.replay_evidence import REPLAY_ID, about
from tidegate.clients.replay_notes import note_judged
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE
from tidegate.errors import TidegateError
from tidegate.proof.rows import Rows, among_places, concat, make_rows
from tidegate.replay.account import Account, Published, Verdicts, account
from tidegate.replay.bronze import bronze_places
from tidegate.replay.chosen import Staged, chosen
from tidegate.replay.judged import Added, added_verdicts
from tidegate.replay.lake_rows import LakeRows, columns_of, places, read
from tidegate.replay.range_plan import BRONZE, RangePlan
from tidegate.replay.row_range import RowRange
from tidegate.settings import Settings
from tidegate.sql.replay_lake import DROPPED, REJECTED, VERDICT


class UnaccountedError(TidegateError):
    """What was written aside is not the whole of the range, or more than that."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files to publish, what each raw record of the range has become, and what of that only ``added`` tells."""

    files: tuple[Any, ...]
    account: Account
    added: Added


def prepare(settings: Settings, stream: Stream, plan: RangePlan) -> Prepared:
    """Chooses the rows, and accounts for every raw record.

    Raises:
        UnaccountedError: a raw record has no verdict, or there is one on a record that raw does not have.
    """
    table = open_table(settings, plan.table)
    columns = columns_of(stream)
    with lake_errors(settings):
        files = branch_files(table, plan.aside.branch)
        parts = [read(read_rows(table, [file], columns), stream) for file in files]
    held = read(scan_rows(settings, table, columns), stream)
    within = plan.rows.of(held.rows, held.event_us)
    staged = _joined(parts)
    in_time = plan.rows.of(staged.rows, staged.event_us)
    timely = staged.where(in_time)
    marked = chosen(Staged(timely.rows, timely.arrived_us), held.rows.identity[~within], held.rows.where(within))
    now = timely.rows.where(marked)
    outside = held.rows.where(RowRange(plan.rows.spans).of(held.rows) & ~within)
    rejected, dropped = _others(settings, plan)
    found = account(
        _raw(settings, stream, plan),
        Verdicts(staged.rows, rejected, dropped),
        timely.rows,
        Published(held.rows.where(within), now),
    )
    _refuse_what_does_not_add_up(plan, found)
    with lake_errors(settings):
        kept = tuple(file for each, part in zip(files, parts, strict=True) for file in _kept(table, each, part, now))
    return Prepared(kept, found, added_verdicts(timely.rows, now, [staged.rows.where(~in_time), outside]))


def keep_evidence(settings: Settings, plan: RangePlan, added: Added) -> None:
    """Makes of the table that was written aside what the proof needs of the replay, once that is published."""
    times = None if plan.rows.times is None else asdict(plan.rows.times)
    note_judged(settings, plan.aside.table, added, about(plan.plan_id, plan.rows.spans, times))


def publish(settings: Settings, plan: RangePlan, files: tuple[Any, ...], now_ms: int) -> Replaced:
    """One commit, which is not made a second time.

    Raises:
        TidegateError: the table is not as it was planned.
        TransientError: the catalog does not answer, or others commit all the time.
    """
    table = open_table(settings, plan.table)
    replacement = Replacement(
        plan.rows.condition,
        files,
        plan.snapshot_id,
        (REPLAY_ID, plan.plan_id),
        {"tidegate.replay-actor": plan.actor, "tidegate.replay-at": str(now_ms)},
    )
    with lake_errors(settings):
        return replace_rows(table, replacement)


def _joined(parts: list[LakeRows]) -> LakeRows:
    none = np.zeros(0, np.int64)
    return LakeRows(
        concat([part.rows for part in parts]),
        np.concatenate([none, *(part.event_us for part in parts)]),
        np.concatenate([none, *(part.arrived_us for part in parts)]),
    )


def _kept(table: Any, file: Any, part: LakeRows, now: Rows) -> Iterator[Any]:
    """The file as it is where all of its rows are chosen; else what is left of it."""
    if among_places(part.rows, now).all():
        yield file
    else:
        yield from keep_rows(table, file, _is_among(now))


def _is_among(now: Rows) -> Callable[[Any], Any]:
    def keep(rows: Any) -> Any:
        return among_places(concat([make_rows(*_place(batch)) for batch in rows.to_batches()]), now)

    return keep


def _place(batch: Any) -> tuple[Any, Any]:
    found = places([batch])
    return found.partition, found.offset


def _others(settings: Settings, plan: RangePlan) -> tuple[Rows, Rows]:
    table = table_if_there(settings, plan.aside.table)
    if table is None:
        return make_rows(), make_rows()
    rejected, dropped = (
        places(scan_rows(settings, table, PLACE, f"{VERDICT} = '{verdict}'")) for verdict in (REJECTED, DROPPED)
    )
    return rejected, dropped


def _raw(settings: Settings, stream: Stream, plan: RangePlan) -> Rows:
    """Every record of the range: a transaction of a producer leaves offsets without one."""
    if plan.source == BRONZE:
        return bronze_places(settings, stream, plan.rows.spans)
    scan = Scan(settings, stream.contract.topic.name, dict(plan.rows.spans))
    return concat([make_rows(batch.partition, batch.offset) for batch in read_batches(scan)])


def _refuse_what_does_not_add_up(plan: RangePlan, found: Account) -> None:
    if not found.holds:
        wrong = [f"no verdict on {place}" for place in found.unaccounted] + [f"strange: {at}" for at in found.strange]
        raise UnaccountedError(
            f"the replay {plan.plan_id} does not account for every raw record: {', '.join(wrong)}.",
            remedy=f"Nothing was published; `tidegate replay run {plan.plan_id}` writes it aside anew. If it says this "
            "again, retention of raw may have overtaken it: make a new plan.",
        )
