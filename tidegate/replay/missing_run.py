"""A plan of what the proof finds missing, kept; and its run, which refines what of it still is."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tidegate.clients.audit import audited, new_action
from tidegate.clock import now_ms
from tidegate.errors import TidegateError
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.replay.missing import find_missing
from tidegate.replay.plan import Plan
from tidegate.replay.range_plan import SILVER_TARGET, Overwritten, RangePlan, new_plan_id
from tidegate.replay.row_range import RowRange
from tidegate.replay.run import run_plan
from tidegate.replay.store import DONE, WRITING, Status, status_to_go_on, store_status
from tidegate.replay.turn import Turn
from tidegate.settings import Settings


def plan_missing(settings: Settings, dataset: str, actor: str) -> RangePlan:
    """Made within a turn.

    Raises:
        TidegateError: nothing is missing, or it can't be told that an event is lost and nothing else.
        TransientError: a server does not answer.
    """
    found = find_missing(settings, dataset)
    if not found.count:
        raise TidegateError(f"nothing of {dataset} is missing.", remedy="There is nothing to refine again.")
    now = datetime.now(UTC)
    return RangePlan(
        plan_id=new_plan_id(now, secrets.token_hex(2)),
        dataset=dataset,
        target=SILVER_TARGET,
        created_at=int(now.timestamp() * 1000),
        actor=actor,
        asked="--missing",
        rows=RowRange(found.scope().spans or {}),
        events=found.count,
        expected_bytes=0,
        expected_s=None,
        snapshot_id=None,
        overwritten=Overwritten(0, 0, 0),
        notes=(f"{found.left:,} more are missing; plan again after this one.",) if found.left else (),
        offsets=found.offsets,
    )


def run_missing(settings: Settings, plan: RangePlan, actor: str, turn: Turn) -> Status:
    """Refines what of the plan still is missing, which the proof is asked again; then proves the dataset.

    Raises:
        TidegateError: the plan has ended, or as :func:`plan_missing` and :func:`run_plan`.
    """
    status = status_to_go_on(settings, plan.plan_id)
    with audited(settings, new_action("replay missing", plan.dataset, actor, plan_id=plan.plan_id)) as counts:
        still = both(plan, find_missing(settings, plan.dataset))
        counts["refined"] = still.count
        status = store_status(settings, plan.plan_id, replace(status, state=WRITING, started_at=now_ms()))
        if still.count:
            run_plan(settings, still, turn)
    report = prove(settings, plan.dataset, Scope(lake=False, index=False))
    return store_status(settings, plan.plan_id, _ended(status, report))


def both(plan: RangePlan, found: Plan) -> Plan:
    """What the plan names and is missing now."""
    planned: Mapping[int, tuple[int, ...]] = plan.offsets or {}
    return Plan(
        plan.dataset,
        {number: tuple(sorted({*offsets} & {*planned.get(number, ())})) for number, offsets in found.offsets.items()},
    )


def _ended(status: Status, report: ProofReport) -> Status:
    return replace(
        status, state=DONE, written_at=now_ms(), ended_at=now_ms(), proof=report.verdict(), proof_holds=report.holds
    )
