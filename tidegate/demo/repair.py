"""One cause of dead letters mended: what a producer with a wrong schema id has sent comes in after all."""

from tidegate.clients.audit import default_actor
from tidegate.dead_letters.codes import Code
from tidegate.dead_letters.filter import LetterFilter
from tidegate.demo.options import DATASET
from tidegate.demo.phases import Phases
from tidegate.redrive.make import make_plan
from tidegate.redrive.run_plan import Orders, run_plan
from tidegate.settings import Settings

RECIPE = "wrong_schema_id"
"""In the dataset's folder."""


def repair(settings: Settings, phases: Phases) -> dict[int, int]:
    """Sends the letters of this cause again by the recipe; returns the offset behind the last copy of each partition.

    Raises:
        TidegateError: a server does not answer, or refine has not taken what was sent.
    """
    with phases.phase("repair", f"sending dead letters of {Code.UNKNOWN_SCHEMA} again") as note:
        plan, _ = make_plan(settings, DATASET, LetterFilter(codes=(Code.UNKNOWN_SCHEMA,)), RECIPE, None)
        if not plan.letters:
            note.text = f"no dead letter of {Code.UNKNOWN_SCHEMA} to mend"
            return {}
        run = run_plan(settings, plan, Orders(default_actor()))
        done = (
            f"{run.progress().resolved:,} of {len(plan.letters):,} dead letters of {Code.UNKNOWN_SCHEMA} are resolved"
        )
        note.text = f"{done}: the recipe {RECIPE} gave them the right schema id, and they were sent again"
    copies = [entry.copy for entry in run.ledger.values() if entry.copy and entry.plan_id == plan.plan_id]
    return {copy.partition: copy.offset + 1 for copy in sorted(copies, key=lambda copy: copy.offset)}
