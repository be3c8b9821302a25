"""The dated indices behind an alias: which days an index is about, by its name. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from tidegate.contracts.model import Index

_PARTS = {"yyyy": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{2})", "dd": r"(?P<day>\d{2})"}


@dataclass(frozen=True, slots=True)
class Dated:
    """How a contract's pattern names indices: ``column`` is the time that decides, ``period`` how it is written."""

    prefix: str
    column: str
    period: str

    @classmethod
    def of(cls, index: Index) -> "Dated":
        """As the contract says."""
        prefix, _, rest = index.pattern.partition("{")
        column, _, period = rest.rstrip("}").partition("|")
        return cls(prefix, column, period)

    def name_of(self, day: date) -> str:
        """The index of a document of this day (UTC)."""
        period = self.period.replace("yyyy", f"{day.year:04}")
        return self.prefix + period.replace("MM", f"{day:%m}").replace("dd", f"{day:%d}")

    def first_day(self, name: str) -> date | None:
        """The first day of the index of this name; None if the pattern names no index so."""
        found = re.fullmatch(re.escape(self.prefix) + self._period(), name)
        if found is None:
            return None
        numbers = {part: int(text) for part, text in found.groupdict().items()}
        try:
            return date(numbers["year"], numbers.get("month", 1), numbers.get("day", 1))
        except ValueError:
            return None

    def end(self, name: str) -> date | None:
        """The day after the last one of the index of this name."""
        first = self.first_day(name)
        if first is None:
            return None
        if "dd" in self.period:
            return date.fromordinal(first.toordinal() + 1)
        month = first.month + 1 if "MM" in self.period else 13
        return date(first.year + month // 13, month if month < 13 else 1, 1)

    def _period(self) -> str:
        text = re.escape(self.period)
        for part, pattern in _PARTS.items():
            text = text.replace(part, pattern)
        return text
