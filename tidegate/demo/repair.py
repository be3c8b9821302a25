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


def repair(settings: Settings, phases: Phases) -> int:
    """Sends the letters of this cause again by the recipe; returns how many are resolved.

    Raises:
        TidegateError: a server does not answer, or refine has not taken what was sent.
    """
    with phases.phase("repair", f"sending dead letters of {Code.UNKNOWN_SCHEMA} again") as note:
        plan, _ = make_plan(settings, DATASET, LetterFilter(codes=(Code.UNKNOWN_SCHEMA,)), RECIPE, None)
        if not plan.letters:
            note.text = f"no dead letter of {Code.UNKNOWN_SCHEMA} to mend"
            return 0
        resolved = run_plan(settings, plan, Orders(default_actor())).progress().resolved
        note.text = (
            f"{resolved:,} of {len(plan.letters):,} dead letters of {Code.UNKNOWN_SCHEMA} are resolved: the recipe "
            f"{RECIPE} gave them the right schema id, and they were sent again"
        )
    return resolved
