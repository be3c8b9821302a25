"""``map.sql`` and ``mapped.avsc`` of a new dataset whose event time has to be made; all else stays as it came. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count

from tidegate.avro.paths import column_of
from tidegate.avro.types import AvroSchema
from tidegate.contracts.load import MAP_FILE
from tidegate.contracts.new.plain_types import plain_fields
from tidegate.contracts.new.time_sent import MadeTime

_BEGINS = "-- Here since "


@dataclass(frozen=True, slots=True)
class Mapped:
    """The mapping's files; ``time`` is the column of the event time in ``schema``."""

    sql: str
    schema: AvroSchema
    time: str


def mapped(raw: AvroSchema, path: str, made: MadeTime) -> Mapped:
    """A field becomes a timestamp by its own name; one within a record, a column beside it, so that all else stays."""
    fields = plain_fields(raw)
    names = [str(field["name"]) for field in fields]
    if "." in path:
        time = _free(column_of(path), names)
        fields = [*fields, {"name": time, "type": dict(made.avro), "doc": f"{path} as a time"}]
    else:
        time = path
        fields = [field | {"type": dict(made.avro)} if field["name"] == path else field for field in fields]
    schema = {**raw, "doc": "What map.sql makes of a record.", "fields": fields}
    return Mapped(_sql(schema, time, made), schema, time)


def why_mapped(files: Mapping[str, str]) -> str | None:
    """What to say of a new dataset's mapping; None where it has none."""
    if MAP_FILE not in files:
        return None
    said = files[MAP_FILE].partition("\n")[0].removeprefix(_BEGINS).rstrip(".")
    return f"map.sql makes the event time, since {said}; producers stay as they are. mapped.avsc is what it gives."


def _sql(schema: AvroSchema, time: str, made: MadeTime) -> str:
    names = [f"`{field['name']}`" for field in schema["fields"]]
    columns = ",\n".join(f"    {made.sql} as {name}" if name == f"`{time}`" else f"    {name}" for name in names)
    head = (
        f"{_BEGINS}{' '.join(made.said.split())}.",
        "-- Names and types are changed here, too; what identifies a record is passed straight.",
    )
    return "\n".join((*head, "select", columns, "from raw", ""))


def _free(column: str, taken: list[str]) -> str:
    """The name, or one like it that is not taken in any case of letters."""
    lower = {name.lower() for name in taken}
    candidates = chain([column, f"{column}_"], (f"{column}_{number}" for number in count(2)))
    return next(name for name in candidates if name.lower() not in lower)
