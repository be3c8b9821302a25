"""What a ``refine.sql`` selects, without a SQL engine: its output columns and the clauses of its outer SELECT.

Looks only at words outside of parentheses, strings, quoted names and comments. Types and the rest are for Flink.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tidegate.contracts.sql_tokens import Token, tokens_of

_CLAUSES = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT"})


@dataclass(frozen=True, slots=True)
class SqlOutline:
    """``columns`` in their order, None for one without a name; ``clauses`` are the outer keywords after SELECT.

    ``passed`` maps those that are columns of ``validated`` as they stand to their names there.
    """

    columns: tuple[str | None, ...]
    passed: Mapping[str, str]
    clauses: frozenset[str]
    statements: int


def outline(sql: str) -> SqlOutline:
    """The outline of one query; a leading WITH is skipped, as its queries stand in parentheses."""
    tokens = [token for token, depth in tokens_of(sql) if depth == 0]
    select = next((i for i, token in enumerate(tokens) if token.keyword == "SELECT"), len(tokens))
    end = next((i for i in range(select, len(tokens)) if tokens[i].keyword in _CLAUSES), len(tokens))
    items = _split(tokens[select + 1 : end])
    clauses = frozenset(token.keyword for token in tokens[end:]) & _CLAUSES
    parts = "".join(";" if token.text == ";" else "x" for token in tokens).strip(";").split(";")
    reads_validated = select == 0 and [token.text.lower() for token in tokens[end : end + 2]] == ["from", "validated"]
    passed = dict(filter(None, map(_passed, items))) if reads_validated and _is_plain(tokens[end + 2 :]) else {}
    return SqlOutline(tuple(_name(item) for item in items if item), passed, clauses, len(parts) if tokens else 0)


def changed_columns(sql: str, names: Collection[str]) -> list[str]:
    """Those of ``names`` that the query, or one within it, gives to anything but the column of that name."""
    tokens = tokens_of(sql)
    changed: list[str] = []
    for at, (token, depth) in enumerate(tokens):
        name = token.identifier
        if name is not None and name in names and name not in changed and _ends_item(tokens, at):
            before = [each for each, level in tokens[:at] if level == depth][-3:]
            if not _is_as_it_was(name, before):
                changed.append(name)
    return changed


def _ends_item(tokens: list[tuple[Token, int]], at: int) -> bool:
    """Whether an item of a SELECT may end with the token at ``at``."""
    after = tokens[at + 1][0] if at + 1 < len(tokens) else None
    return after is None or after.text in (",", ")", ";") or after.keyword in _CLAUSES


def _is_as_it_was(name: str, before: list[Token]) -> bool:
    """Whether an item that ends with ``name``, after up to three tokens, may be the column of that name."""
    if not before or before[-1].keyword != "AS":
        return not before or before[-1].text != ")"  # after a bracket, it is a name for what the bracket gives
    whole = len(before) < 3 or before[0].text in (",", ".") or before[0].keyword in ("SELECT", "DISTINCT")
    is_table = len(before) == 3 and before[0].keyword in ("FROM", "JOIN")
    return is_table or (whole and len(before) > 1 and before[-2].identifier == name)


def _split(tokens: Iterable[Token]) -> list[list[Token]]:
    items: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    return items


def _is_plain(after_table: list[Token]) -> bool:
    """Whether nothing is joined to the table and nothing else read: its columns are what their names say."""
    return not after_table or after_table[0].keyword == "WHERE" or after_table[0].text == ";"


def _passed(item: list[Token]) -> tuple[str, str] | None:
    """The output column and its source where the item is a column, with or without an alias."""
    names = [token.identifier for token in item if token.keyword != "AS"]
    source, name = names[0] if names else None, names[-1] if names else None
    return (name, source) if len(names) <= 2 and name is not None and source is not None else None


def _name(item: list[Token]) -> str | None:
    last = item[-1]
    if last.kind == "quoted":
        return last.identifier
    is_named = len(item) == 1 or item[-2].keyword == "AS" or item[-2].text == "."
    return last.text if last.kind == "word" and is_named else None
