"""Who changes the states of a dataset's letters on this machine: one redrive or decision at a time."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from tidegate.clients.ledger_some import read_states
from tidegate.dead_letters.ledger import State
from tidegate.own_files import one_at_a_time
from tidegate.settings import Settings

FOLDER = "redrives"
"""Of the home folder: plans, what runs keep beside them, and the locks."""


@contextmanager
def letters_turn(settings: Settings, dataset: str) -> Iterator[None]:
    """Alone on this machine; a redrive on another is seen to by the broker, a decision there is not.

    Raises:
        TidegateError: another is at work.
    """
    with one_at_a_time(
        settings.home / FOLDER / f"{dataset}.lock",
        f"a redrive of {dataset} or a decision on its letters is at work.",
        remedy="Let it end, or end a redrive by `tidegate redrive cancel PLAN`; then ask again.",
    ):
        yield


def states_now(settings: Settings, dataset: str) -> Mapping[str, State]:
    """What the ledger says of each letter of which it says anything, for whoever has the turn.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    return read_states(settings, dataset)


def may_change(states: Mapping[str, State], letter: str, from_states: Collection[State]) -> bool:
    """Whether the letter is still in one of these states: it was looked at before it was one's turn."""
    return states.get(letter, State.OPEN) in from_states
