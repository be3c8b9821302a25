"""What a dataset's ``map.sql`` says, without a SQL engine: which columns are paths of the record as it came. Pure.

It is one SELECT over ``raw``, without clauses behind it: each record gives one row, so that none is lost unseen, and
what stands beside a record can go with it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tidegate.contracts.sql_tokens import Token, tokens_of

RAW = "raw"
"""What ``map.sql`` reads."""


@dataclass(frozen=True, slots=True)
class Item:
    """One column of the SELECT: its name, None for none, and its tokens without the name."""

    name: str | None
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class MapSql:
    """``fault``: why the text is no such SELECT; None if it is. ``alias``: what it calls the table."""

    items: tuple[Item, ...]
    alias: str = RAW
    fault: str | None = None

    @property
    def paths(self) -> dict[str, str]:
        """The columns that are passed straight from a path of the record, with the path."""
        found = ((item.name, path_of(item.tokens, self.alias)) for item in self.items)
        return {name: path for name, path in found if name is not None and path is not None}

    @property
    def texts(self) -> dict[str, str]:
        """What each column is made of, with one blank where there are any."""
        return {item.name: text_of(item.tokens) for item in self.items if item.name is not None}

    def read_by(self, columns: Collection[str]) -> set[str]:
        """The paths of the record that the named columns are made of."""
        items = [item for item in self.items if item.name in columns]
        return {path for item in items for path in paths_in(item.tokens, self.alias)}


def read_map(sql: str) -> MapSql:
    """What the text says."""
    tokens = tokens_of(sql)
    while tokens and tokens[-1][0].text == ";":
        tokens.pop()
    outer = [at for at, (_, depth) in enumerate(tokens) if depth == 0]
    start = next((at for at in outer if tokens[at][0].keyword == "FROM"), None)
    if not tokens or tokens[0][0].keyword != "SELECT" or start is None:
        return MapSql((), fault="is no SELECT over raw")
    source = tuple(token for token, _ in tokens[start + 1 :])
    items = tuple(_item(part) for part in _parts(tokens[1:start]))
    names = [token.identifier for token in source if token.keyword != "AS"]
    if len(names) not in (1, 2) or None in names or str(names[0]).lower() != RAW:
        return MapSql(items, fault="reads something else than raw, or has clauses behind it")
    if tokens[1][0].keyword in ("DISTINCT", "ALL"):
        return MapSql(items, fault=f"begins with SELECT {tokens[1][0].keyword}")
    return MapSql(items, str(names[-1]) if len(names) == 2 else RAW)


def path_of(tokens: Sequence[Token], alias: str) -> str | None:
    """The path that the tokens are, if they are one."""
    names = [token.identifier for token in tokens[::2]]
    if len(tokens) % 2 == 0 or None in names or any(token.text != "." for token in tokens[1::2]):
        return None
    if len(tokens) == 1 and tokens[0].keyword == "NULL":
        return None
    return ".".join(map(str, names[1:] if len(names) > 1 and _is_table(str(names[0]), alias) else names))


def paths_in(tokens: Sequence[Token], alias: str) -> Iterator[str]:
    """Every path that an expression names; a keyword or a type among its words is taken for one, too."""
    at = 0
    while at < len(tokens):
        end = at + 1
        if tokens[at].identifier is not None:
            while end + 1 < len(tokens) and tokens[end].text == "." and tokens[end + 1].identifier is not None:
                end += 2
            if end == len(tokens) or tokens[end].text != "(":
                yield str(path_of(tokens[at:end], alias) or tokens[at].text)
        at = end


def text_of(tokens: Sequence[Token]) -> str:
    """The tokens as they were, but for comments, and with one blank where there were any."""
    out, end = "", None
    for token in tokens:
        out += f"{' ' if end is not None and token.start > end else ''}{token.text}"
        end = token.end
    return out


def overlap(path: str, other: str) -> bool:
    """Whether one of the paths leads to the other, or they are one."""
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")


def _is_table(name: str, alias: str) -> bool:
    return name == alias or name.lower() == alias == RAW


def _item(tokens: Sequence[Token]) -> Item:
    """``x AS name``, ``x name``, or a path, whose last part is its name."""
    before = tokens[-2] if len(tokens) > 1 else None
    name = tokens[-1].identifier if tokens else None
    if before is not None and before.keyword == "AS":
        return Item(name, tuple(tokens[:-2]))
    if before is None or before.text == ".":
        return Item(name, tuple(tokens))
    if (
        name is not None
        and tokens[-1].keyword != "END"
        and (before.text == ")" or before.identifier or before.kind == "string")
    ):
        return Item(name, tuple(tokens[:-1]))
    return Item(None, tuple(tokens))


def _parts(tokens: Sequence[tuple[Token, int]]) -> Iterator[list[Token]]:
    commas = [at for at, (token, depth) in enumerate(tokens) if token.text == "," and depth == 0]
    for start, end in pairwise([-1, *commas, len(tokens)]):
        yield [token for token, _ in tokens[start + 1 : end]]
