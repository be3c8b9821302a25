"""Which column of somebody's file a field is read from: by its own name, by another, or from none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from producers.reference.rows import DELETED
from tidegate.avro.json_values import sent_name
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """``sources``: the column of a field, empty for none. One that is not named is read from the column of its name.

    Where a field is named, the file is somebody else's: a column that no field is read from is left out. Else it is
    refused.
    """

    sources: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sources)

    def column_of(self, name: str) -> str:
        """The column that a field is read from; empty for none."""
        return self.sources.get(name, name)

    def taken(self, columns: Sequence[str], dataset: Reference) -> list[tuple[str, int]]:
        """Each field that the columns have, or the mark of a deletion, and which of them it is read from."""
        places = {column: place for place, column in enumerate(columns)}
        named = ((name, self.column_of(name)) for name in (*dataset.raw_fields, DELETED))
        return [(name, places[column]) for name, column in named if column in places]

    def left_out(self, columns: Sequence[str], dataset: Reference) -> list[str]:
        """The columns that nothing is read from."""
        used = {place for _, place in self.taken(columns, dataset)}
        return [column for place, column in enumerate(columns) if place not in used]

    def missing(self, columns: Sequence[str]) -> list[str]:
        """The columns that are named and not there."""
        return [column for column in self.sources.values() if column and column not in columns]

    def nulls(self, dataset: Reference) -> dict[str, None]:
        """The fields that are read from no column and have no default."""
        return {name: None for name, column in self.sources.items() if not column and not _has_default(name, dataset)}

    def renamed(self, values: Mapping[str, Any], dataset: Reference) -> Mapping[str, Any]:
        """An object of JSON with the names of the fields."""
        if not self:
            return values
        found: dict[str, Any] = {**self.nulls(dataset)}
        for name, avro in {**dataset.raw_fields, DELETED: None}.items():
            own = name if avro is None else sent_name(avro)
            column = self.sources.get(name, own)
            if column and column in values:
                found[own] = values[column]
        return found


def read_map(texts: Sequence[str], dataset: Reference) -> ColumnMap:
    """``field=column``, or ``field=`` for none; several in one text by commas.

    Raises:
        TidegateError: it is no such pair, there is no such field, or it must have a value.
    """
    sources: dict[str, str] = {}
    for pair in (pair for text in texts for pair in text.split(",")):
        name, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or not name:
            raise TidegateError(f"--map {pair!r} is no field=column.", remedy="Write such as vendor=,machine_id=id.")
        if name in sources:
            raise TidegateError(f"--map names the field {name} twice.", remedy="Name it once.")
        sources[name] = column
        _check(name, column, dataset)
    return ColumnMap(sources)


def _has_default(name: str, dataset: Reference) -> bool:
    return name == DELETED or dataset.raw_fields[name].has_default


def _check(name: str, column: str, dataset: Reference) -> None:
    if name == DELETED:
        return
    avro = dataset.raw_fields.get(name)
    if avro is None:
        raise TidegateError(
            f"{dataset.name} has no field {name}.",
            remedy=f"Its fields: {', '.join(dataset.raw_fields)}; --map is field=column.",
        )
    time = dataset.contract.event_time.field
    if not column and name != time and not (avro.has_default or avro.type.nullable):
        raise TidegateError(
            f"every row of {dataset.name} needs a {name}: it may not be null and has no default.",
            remedy=f"Name its column, as in --map {name}=column, or let v<N>.avsc allow null.",
        )
