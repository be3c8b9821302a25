"""What a replay is about to do, and what became of it, in words."""

from collections.abc import Iterator, Mapping

from tidegate.contracts.naming import events_alias
from tidegate.replay.account import counts_of
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import CANCELLED, Status
from tidegate.replay.targets import INDEX, LAKE


def to_be_replaced(plan: RangePlan) -> str:
    """What its user is asked to agree to."""
    over, told = plan.overwritten, []
    if LAKE in plan.targets:
        told.append(
            f"{over.rows:,} rows of {plan.table} will be replaced by what the code as it is now makes of "
            f"{plan.events:,} raw records."
        )
    if INDEX in plan.targets:
        told.append(
            f"{over.documents or 0:,} documents of {events_alias(plan.dataset)} will be replaced by those of the "
            "lake's rows, or removed."
        )
    return " ".join(told)


def result(plan: RangePlan, status: Status) -> Iterator[str]:
    """What a replay has done, as far as it has: a line each."""
    if status.state == CANCELLED:
        yield cancelled(plan, status)
    elif status.snapshot_id is not None:
        yield f"Published as snapshot {status.snapshot_id} of {plan.table}."
    if status.counts:
        yield counts_of(status.counts)
    if status.documents:
        yield documents_told(status.documents)
    if status.proof:
        yield status.proof


def documents_told(counts: Mapping[str, int]) -> str:
    """Of ``documents`` in a replay's state."""
    refused = counts["rows"] - counts["written"]
    return (
        f"Documents: {counts['written']:,} written for {counts['rows']:,} rows of the lake, "
        f"{counts['removed']:,} removed that have no row there any more."
        + (f" OpenSearch has refused {refused:,}: see the dead letters of stage index." if refused > 0 else "")
    )


def cancelled(plan: RangePlan, status: Status) -> str:
    """What one that was cancelled has changed, and how to go on."""
    published = status.snapshot_id is not None
    lake = f"the rows published as snapshot {status.snapshot_id} stay" if published else f"{plan.table} is as it was"
    told = [lake] if LAKE in plan.targets else []
    if INDEX in plan.targets:
        begun = status.index_started_at is not None
        removed = "some may be removed" if status.documents else "none was removed"
        told.append(
            f"some documents of the index may be written already, and {removed}" if begun else "the index is as it was"
        )
        if begun or published:
            told.append("plan the same range with `--target index` to bring the index to what the lake has")
    return f"The replay {plan.plan_id} is cancelled: {'; '.join(told)}."
