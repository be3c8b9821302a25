"""The proof of a range that was made again: the whole proof of what raw has; of what bronze has, its rows alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.load import load_stream
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.rows import Rows, among_places, fingerprints, identities_repeated
from tidegate.replay.bronze import bronze_places
from tidegate.replay.lake_rows import columns_of, read
from tidegate.replay.range_plan import BRONZE, RangePlan
from tidegate.replay.sources import raw_has_some
from tidegate.replay.store import Status
from tidegate.replay.targets import INDEX, LAKE
from tidegate.settings import Settings

_NO_RAW = (
    "Nothing of the lake's rows is proved: retention has removed all of the range from raw since it was planned. It "
    "was accounted for before the commit; a plan of the same range with `--source bronze` makes and proves it again."
)


class RangeProof(NamedTuple):
    """The verdict for people, and whether it holds."""

    text: str
    holds: bool


def prove_range(settings: Settings, plan: RangePlan, status: Status) -> RangeProof:
    """Of what the replay has written, as its status says.

    Raises:
        TidegateError: as ``prove``.
        TransientError: a server does not answer.
    """
    stream = load_stream(settings.schemas_dir, plan.dataset)
    found = [_against_bronze(settings, stream, plan, status.counts)] if plan.source == BRONZE else []
    if raw_has_some(settings, stream, plan.rows.spans):
        report = prove(settings, plan.dataset, scope_of(plan))
        found.append(RangeProof(report.verdict(), report.holds))
    else:
        found += _without_topics(plan, status)
    return RangeProof("\n".join(each.text for each in found), all(each.holds for each in found))


def scope_of(plan: RangePlan) -> Scope:
    """Its offsets, in the topics and in what was written."""
    bounds = [",".join(f"{number}:{span[side]}" for number, span in sorted(plan.rows.spans.items())) for side in (0, 1)]
    return Scope(start=bounds[0], end=bounds[1], lake=True, index=INDEX in plan.targets)


def faults_of(held: Rows, silver: Rows, within: Mask, expected: int, doubled: int = 0) -> list[str]:
    """What is wrong with ``silver``, all rows of the table, of which ``within`` are the range's; ``held``: of bronze.

    ``expected``: how many rows of the range there are to be; ``doubled``: how many of them are there twice.
    """
    ours = silver.where(within)
    elsewhere = int((identities_repeated(silver) & within).sum())
    strange = int((~among_places(ours, held)).sum())
    found = {
        f"{len(ours):,} rows, and {expected:,} were published": len(ours) - expected,
        f"{doubled:,} rows twice": doubled,
        f"{elsewhere:,} rows of events that the table has from another record": elsewhere,
        f"{strange:,} rows of no record": strange,
    }
    return [text for text, wrong in found.items() if wrong]


def doubled_rows(batches: Iterable[Sequence[Mapping[str, object]]]) -> int:
    """How many rows, of their place and what tells the rows of a record apart, were there before."""
    parts = [fingerprints(str([*row.values()]).encode() for row in batch) for batch in batches]
    found = np.concatenate([np.zeros((0, 2), np.uint64), *parts])
    return len(found) - len(np.unique(found, axis=0))


def _against_bronze(settings: Settings, stream: Stream, plan: RangePlan, counts: Mapping[str, int]) -> RangeProof:
    held = bronze_places(settings, stream, plan.rows.spans)
    table = open_table(settings, plan.table)
    silver = read(scan_rows(settings, table, columns_of(stream)), stream)
    within = plan.rows.of(silver.rows, silver.event_us)
    columns = tuple(dict.fromkeys([*PLACE, *stream.contract.row_identity]))
    batches = scan_rows(settings, table, columns, plan.rows.condition)
    doubled = doubled_rows(batch.to_pylist() for batch in batches)
    faults = faults_of(held, silver.rows, within, counts["rows_now"], doubled)
    if faults:
        return RangeProof(f"Against bronze the range does not hold: {'; '.join(faults)}.", False)
    return RangeProof(
        f"Against bronze the range holds: each of its {len(held):,} records has one verdict, and the table has the "
        f"{counts['rows_now']:,} rows of those that passed.",
        True,
    )


def _without_topics(plan: RangePlan, status: Status) -> list[RangeProof]:
    """What is left to say of a range that raw has no more; of what bronze has, its rows are proved."""
    found = []
    if LAKE in plan.targets and plan.source != BRONZE:
        found.append(RangeProof(_NO_RAW, False))
    if INDEX in plan.targets:
        found.append(_by_numbers(status))
    return found


def _by_numbers(status: Status) -> RangeProof:
    """Of an index whose topics are gone."""
    rows, written = status.documents["rows"], status.documents["written"]
    return RangeProof(
        f"The topics have nothing of the range: the index has {written:,} documents for {rows:,} rows.",
        rows == written,
    )
