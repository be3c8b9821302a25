"""Makes a plan: chooses the letters, reads the recipe, and keeps both."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tidegate.clients.audit import default_actor
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.filter import LetterFilter
from tidegate.redrive.plan import PlannedLetter, RedrivePlan, new_plan_id, store
from tidegate.redrive.recipe import Recipe, parse_recipe
from tidegate.redrive.recipe_check import require_fitting
from tidegate.redrive.recipe_files import find_recipe
from tidegate.redrive.script import Script
from tidegate.redrive.select import Chosen, choose
from tidegate.settings import Settings


class RecipeFile(NamedTuple):
    """A recipe as it lies in its file, and what it says."""

    name: str
    text: str
    steps: Recipe | Script


def make_plan(
    settings: Settings, dataset: str, wanted: LetterFilter, recipe: str | None, actor: str | None
) -> tuple[RedrivePlan, Chosen]:
    """The plan, which is kept if it has a letter, and how its letters were chosen.

    Raises:
        TidegateError: no such dataset or recipe, one that does not fit, or a state that no letter is sent from.
    """
    stream = load_stream(settings.schemas_dir, dataset)
    found = None if recipe is None else read_recipe(stream, recipe)
    chosen = choose(settings, stream, wanted, None if found is None else found.steps)
    plan = new_plan(dataset, wanted, found, actor, chosen.letters)
    if plan.letters:
        store(settings, plan)
    return plan, chosen


def read_recipe(stream: Stream, name_or_path: str) -> RecipeFile:
    """A recipe that fits the dataset.

    Raises:
        TidegateError: there is none of this name, or it does not fit.
    """
    name, text = find_recipe(stream.folder, name_or_path)
    steps = parse_recipe(text, name)
    require_fitting(stream, steps, name)
    return RecipeFile(name, text, steps)


def new_plan(
    dataset: str, wanted: LetterFilter, recipe: RecipeFile | None, actor: str | None, letters: Sequence[PlannedLetter]
) -> RedrivePlan:
    """A plan that is made now, and not kept yet."""
    now = datetime.now(UTC)
    return RedrivePlan(
        plan_id=new_plan_id(dataset, now, secrets.token_bytes(8)),
        dataset=dataset,
        created_at=int(now.timestamp() * 1000),
        actor=actor or default_actor(),
        filters=str(wanted),
        recipe=None if recipe is None else recipe.text,
        recipe_name=None if recipe is None else recipe.name,
        letters=tuple(letters),
    )


def plan_facts(plan: RedrivePlan, chosen: Chosen | None = None) -> dict[str, Any]:
    """A plan for machines, without its letters; ``chosen``: also how they were chosen."""
    facts = {
        "plan": plan.plan_id,
        "dataset": plan.dataset,
        "made": made_at(plan),
        "actor": plan.actor,
        "filters": plan.filters,
        "recipe": plan.recipe_name,
        "letters": len(plan.letters),
        "hash": plan.hash,
    }
    if chosen is None:
        return facts
    causes = [{"stage": stage, "code": code, "letters": count} for (stage, code), count in chosen.causes.items()]
    return facts | {"causes": causes, "not_taken": dict(chosen.refused)}


def made_at(plan: RedrivePlan) -> str:
    """When it was made."""
    return datetime.fromtimestamp(plan.created_at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
