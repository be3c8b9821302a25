"""Counts of a topic's records that survive a restart: kept in Kafka as the metadata of the offset they reach to.

Offset and counts are committed as one, so a monitor that is started again goes on where the last one ended: it forgets
nothing that came meanwhile and counts nothing twice. Two monitors at once keep two true states, one over the other.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.clients.kafka_group_state import read_state, write_state
from tidegate.clients.kafka_offsets import Place
from tidegate.contracts.naming import MONITOR_GROUP
from tidegate.settings import Settings

MAX_METADATA_BYTES = 4000
"""The broker takes 4096 by default. Counts that do not fit are not kept: the next monitor reads that topic again."""
Reason = tuple[str, ...]
"""Values of the fields by which a topic's records are counted."""


@dataclass(slots=True)
class Tally:
    """The counts of one partition up to the offset ``reached``; ``is_kept`` of one that an earlier monitor left."""

    reached: int = 0
    counts: Counter[Reason] = field(default_factory=Counter)
    is_kept: bool = field(default=False, compare=False)

    def metadata(self) -> str:
        """The counts as text, for :func:`tally_of`."""
        return json.dumps([[*reason, count] for reason, count in sorted(self.counts.items())], separators=(",", ":"))


def tally_of(reached: int, metadata: str | None) -> Tally:
    """The tally that was kept; an empty one if there is none, or if the text is not of our making."""
    try:
        rows = json.loads(metadata or "")
        return Tally(reached, Counter({tuple(map(str, row[:-1])): int(row[-1]) for row in rows}), is_kept=True)
    except (ValueError, TypeError, IndexError):
        return Tally()


def kept(settings: Settings, places: Sequence[Place]) -> dict[Place, Tally]:
    """The tallies that the last monitor kept.

    Raises:
        TransientError: Kafka does not answer.
    """
    return {place: tally_of(*state) for place, state in read_state(settings, MONITOR_GROUP, places).items()}


def keep(settings: Settings, tallies: Mapping[Place, Tally]) -> None:
    """Commits each tally with its offset.

    Raises:
        TransientError: Kafka does not answer.
    """
    states = {place: (tally.reached, tally.metadata()) for place, tally in tallies.items()}
    write_state(
        settings,
        MONITOR_GROUP,
        {place: state for place, state in states.items() if len(state[1].encode()) <= MAX_METADATA_BYTES},
    )
