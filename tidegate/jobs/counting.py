"""When a time is closed for metrics, no event of it counting any more: what a running job tells of its state. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

_PARAMETER = "tidegate.counting."
"""What the global parameters of a job begin with that tell it, by dataset."""
_MS_PER_HOUR = 3_600_000
_BATCH_MS = _MS_PER_HOUR
"""From a look at the clock until the figure is written, as the metrics' SQL has it."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Times in ms since 1970: events before ``since_ms`` never count; ``empty_at_ms``: when the state was empty.

    An event counts until it is ``max_lateness_hours`` old; while the state is not so old itself, older ones do too.
    """

    max_lateness_hours: float
    since_ms: int | None = None
    empty_at_ms: int | None = None

    def closes_ms(self, end_ms: int) -> int:
        """When no event that happened before ``end_ms`` counts any more; 0 if none does now."""
        if self.since_ms is not None and self.since_ms >= end_ms:
            return 0
        late_ms = int(self.max_lateness_hours * _MS_PER_HOUR) + _BATCH_MS
        return max(end_ms, self.empty_at_ms or 0) + late_ms

    @property
    def text(self) -> str:
        """As a parameter's value, which may have neither a comma nor a colon."""
        return ";".join("" if each is None else str(each) for each in self._values)

    @property
    def _values(self) -> tuple[float | int | None, ...]:
        return self.max_lateness_hours, self.since_ms, self.empty_at_ms


def counting_parameter(dataset: str) -> str:
    """The name of the global parameter by which a metrics job tells of one of its datasets."""
    return f"{_PARAMETER}{dataset}"


def counting_in(parameters: Mapping[str, str], dataset: str) -> Counting | None:
    """What a job tells; None of one that does not, as those of older versions."""
    told = parameters.get(counting_parameter(dataset))
    if told is None:
        return None
    hours, since, empty_at = told.split(";")
    return Counting(float(hours), int(since) if since else None, int(empty_at) if empty_at else None)
