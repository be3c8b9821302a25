"""Which letters a redrive takes: those that a filter means, if they may be sent and can be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tidegate.clients.ledger_some import read_states
from tidegate.clients.letters import read_letters
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.filter import Found, LetterFilter
from tidegate.dead_letters.ledger import Place, State
from tidegate.errors import TidegateError
from tidegate.redrive.documents import document_of, is_of_document
from tidegate.redrive.fix import Fixer, NotFixed, fixer_of
from tidegate.redrive.in_silver import Identities, silver_places
from tidegate.redrive.plan import PlannedLetter
from tidegate.redrive.recipe import Recipe
from tidegate.redrive.refusal import refusal
from tidegate.redrive.script import Script
from tidegate.settings import Settings

SENDABLE = frozenset({State.OPEN, State.PARKED})
"""The states that a letter is sent again from; parked ones only where they are asked for."""


DOCUMENTS = "their documents go to OpenSearch alone: plan them by --stage index"
IN_SILVER = "its identity is in silver already: `tidegate dlq settle` resolves it"


@dataclass
class Chosen:
    """The letters of a plan to be. ``causes`` counts those that may be sent, ``refused`` the others by the reason."""

    letters: list[PlannedLetter] = field(default_factory=list)
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Documents:
    """Of the letters that are meant, those of documents: they go to OpenSearch alone, by a plan of their own."""

    def __init__(self, stream: Stream, state_of: Mapping[str, State], states: frozenset[State]) -> None:
        self._stream = stream
        self._state_of = state_of
        self._states = states
        self._found = Chosen()

    def set_aside(self, letters: Iterable[Found]) -> Iterator[Found]:
        """The other letters."""
        for found in letters:
            if is_of_document(found.letter):
                self._add(found)
            else:
                yield found

    def with_records(self, chosen: Chosen, *, has_recipe: bool) -> Chosen:
        """What the plan takes: records, if there are any, else documents.

        Raises:
            TidegateError: a recipe is given for documents.
        """
        found = self._found
        chosen.refused += found.refused
        if chosen.letters and found.letters:
            chosen.refused[DOCUMENTS] += len(found.letters)
        if chosen.letters or not found.letters:
            return chosen
        if has_recipe:
            raise TidegateError(
                "a document goes to OpenSearch as it is: a recipe mends records.",
                remedy="Mend the mapping, and plan without --recipe.",
            )
        return Chosen(found.letters, found.causes, chosen.refused)

    def _add(self, found: Found) -> None:
        place, letter = found
        state = self._state_of.get(letter["dead_letter_id"], State.OPEN)
        document = document_of(self._stream, letter)
        reason = state_refusal(state, self._states) or (document.reason if isinstance(document, NotFixed) else "")
        if reason:
            self._found.refused[reason] += 1
            return
        self._found.letters.append(planned_letter(place, letter))
        self._found.causes[letter["stage"], letter["error_code"]] += 1


def choose(settings: Settings, stream: Stream, wanted: LetterFilter, recipe: Recipe | Script | None) -> Chosen:
    """The letters that ``wanted`` means; open ones, where it names no state.

    Raises:
        TidegateError: a state is asked for that no letter is sent from, or the recipe means none of the letters.
    """
    states = wanted.states or (State.OPEN,)
    require_sendable(states)
    state_of = read_states(settings, stream.name)
    fixer, identities, chosen = fixer_of(settings, stream, recipe), Identities(settings, stream), Chosen()
    documents = Documents(stream, state_of, frozenset(states))
    letters = documents.set_aside(read_letters(settings, stream.name, replace(wanted, states=())))
    is_meant = False
    for planned, letter in sort_out(letters, state_of, states, fixer, chosen):
        sent = fixer(letter)
        is_meant = is_meant or not isinstance(sent, NotFixed) or sent.kind != "unmatched"
        identities.add(letter, None if isinstance(sent, NotFixed) else sent)
        chosen.letters.append(planned)
        chosen.causes[letter["stage"], letter["error_code"]] += 1
    if chosen.letters and not is_meant:
        raise none_is_meant(len(chosen.letters))
    leave_out_what_is_in_silver(chosen, silver_places(settings, stream, identities))
    return documents.with_records(chosen, has_recipe=recipe is not None)


def none_is_meant(letters: int) -> TidegateError:
    """The error that a recipe means none of so many letters."""
    return TidegateError(
        f"the recipe means none of the {letters:,} letters.",
        remedy="Compare its `when` with stage, code, rule and fields of `tidegate dlq list`.",
    )


def leave_out_what_is_in_silver(chosen: Chosen, places: Mapping[int, Place]) -> None:
    """Takes letters out, by their number, whose identity silver has: refine may know it no more, and double the row."""
    if places:
        chosen.letters = [letter for number, letter in enumerate(chosen.letters) if number not in places]
        chosen.refused[f"{IN_SILVER}, the first from {places[min(places)]}"] = len(places)


def require_sendable(states: Iterable[State]) -> None:
    """Makes sure that letters of these states may be sent.

    Raises:
        TidegateError: of one of them they may not.
    """
    for state in states:
        if state not in SENDABLE:
            raise TidegateError(
                f"letters that are {state} are not sent again.",
                remedy="Redrive those that are open, or parked: --state parked.",
            )


def sort_out(
    letters: Iterable[Found], state_of: Mapping[str, State], states: Iterable[State], fixer: Fixer, chosen: Chosen
) -> Iterator[tuple[PlannedLetter, dict[str, Any]]]:
    """Those that may be sent; why the others may not is counted in ``chosen``."""
    wanted = frozenset(states)
    for place, letter in letters:
        reason = _refusal(letter, state_of.get(letter["dead_letter_id"], State.OPEN), wanted, fixer)
        if reason:
            chosen.refused[reason] += 1
            continue
        yield planned_letter(place, letter), letter


def planned_letter(place: Place, letter: Mapping[str, Any]) -> PlannedLetter:
    """The letter at a place, as a plan has it."""
    source = letter["source"]
    failed = Place(source["topic"], source["partition"], source["offset"])
    return PlannedLetter(letter["dead_letter_id"], place, failed, letter["stage"], letter["attempt"])


def state_refusal(state: State, wanted: frozenset[State]) -> str:
    """Why a letter in this state is not sent; empty if it may be."""
    if state in wanted:
        return ""
    return f"it is {state}" + (": add --state parked" if state is State.PARKED else "")


def _refusal(letter: Mapping[str, Any], state: State, wanted: frozenset[State], fixer: Fixer) -> str:
    """Why a letter is not sent; empty if it is."""
    refused = state_refusal(state, wanted) or refusal(letter)
    if refused:
        return refused
    arrived = fixer.arrived(letter)
    return arrived.reason if isinstance(arrived, NotFixed) else ""
