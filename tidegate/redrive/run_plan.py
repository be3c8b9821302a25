"""One run of a plan as every caller has it: alone for its dataset, and written into the audit record."""

from dataclasses import dataclass, field

from tidegate.clients.audit import audited, new_action
from tidegate.contracts.load import load_stream
from tidegate.dlq.turn import letters_turn
from tidegate.jobs.silver_versions import refuse_if_unswitched
from tidegate.redrive.document_run import DocumentRun
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.run import Run
from tidegate.redrive.running import Running, Stop, Tell
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Orders:
    """Who runs it, how fast, what may stop it, and who is told how far it is."""

    actor: str
    pace: Pace = field(default_factory=Pace)
    stop: Stop = lambda: False
    tell: Tell = lambda _: None


def run_plan(settings: Settings, plan: RedrivePlan, orders: Orders) -> Running:
    """The run, when it has ended; its audit record is written before and after.

    Raises:
        TidegateError: another redrive of the dataset or a decision is at work, or this one was cancelled; jobs write to
            another version of silver than the contract's, where nothing of what is sent would be found.
        TransientError: a server does not answer; what was done is in the ledger.
    """
    stream = load_stream(settings.schemas_dir, plan.dataset)
    refuse_if_unswitched(settings, stream.contract)
    counts = {"letters": len(plan.letters)}
    action = new_action("redrive", plan.dataset, orders.actor, plan_id=plan.plan_id, detail=plan.filters, counts=counts)
    with letters_turn(settings, plan.dataset), audited(settings, action) as done:
        made = DocumentRun if plan.is_of_documents else Run
        run = made(settings, stream, plan, orders.actor, orders.pace, orders.stop, orders.tell, action=action)
        found = run.carry_out()
        done.update(sent=run.sent, resolved=found.resolved, failed_again=found.failed_again, left=found.left)
        done.update(run.told)
    return run
