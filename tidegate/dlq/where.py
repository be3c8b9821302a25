"""A filter as a condition over the index's letters. Pure."""

from collections.abc import Iterator, Sequence

from tidegate.dead_letters.filter import LetterFilter
from tidegate.errors import TidegateError

Condition = tuple[str, list[object]]
_KEY = "try(decode(key))"
_RANGE = "(source_partition = ? and source_offset >= ? and source_offset < ?)"


def where(wanted: LetterFilter) -> Condition:
    """SQL with its values; identities are not among the columns, who asks for them looks into the records.

    Raises:
        TidegateError: identities are asked for.
    """
    if wanted.identities:
        raise TidegateError(
            "letters are not counted or listed by identity.", remedy="Ask by --key or --id, or `tidegate dlq export`."
        )
    parts, values = ["true"], list[object]()
    for sql, of_sql in _conditions(wanted):
        parts.append(sql)
        values += of_sql
    return " and ".join(parts), values


def _conditions(wanted: LetterFilter) -> Iterator[Condition]:
    columns: dict[str, Sequence[object]] = {
        "id": wanted.ids,
        "code": wanted.codes,
        "stage": wanted.stages,
        "schema_id": wanted.schema_ids,
        "state": [state.value for state in wanted.states],
    }
    for column, asked in columns.items():
        if asked:
            yield _any_of(f"{column} = ?", asked)
    keys = [*wanted.keys]
    more: list[tuple[object, str, list[object]]] = [
        (wanted.rules, "list_has_any(rules, ?)", [[*wanted.rules]]),
        (keys, f"({_KEY} in (select unnest(?)) or lower(hex(key)) in (select unnest(?)))", [keys, keys]),
        (wanted.since is not None, "failed_at >= ?", [wanted.since]),
        (wanted.until is not None, "failed_at < ?", [wanted.until]),
        (wanted.offsets, _any_of(_RANGE, wanted.offsets)[0], [number for each in wanted.offsets for number in each]),
    ]
    more += [(True, f"{header_sql('?')} = ?", [name, value]) for name, value in wanted.headers]
    yield from ((sql, of_sql) for asked, sql, of_sql in more if asked)


def header_sql(name: str) -> str:
    """The text of a record's header, whose name is given as SQL; null where it has none, or bytes that are no text."""
    return f"try(decode(header_values[list_position(header_names, {name})]))"


def _any_of(sql: str, values: Sequence[object]) -> Condition:
    return f"({' or '.join([sql] * len(values))})", [*values]
