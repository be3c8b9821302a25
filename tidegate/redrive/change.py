"""Changes of a decoded record by dotted paths; a path that meets an array means each of its items. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.redrive.casts import CastError, cast

Record = dict[str, Any]


class ChangeError(ValueError):
    """A change can't be made to a record; the message names the field."""


def set_fields(record: Record, values: Mapping[str, Any]) -> None:
    """Gives each field its value, whatever it had; a record within the record that is missing stays so."""
    for path, value in values.items():
        for holder, name in _holders(record, path):
            holder[name] = value


def default_fields(record: Record, values: Mapping[str, Any]) -> None:
    """Gives each field its value where it is null or missing."""
    for path, value in values.items():
        for holder, name in _holders(record, path):
            if holder.get(name) is None:
                holder[name] = value


def rename_fields(record: Record, names: Mapping[str, str]) -> None:
    """Moves the value of each field to the new name, which stands beside it: ``lines.prise`` to ``lines.price``.

    Raises:
        ChangeError: the new name has a value already, and another one.
    """
    for path, new in names.items():
        new_name = new.rpartition(".")[2] if "." in path else new
        for holder, name in _holders(record, path):
            if name not in holder:
                continue
            if holder.get(new_name) not in (None, holder[name]):
                raise ChangeError(f"field {path}: {new} has another value already")
            holder[new_name] = holder.pop(name)


def cast_fields(record: Record, types: Mapping[str, str]) -> None:
    """Gives the value of each field another type; a field that is missing stays so.

    Raises:
        ChangeError: a value is none of the type.
    """
    for path, to in types.items():
        for holder, name in _holders(record, path):
            if name in holder:
                holder[name] = _each(holder[name], to, path)


def drop_fields(record: Record, paths: list[str]) -> None:
    """Takes the fields away."""
    for path in paths:
        for holder, name in _holders(record, path):
            holder.pop(name, None)


def values_at(record: Mapping[str, Any], path: str) -> list[Any]:
    """All that stands at a path: one value, or one for each item of an array; none where it is missing."""
    return [holder[name] for holder, name in _holders(record, path) if name in holder]


def _each(value: Any, to: str, path: str) -> Any:
    if isinstance(value, list):
        return [_each(item, to, path) for item in value]
    try:
        return cast(value, to)
    except CastError as error:
        raise ChangeError(f"field {path}: {error}") from error


def _holders(value: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The records that have, or could have, the last name of the path. A name may itself have a dot in it."""
    if isinstance(value, list):
        for item in value:
            yield from _holders(item, path)
    elif isinstance(value, dict):
        first, dot, rest = path.partition(".")
        if path in value or not dot:
            yield value, path
        elif first in value:
            yield from _holders(value[first], rest)
