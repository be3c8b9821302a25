"""The ledger of a run: what was sent, and what must become of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TextIO

from producers.sending.batch import Batch, Special

Missing = Literal["keep", "dead_letter"]


@dataclass(slots=True)
class Totals:
    """Counts of what was sent; ``bad`` by kind and error code, ``dropped`` and ``warned`` by rule."""

    sent: int = 0
    bad: Counter[tuple[str, str]] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)
    duplicate: int = 0
    late: int = 0
    unknown_reference: int = 0

    def add(self, other: "Totals") -> None:
        """Counts another worker's totals in."""
        self.sent += other.sent
        self.bad += other.bad
        self.dropped += other.dropped
        self.warned += other.warned
        self.duplicate += other.duplicate
        self.late += other.late
        self.unknown_reference += other.unknown_reference

    def expected(self, missing_reference: Missing) -> dict[str, int]:
        """How many raw offsets get each verdict; together they are all that was sent."""
        unknown = self.unknown_reference if missing_reference == "dead_letter" else 0
        dead_letter = self.bad.total() + unknown
        dropped = self.dropped.total()
        return {
            "silver": self.sent - dead_letter - dropped - self.duplicate,
            "dead_letter": dead_letter,
            "dropped": dropped,
            "duplicate": self.duplicate,
        }

    def as_json(self) -> dict[str, object]:
        """The counts for machines, without the expectation."""
        bad = {name: {"count": n, "error_code": code} for (name, code), n in sorted(self.bad.items())}
        return {
            "sent": self.sent,
            "bad": bad,
            "duplicate": self.duplicate,
            "late": self.late,
            "dropped": dict(sorted(self.dropped.items())),
            "warned": dict(sorted(self.warned.items())),
            "unknown_reference": self.unknown_reference,
        }


class Ledger:
    """Counts every batch and, given a file, writes one JSON line per special record.

    A line has ``kind``, ``name``, ``error_code``, ``identity`` and, for a bad record, ``payload_sha256``: the dead
    letter carries the same hash, so each can be found again. The file's last line is the run's summary.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self.totals = Totals()
        self._file = file

    def add(self, batch: Batch) -> None:
        """Counts a batch that was handed to Kafka."""
        self.totals.sent += len(batch)
        for special in batch.specials:
            self._count(special)
            if self._file is not None:
                self._file.write(_line(special, batch.values[special.place]))

    def _count(self, special: Special) -> None:
        totals = self.totals
        match special.kind:
            case "bad":
                totals.bad[special.name, special.error_code or ""] += 1
            case "dropped":
                totals.dropped[special.name] += 1
            case "warned":
                totals.warned[special.name] += 1
            case "duplicate":
                totals.duplicate += 1
            case "late":
                totals.late += 1
            case "unknown_reference":
                totals.unknown_reference += 1


def summary_line(summary: Mapping[str, object]) -> str:
    """The last line of a ledger file."""
    return json.dumps({"kind": "summary", **summary}) + "\n"


def _line(special: Special, value: bytes | None) -> str:
    entry: dict[str, object] = {"kind": special.kind, "name": special.name, "identity": special.identity}
    if special.kind == "bad":
        entry["error_code"] = special.error_code
        entry["payload_sha256"] = hashlib.sha256(value).hexdigest() if value is not None else None
    return json.dumps(entry) + "\n"
