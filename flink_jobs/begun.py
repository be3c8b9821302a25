"""With what the state of a job was begun, which holds for as long as the state lives: beside its checkpoints.

Each start leaves a file, named by its time. A state goes with the last start before it was written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """How one dataset's part of a state was begun, and what it was kept for since.

    ``empty_at``: when it was empty. ``since``: the event time from which on events were counted.
    ``max_lateness_hours``: for how late events it was kept. Each is None where that is not known, or not limited.
    """

    empty_at: datetime | None = None
    since: datetime | None = None
    max_lateness_hours: float | None = None

    def limited(self, since: datetime | None, max_lateness_hours: float) -> "Begun":
        """As narrow as both: what was left out once is not in the state."""
        sinces = [each for each in (self.since, since) if each is not None]
        hours = [each for each in (self.max_lateness_hours, max_lateness_hours) if each is not None]
        return Begun(self.empty_at, max(sinces, default=None), min(hours))


NOT_KNOWN = Begun()
"""Of a state that is older than these records, and of a job whose results do not depend on it."""
Starts = Mapping[int, Mapping[str, Begun]]
"""By the time of a start in ms, what each dataset's part of the state was begun with."""


def begun_of(starts: Starts, written_at_ms: int) -> Mapping[str, Begun]:
    """What a state that was written then was begun with; nothing if that is not known."""
    return starts.get(max((started for started in starts if started <= written_at_ms), default=-1), {})


def to_json(begun: Mapping[str, Begun]) -> str:
    """The file of a start."""
    return json.dumps(
        {
            name: {
                "empty_at": _text(each.empty_at),
                "since": _text(each.since),
                "max_lateness_hours": each.max_lateness_hours,
            }
            for name, each in sorted(begun.items())
        },
        indent=2,
    )


def from_json(text: str) -> dict[str, Begun]:
    """The value that :func:`to_json` made the text of."""
    return {
        name: Begun(_moment(each["empty_at"]), _moment(each["since"]), each["max_lateness_hours"])
        for name, each in json.loads(text).items()
    }


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
