"""What was written to a file, and what must become of it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TextIO

from producers.files.block import Ending
from producers.files.damage import Damage

Outcome = Literal["loaded", "quarantined"]


@dataclass(slots=True)
class Diff:
    """How the rows in silver of a corrected file differ from those of the file it corrects."""

    added: int = 0
    removed: int = 0
    changed: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of one file: ``rejected`` by cause and code, ``dropped`` and ``warned`` by rule.

    ``fault``: what is wrong with the file as a whole; its rows are then in quarantine. ``unpacked_bytes`` is what
    offsets count in.
    """

    name: str
    rows: int = 0
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    header_lines: int = 0
    fault: str | None = None
    size_bytes: int = 0
    unpacked_bytes: int = 0
    sha256: str = ""
    diff: Diff | None = None

    @property
    def silver(self) -> int:
        """Rows that no other verdict takes."""
        return self.rows - self.rejected.total() - self.dropped.total() - self.duplicates

    @property
    def outcome(self) -> Outcome:
        return "loaded" if self.fault is None else "quarantined"

    def as_json(self) -> dict[str, object]:
        """The counts for machines."""
        codes: Counter[str] = Counter()
        for (_, code), count in self.rejected.items():
            codes[code] += count
        found: dict[str, object] = {
            "name": self.name,
            "outcome": self.outcome,
            "fault": self.fault,
            "bytes": self.size_bytes,
            "unpacked_bytes": self.unpacked_bytes,
            "sha256": self.sha256,
            "header_lines": self.header_lines,
            "rows": self.rows,
            "silver": self.silver,
            "rejected": self.rejected.total(),
            "dropped": self.dropped.total(),
            "duplicates": self.duplicates,
            "causes": {cause: count for (cause, _), count in sorted(self.rejected.items())},
            "codes": dict(sorted(codes.items())),
            "dropped_by": dict(sorted(self.dropped.items())),
            "warned_by": dict(sorted(self.warned.items())),
        }
        if self.diff is not None:
            found["diff"] = {"added": self.diff.added, "removed": self.diff.removed, "changed": self.diff.changed}
        return found


class Ledger:
    """Counts the rows of one file and, given a text to write to, adds a JSON line for each special one.

    A line has ``file``, ``row`` (from 1), ``offset`` and ``length`` in the unpacked file, ``kind`` (rejected,
    duplicate, changed), and of a rejected row ``cause`` and ``code``.
    """

    def __init__(self, tally: Tally, lines: TextIO | None = None) -> None:
        self.tally = tally
        self._lines = lines

    def rejected(self, damage: Damage, offset: int, length: int) -> None:
        """The row that comes next is bad."""
        self.tally.rejected[damage.cause, damage.code.value] += 1
        self._note("rejected", offset, length, cause=damage.cause, code=damage.code.value)

    def duplicate(self, offset: int, length: int) -> None:
        """The row that comes next repeats one before."""
        self.tally.duplicates += 1
        self._note("duplicate", offset, length)

    def changed(self, offset: int, length: int) -> None:
        """The row that comes next is another in the file that this one corrects."""
        self._note("changed", offset, length)

    def ending(self, ending: Ending, count: int) -> None:
        """So many rows end like this; those that are dropped are not warned of."""
        if count and ending.dropped_by:
            self.tally.dropped[ending.dropped_by] += count
        elif count:
            self.tally.warned.update(dict.fromkeys(ending.warned_by, count))

    def _note(self, kind: str, offset: int, length: int, **more: str) -> None:
        if self._lines is not None:
            at = {"file": self.tally.name, "row": self.tally.rows + 1, "offset": offset, "length": length}
            self._lines.write(json.dumps({**at, "kind": kind, **more}) + "\n")
