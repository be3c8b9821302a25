"""What a recipe changes of a record, field by field, for people: personal values are masked."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tidegate.contracts.dataset import Stream
from tidegate.redrive.fix import Fixed, Fixer, NotFixed
from tidegate.redrive.json_topic import written
from tidegate.redrive.opened import Opened
from tidegate.redrive.personal import MASK, Masker, is_personal, personal_paths

MOST_CHANGES = 20
_LONGEST = 200
MISSING = "(missing)"


class Change(NamedTuple):
    """One field: its values as JSON."""

    field: str
    before: str
    after: str


Changes = tuple[Change, ...]


class Compared(NamedTuple):
    """The fields that differ, and what takes the record's personal values out of a text about it."""

    changes: Changes
    masker: Masker


class Comparer:
    """Compares the records of a dataset's letters with what is sent for them."""

    def __init__(self, stream: Stream, fixer: Fixer) -> None:
        self._fixer = fixer
        self._personal = personal_paths(stream)

    def compared(self, letter: Mapping[str, Any], copy: Fixed | None) -> Compared:
        """The fields that differ, at most some; of bytes that no schema decodes, their number."""
        arrived = self._fixer.arrived(letter)
        before = None if isinstance(arrived, NotFixed) else self._fixer.opened(arrived)
        after = None if copy is None else self._fixer.opened(copy)
        masker = Masker(self._personal, *(each.record for each in (before, after) if each is not None))
        if copy is None or isinstance(arrived, NotFixed) or arrived.value == copy.value:
            return Compared((), masker)
        if before is None or after is None:
            return Compared((Change("(bytes)", _size(arrived), _size(copy)),), masker)
        return Compared(tuple(self._differing(before, after, masker))[:MOST_CHANGES], masker)

    def _differing(self, before: Opened, after: Opened, masker: Masker) -> Iterator[Change]:
        if before.fault is not None:
            yield Change("(bytes)", before.fault, after.fault or "decoded whole")
        old, new = dict(_flat(before.record)), dict(_flat(after.record))
        for path in dict.fromkeys([*old, *new]):
            shown = [self._shown(path, values[path], masker) if path in values else MISSING for values in (old, new)]
            if path not in old or path not in new or not _same(old[path], new[path]):
                yield Change(path, *shown)

    def _shown(self, path: str, value: Any, masker: Masker) -> str:
        if value is not None and (is_personal(path, self._personal) or masker.holds(value)):
            return MASK
        text = written(value) if not isinstance(value, bytes) else f"0x{value.hex()}"
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _same(old: Any, new: Any) -> bool:
    """A price as text is not the number: JSON tells them apart."""
    return type(old) is type(new) and old == new


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each plain value by its path; an empty record or array is one too."""
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from _flat(each, f"{path}[{number}]")
    else:
        yield path, value


def _size(record: Fixed) -> str:
    value = record.value or b""
    return f"{len(value):,} bytes, {value[:8].hex(' ')}…"
