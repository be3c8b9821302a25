"""What a ``refine.sql`` selects, without a SQL engine: its output columns and the clauses of its outer SELECT.

Looks only at words outside of parentheses, strings, quoted names and comments. Types and the rest are for Flink.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>`(?:[^`]|``)*`)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<other>[^\s])""",
    re.VERBOSE | re.DOTALL,
)
_CLAUSES = frozenset({"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT"})


@dataclass(frozen=True, slots=True)
class SqlOutline:
    """``columns`` in their order, None for one without a name; ``clauses`` are the outer keywords after SELECT."""

    columns: tuple[str | None, ...]
    clauses: frozenset[str]
    statements: int


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""


def outline(sql: str) -> SqlOutline:
    """The outline of one query; a leading WITH is skipped, as its queries stand in parentheses."""
    tokens = _outer_tokens(sql)
    select = next((i for i, token in enumerate(tokens) if token.keyword == "SELECT"), len(tokens))
    end = next((i for i in range(select, len(tokens)) if tokens[i].keyword in _CLAUSES), len(tokens))
    items: list[list[_Token]] = [[]]
    for token in tokens[select + 1 : end]:
        if token.text == ",":
            items.append([])
        else:
            items[-1].append(token)
    clauses = frozenset(token.keyword for token in tokens[end:]) & _CLAUSES
    parts = "".join(";" if token.text == ";" else "x" for token in tokens).strip(";").split(";")
    return SqlOutline(tuple(_name(item) for item in items if item), clauses, len(parts) if tokens else 0)


def _outer_tokens(sql: str) -> list[_Token]:
    tokens, depth = [], 0
    for match in _TOKEN.finditer(sql):
        kind = str(match.lastgroup)
        if kind == "comment":
            continue
        if match[0] in ("(", ")"):
            depth += 1 if match[0] == "(" else -1
        if depth == 0:
            tokens.append(_Token(kind, match[0]))
    return tokens


def _name(item: list[_Token]) -> str | None:
    last = item[-1]
    if last.kind == "quoted":
        return last.text[1:-1].replace("``", "`")
    is_named = len(item) == 1 or item[-2].keyword == "AS" or item[-2].text == "."
    return last.text if last.kind == "word" and is_named else None
