"""How far a plan is, and its end from elsewhere."""

from tidegate.clients.audit import Action, audited, new_action
from tidegate.contracts.load import load_stream
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.planned import ledger_of
from tidegate.redrive.progress import Progress, progress
from tidegate.redrive.run import Run
from tidegate.redrive.send import Sender
from tidegate.settings import Settings


def status_of(settings: Settings, plan: RedrivePlan) -> Progress:
    """What the ledger says of the plan's letters.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    return progress(plan, ledger_of(settings, plan))


def cancel_plan(settings: Settings, plan: RedrivePlan, actor: str) -> Progress:
    """Ends the run of the plan's dataset, wherever it is, and settles what refine has passed.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    action = new_action("redrive cancel", plan.dataset, actor, plan_id=plan.plan_id)
    with audited(settings, action) as counts:
        # To become the dataset's redriver is to end whoever was.
        found = _fenced(settings, plan) if plan.is_of_documents else _settled(settings, plan, action)
        counts.update(resolved=found.resolved, failed_again=found.failed_again, left=found.left)
    return found


def _settled(settings: Settings, plan: RedrivePlan, action: Action) -> Progress:
    stream = load_stream(settings.schemas_dir, plan.dataset)
    run = Run(settings, stream, plan, action.actor, Pace(wait_s=0.0), action=action)
    run.settle()
    return run.progress()


def _fenced(settings: Settings, plan: RedrivePlan) -> Progress:
    """A document is there or not: nothing is in flight."""
    Sender(settings, plan.dataset)
    return status_of(settings, plan)
