"""What a replay is about to do, and what became of it, in words."""

from collections.abc import Iterator, Mapping

from tidegate.cli.replay_switched_told import switch_told
from tidegate.contracts.naming import events_alias, output_topic
from tidegate.replay.account import counts_of
from tidegate.replay.next_topics import VERSIONED
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import CANCELLED, FILLED, Status
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
    if plan.silver is not None:
        told.append(f"{' and '.join(next_names(plan))} will be made and filled, and nothing is switched to them.")
    return " ".join(told)


def next_names(plan: RangePlan) -> list[str]:
    """The topics of silver's next version, of a plan that fills them; else none."""
    if plan.silver is None:
        return []
    return [output_topic(output, plan.dataset, plan.silver.version) for output in VERSIONED]


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
    if any(status.letters.values()):
        yield letters_told(status.letters)
    if status.proof:
        yield status.proof
    if status.state != CANCELLED and plan.silver is not None:
        yield from _filled_told(plan, status)
        yield from switch_told(plan, status)


def _filled_told(plan: RangePlan, status: Status) -> Iterator[str]:
    silver, dropped = next_names(plan)
    if counts := status.filled:
        left_out = f" {counts['left_out']:,} records that can't be read were left out." if counts["left_out"] else ""
        yield (
            f"Filled: {silver} has {counts['rows']:,} rows, {counts['of_range']:,} of them the lake's of the range, "
            f"and {dropped} has {counts['marks']:,} marks of dropped records.{left_out}"
        )
    if status.state == FILLED:
        yield (
            f"Nothing reads them yet. To switch: set `silver: {{version: {plan.silver_version}}}` in contract.yaml of "
            f"{plan.dataset}, then type `tidegate replay switch {plan.plan_id}`. Or `tidegate replay cancel "
            f"{plan.plan_id}`, which deletes them."
        )
    elif status.proof_holds is False and not status.jobs:
        yield (
            "Silver's next topics are not filled before the proof holds: see what it names, then "
            f"`tidegate replay run {plan.plan_id}` again."
        )


def documents_told(counts: Mapping[str, int]) -> str:
    """Of ``documents`` in a replay's state."""
    refused = counts["rows"] - counts["written"]
    return (
        f"Documents: {counts['written']:,} written for {counts['rows']:,} rows of the lake, "
        f"{counts['removed']:,} removed that have no row there any more."
        + (f" OpenSearch has refused {refused:,}: see the dead letters of stage index." if refused > 0 else "")
    )


def letters_told(counts: Mapping[str, int]) -> str:
    """Of ``letters`` in a replay's state."""
    return (
        f"Dead letters: {counts['lettered']:,} records that are rejected now had none and got one; "
        f"{counts['resolved']:,} are resolved, as their records pass, repeat another or are dropped now."
        + (f" {counts['reopened']:,} that a replay before had resolved are open again." if counts["reopened"] else "")
    )


def cancelled(plan: RangePlan, status: Status) -> str:
    """What one that was cancelled has changed, and how to go on."""
    published = status.snapshot_id is not None
    lake = f"the rows published as snapshot {status.snapshot_id} stay" if published else f"{plan.table} is as it was"
    told = [lake] if LAKE in plan.targets else []
    if INDEX in plan.targets and status.filling is not None:
        told.append("so do the documents of the index")
    elif INDEX in plan.targets:
        begun = status.index_started_at is not None
        removed = "some may be removed" if status.documents else "none was removed"
        told.append(
            f"some documents of the index may be written already, and {removed}" if begun else "the index is as it was"
        )
        if begun or published:
            told.append("plan the same range with `--target index` to bring the index to what the lake has")
    if status.filling is not None:
        told.append(f"{' and '.join(next_names(plan))} are deleted")
    return f"The replay {plan.plan_id} is cancelled: {'; '.join(told)}."
