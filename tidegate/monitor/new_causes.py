"""Causes of dead letters that nobody has seen before: told from their first letter on, for an hour."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping

from tidegate import metric_names
from tidegate.monitor.causes import Cause
from tidegate.monitor.reading import Sample

TOLD_S = 3600.0
MOST = 50
"""So many of a dataset are told at once; a flood of causes has one reason."""


class NewCauses:
    """What is new of each dataset; ``now`` gives seconds, by any clock."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._told: dict[str, dict[Cause, tuple[str, float]]] = {}

    def see(self, dataset: str, firsts: Mapping[Cause, str], known: Collection[tuple[str, ...]]) -> None:
        """Notes those of the causes, each with its first letter, that are not known yet."""
        told = self._told.setdefault(dataset, {})
        for cause, letter_id in firsts.items():
            if cause not in known and len(told) < MOST:
                told.setdefault(cause, (letter_id, self._now()))

    def samples(self, dataset: str) -> Iterator[Sample]:
        """One for each cause that is new still."""
        told, now = self._told.get(dataset, {}), self._now()
        for cause in [cause for cause, (_, at) in told.items() if now - at > TOLD_S]:
            del told[cause]
        for cause, (letter_id, _) in sorted(told.items()):
            yield Sample(metric_names.NEW_CAUSE, (dataset, *cause, letter_id), 1.0)
