"""``map.sql`` as it runs: each conversion in it names field and value where it fails.

``CAST(X AS T)`` becomes ``converted(TRY_CAST(converting(X, 'x T') AS T), '')``: two functions in Java. The inner keeps
the value; the outer compares the result with it, or makes the record a dead letter. An exception between the two is
told in the same words. ``TRY_CAST`` stays as it is: who writes it wants a null. Comments are left out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tidegate.contracts.map_sql import RAW, MapSql, overlap, paths_in, read_map, text_of
from tidegate.contracts.sql_tokens import Token, tokens_of
from tidegate.sql.literals import text

_PARSERS: Mapping[str, str] = {
    "TO_TIMESTAMP_LTZ": "TIMESTAMP_LTZ",
    "TO_TIMESTAMP": "TIMESTAMP",
    "TO_DATE": "DATE",
    "ISO_TIME": "time of ISO 8601",
}
"""Functions that give null for what they can't read, and what they make of the rest."""
_NEVER_FAIL = frozenset({"STRING", "VARCHAR", "CHAR", "BYTES", "VARBINARY", "BINARY"})
_WORDS = frozenset(
    """AS AND OR NOT IS NULL TRUE FALSE CASE WHEN THEN ELSE END IN LIKE BETWEEN FROM FOR BOTH LEADING TRAILING
    TINYINT SMALLINT INT INTEGER BIGINT FLOAT DOUBLE DECIMAL BOOLEAN STRING VARCHAR CHAR BYTES DATE TIME TIMESTAMP
    TIMESTAMP_LTZ""".split()  # noqa: SIM905
)
"""What stands in an expression beside names."""
_MAX_LABEL_LENGTH = 100


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a conversion stands: in which query, for which column; ``personal``: paths whose values are not told."""

    alias: str
    column: str
    personal: Collection[str]


def planned(sql: str) -> str:
    """``map.sql`` for Flink, which has another use for the word ``raw``; each line stays where it is."""
    tokens = [token for token, _ in tokens_of(sql)]
    out, at = [], 0
    for number, token in enumerate(tokens):
        if _is_table(token, tokens[number - 1 : number], tokens[number + 1 : number + 2]):
            out += [sql[at : token.start], f"`{RAW}`"]
            at = token.end
    return "".join([*out, sql[at:]]).rstrip().removesuffix(";")


def running(sql: str, personal: Collection[str], records: str, besides: Sequence[str]) -> str:
    """``map.sql`` over the table ``records``, whose columns ``besides`` go along.

    ``personal``: the columns that are; no message tells a value that they are made of.
    """
    found = read_map(sql)
    paths = found.read_by(personal)
    items = [_item(found, number, paths) for number in range(len(found.items))]
    return f"SELECT {f',{chr(10)}  '.join([*items, *besides])}\nFROM {records} AS `{found.alias}`"


def _item(found: MapSql, number: int, personal: Collection[str]) -> str:
    item = found.items[number]
    assert item.name is not None
    return f"{_written(item.tokens, _Place(found.alias, item.name, personal))} AS `{item.name}`"


def _is_table(token: Token, before: Sequence[Token], after: Sequence[Token]) -> bool:
    is_raw = token.kind == "word" and token.text.lower() == RAW
    return is_raw and any(each.keyword == "FROM" for each in before) | any(each.text == "." for each in after)


def _written(tokens: Sequence[Token], place: _Place) -> str:
    out: list[str] = []
    at, end = 0, None
    while at < len(tokens):
        token, after = tokens[at], tokens[at + 1 : at + 2]
        out.append(" " if end is not None and token.start > end else "")
        if token.keyword in ("CAST", *_PARSERS) and after and after[0].text == "(":
            close = _closing(tokens, at + 1)
            out.append(_converted(token, tokens[at + 2 : close], place))
            at = close
        else:
            out.append(f"`{place.alias}`" if _is_table(token, (), after) else token.text)
        end = tokens[at].end if at < len(tokens) else None
        at += 1
    return "".join(out)


def _converted(function: Token, inside: Sequence[Token], place: _Place) -> str:
    """One conversion; of a constant, or to a type that takes anything, as it is."""
    is_cast = function.keyword == "CAST"
    split = _split(inside, "AS" if is_cast else ",")
    value, rest = inside[:split], inside[split + 1 :]
    argument = _written(value, place)
    is_constant = len(value) == 1 and (value[0].kind in ("string", "other") or value[0].keyword == "NULL")
    if is_constant or (is_cast and rest and rest[0].keyword in _NEVER_FAIL):
        return _call(function, argument, rest, place)
    target = text_of(rest).upper() if is_cast else _PARSERS[function.keyword]
    flags = _flags(value, place) + ("d" if _is_dated(target, rest, is_cast=is_cast) else "")
    told = text(f"{_label(value, place)}\t{target}\t{flags}")
    call = Token("word", "TRY_CAST") if is_cast else function
    return f"converted({_call(call, f'converting({argument}, {told})', rest, place)}, '')"


def _call(function: Token, argument: str, rest: Sequence[Token], place: _Place) -> str:
    if function.keyword in ("CAST", "TRY_CAST"):
        return f"{function.text}({argument} AS {text_of(rest)})"
    return f"{function.text}({argument}{f', {_written(rest, place)}' if rest else ''})"


def _flags(value: Sequence[Token], place: _Place) -> str:
    personal = any(overlap(path, other) for path in paths_in(value, place.alias) for other in place.personal)
    return "p" if personal else ""


def _is_dated(target: str, rest: Sequence[Token], *, is_cast: bool) -> bool:
    """Whether a text begins with year, month and day: where no other format is given."""
    if is_cast or not rest:
        return target.startswith(("DATE", "TIMESTAMP"))
    return rest[0].text.startswith("'yyyy-MM-dd")


def _label(value: Sequence[Token], place: _Place) -> str:
    """What is converted, as the record calls it, and the column that it is for, where that has another name."""
    paths = [path for path in dict.fromkeys(paths_in(value, place.alias)) if path.upper() not in _WORDS]
    label = paths[0] if len(paths) == 1 else text_of(value)
    cut = label if len(label) <= _MAX_LABEL_LENGTH else f"{label[:_MAX_LABEL_LENGTH]}…"
    return cut if cut == place.column else f"{cut} (for {place.column})"


def _closing(tokens: Sequence[Token], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at].text, 0)
        if depth == 0:
            return at
    return len(tokens)


def _split(tokens: Sequence[Token], by: str) -> int:
    """The place of the last AS, or the first comma, outside of brackets; the end if there is none."""
    depth, found = 0, []
    for at, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and by in (token.text, token.keyword):
            found.append(at)
    if not found:
        return len(tokens)
    return found[-1] if by == "AS" else found[0]
