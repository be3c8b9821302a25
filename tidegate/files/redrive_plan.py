"""Makes a plan of letters of files: which of them are open, belong to a file that is loaded, and can be mended."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tidegate.clients.file_versions import read_versions
from tidegate.clients.ledger_some import read_states
from tidegate.clients.letters import read_letters
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.filter import Found, LetterFilter
from tidegate.dead_letters.ledger import State
from tidegate.files.mending import Mending
from tidegate.redrive.fix import NotFixed
from tidegate.redrive.make import new_plan, read_recipe
from tidegate.redrive.plan import RedrivePlan, store
from tidegate.redrive.recipe import Recipe
from tidegate.redrive.script import Script
from tidegate.redrive.select import Chosen, none_is_meant, planned_letter, require_sendable, state_refusal
from tidegate.settings import Settings


def make_plan_of_rows(
    settings: Settings, dataset: Files, wanted: LetterFilter, recipe: str | None, actor: str | None
) -> tuple[RedrivePlan, Chosen]:
    """The plan, which is kept if it has a letter, and how its letters were chosen.

    Raises:
        TidegateError: no such recipe, one that does not fit or means no letter, or a state that no letter is sent from.
        TransientError: a server is out of reach.
    """
    found = None if recipe is None else read_recipe(dataset, recipe)
    chosen = choose_rows(settings, dataset, wanted, None if found is None else found.steps)
    plan = new_plan(dataset.name, wanted, found, actor, chosen.letters)
    if plan.letters:
        store(settings, plan)
    return plan, chosen


def choose_rows(settings: Settings, dataset: Files, wanted: LetterFilter, recipe: Recipe | Script | None) -> Chosen:
    """The letters that ``wanted`` means, open ones where it names no state, whose rows can be loaded again.

    Raises:
        TidegateError, TransientError: as :func:`make_plan_of_rows`.
    """
    states = frozenset(wanted.states or (State.OPEN,))
    require_sendable(states)
    mending = Mending(settings, dataset, read_versions(settings, dataset.name), recipe)
    chosen, unmatched = Chosen(), 0
    for found, state in _with_states(settings, dataset, wanted):
        refused = state_refusal(state, states)
        row = NotFixed(refused) if refused else mending.row(found.letter)
        if isinstance(row, NotFixed):
            unmatched += row.kind == "unmatched"
            chosen.refused[row.reason] += 1
            continue
        chosen.letters.append(planned_letter(found.place, found.letter))
        chosen.causes[found.letter["stage"], found.letter["error_code"]] += 1
    if unmatched and unmatched == chosen.refused.total() and not chosen.letters:
        raise none_is_meant(unmatched)
    return chosen


def _with_states(settings: Settings, dataset: Files, wanted: LetterFilter) -> Iterator[tuple[Found, State]]:
    state_of = read_states(settings, dataset.name)
    for found in read_letters(settings, dataset.name, replace(wanted, states=())):
        letter: dict[str, Any] = found.letter
        yield found, state_of.get(letter["dead_letter_id"], State.OPEN)
