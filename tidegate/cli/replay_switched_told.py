"""What a switch to silver's next version is about to do, and how far it is, in words."""

from collections.abc import Iterator, Sequence

from tidegate.contracts.naming import output_topic
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.store import Status
from tidegate.replay.switch_steps import OF_SWITCH


def to_be_switched(plan: RangePlan) -> str:
    """What its user is asked to agree to."""
    new, old = (output_topic("silver", plan.dataset, plan.silver_version - back) for back in (0, 1))
    return (
        f"Jobs of {plan.dataset} go over from {old} to {new}, and stand still for a minute or more meanwhile; datasets "
        "that share them, twice for a start. Then there is no way back but another replay."
    )


def to_be_forgotten(lines: Sequence[str], status: Status) -> str:
    """What its user is asked to agree to."""
    proof = "" if status.proof_holds else f"The proof after the switch does not hold: {status.proof} "
    return f"{proof}This deletes for good {'; '.join(lines)}."


def switch_told(plan: RangePlan, status: Status) -> Iterator[str]:
    """Where jobs are: nothing before the first is stopped."""
    if status.state in OF_SWITCH:
        yield f"Jobs go over to them: `tidegate replay switch {plan.plan_id}` goes on with that."
    elif status.forgotten_at is not None:
        yield "Jobs use them; the topics of before are deleted."
    elif status.jobs:
        yield f"Jobs use them; the topics of before stay until `tidegate replay forget {plan.plan_id}`."
