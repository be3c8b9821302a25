"""DuckDB's errors in one line, with what there is instead of what was asked for."""

import re
from typing import Protocol

import duckdb

from tidegate.errors import TidegateError
from tidegate.query.catalog import Described

_COLUMN = re.compile(r'(?:Referenced column|does not have a column named|column named?) "([^"]+)"')
_TABLE = re.compile(r"(?:Table with name|Schema with name) (\S+) does not exist")
_LINE = re.compile(r"\n+LINE \d+:.*", re.DOTALL)


class Named(Protocol):
    """What there is to ask."""

    @property
    def names(self) -> list[str]: ...

    def described(self, names: list[str]) -> list[Described]: ...


def in_our_words(error: duckdb.Error, lake: Named, sql: str) -> TidegateError:
    """The problem with the question, and its remedy."""
    text = str(error)
    if column := _COLUMN.search(text):
        return TidegateError(f"there is no column {column[1]!r}.", remedy=_columns(lake, sql))
    if table := _TABLE.search(text):
        there = ", ".join(lake.names) or "none yet; the lake job makes them"
        missing = table[1].strip('"')
        return TidegateError(f"there is no table {missing!r}.", remedy=f"The tables: {there}.")
    problem = " ".join(_LINE.sub("", text).split())
    return TidegateError(
        f"DuckDB refuses the question: {problem.rstrip('.')}.",
        remedy="Correct the SQL; `tidegate query` alone lists the tables and three examples.",
    )


def _columns(lake: Named, sql: str) -> str:
    named = [name for name in lake.names if name.lower() in sql.lower().replace('"', "")]
    told = [f"{each.name} has {', '.join(each.columns)}" for each in lake.described(named)]
    return f"{'; '.join(told)}." if told else "`tidegate query` alone lists the tables and their columns."
