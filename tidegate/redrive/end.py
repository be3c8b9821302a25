"""How far a plan is, and its end from elsewhere."""

from tidegate.clients.audit import audited, new_action
from tidegate.clients.ledger import read_ledger
from tidegate.contracts.load import load_stream
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.progress import Progress, progress
from tidegate.redrive.run import Run
from tidegate.settings import Settings


def status_of(settings: Settings, plan: RedrivePlan) -> Progress:
    """What the ledger says of the plan's letters.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    return progress(plan, read_ledger(settings, plan.dataset))


def cancel_plan(settings: Settings, plan: RedrivePlan, actor: str) -> Progress:
    """Ends the run of the plan's dataset, wherever it is, and settles what refine has passed.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    stream = load_stream(settings.schemas_dir, plan.dataset)
    with audited(settings, new_action("redrive cancel", plan.dataset, actor, plan_id=plan.plan_id)) as counts:
        # To become the dataset's redriver is to end whoever was.
        run = Run(settings, stream, plan, actor, Pace(wait_s=0.0))
        run.settle()
        found = run.progress()
        counts.update(resolved=found.resolved, failed_again=found.failed_again, left=found.left)
    return found
