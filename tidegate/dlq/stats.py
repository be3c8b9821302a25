"""How many letters there are, by anything that is kept of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tidegate.contracts.dataset import Stream
from tidegate.contracts.topics import dead_letter_retention_hours
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import State
from tidegate.dlq.index import Index
from tidegate.dlq.where import header_sql, where
from tidegate.errors import TidegateError

HEADER = "header:"
GROUPS: Mapping[str, str] = {
    "dataset": "dataset",
    "stage": "stage",
    "code": "code",
    "rule": "coalesce(rule, '')",
    "schema": "schema_id",
    "hour": "strftime(make_timestamp(failed_at * 1000), '%Y-%m-%dT%H:00Z')",
    "state": "state",
    "version": "version",
    "plan": "plan",
}
"""What letters are counted by, as SQL; and by any header."""
DEFAULT = ("dataset", "stage", "code")
_MS_PER_HOUR = 3_600_000
_HEADER_NAME = re.compile(r"[^'\x00]+")
MOST_GROUPS = 1000


@dataclass(frozen=True, slots=True)
class Group:
    """Letters that have the same ``by``: all, those of them that are open, and the oldest open one's age in seconds."""

    by: tuple[str | None, ...]
    letters: int
    open: int
    oldest_open_s: float | None


@dataclass(frozen=True, slots=True)
class DatasetStats:
    """Of a dataset: letters by state, which add up to all; how long its oldest open one has, and its share of traffic.

    ``uncounted``: offsets of the topic that retention removed before they were counted here; that many letters at most.
    ``made_up``: of those that wait, how many have events that are in silver all the same; None: nobody has looked.
    """

    dataset: str
    states: dict[str, int]
    letters: int
    oldest_open_s: float | None
    expires_in_s: float | None
    share: float | None
    uncounted: int
    made_up: int | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """What ``tidegate dlq stats`` shows."""

    by: tuple[str, ...]
    groups: tuple[Group, ...]
    datasets: tuple[DatasetStats, ...]

    @property
    def letters(self) -> int:
        """All letters that were ever written: the sum of the states."""
        return sum(each.letters for each in self.datasets)

    def as_json(self) -> dict[str, Any]:
        """For machines; ages in seconds."""
        groups = [dict(zip(self.by, group.by, strict=True)) | _numbers(group) for group in self.groups]
        return {"letters": self.letters, "groups": groups, "datasets": [asdict(each) for each in self.datasets]}


def _numbers(group: Group) -> dict[str, Any]:
    return {"letters": group.letters, "open": group.open, "oldest_open_s": group.oldest_open_s}


@dataclass(frozen=True, slots=True)
class Asked:
    """By what to count, which letters, and when now is (ms since the epoch)."""

    by: tuple[str, ...]
    wanted: LetterFilter
    now_ms: int


def count(index: Index, streams: Sequence[Stream], asked: Asked, traffic: Mapping[str, int]) -> Stats:
    """Counts the letters of the index; ``traffic``: how many records each dataset's raw topic has had.

    Raises:
        TidegateError: there is nothing to count by of that name.
    """
    columns = [group_sql(name) for name in asked.by]
    relation = "(select *, unnest(case when len(rules) = 0 then [null] else rules end) as rule from letters)"
    source = relation if "rule" in asked.by else "letters"
    where_sql, values = where(asked.wanted)
    keys = ", ".join(f"cast({sql} as varchar)" for sql in columns)
    rows = index.rows(
        f"select {keys}, count(*), count(*) filter (state = '{State.OPEN}'), "
        f"min(failed_at) filter (state = '{State.OPEN}') from {source} where {where_sql} "
        f"group by all order by {len(columns) + 1} desc, 1 limit {MOST_GROUPS}",
        values,
    )
    groups = tuple(Group(row[: len(columns)], row[-3], row[-2], _age_s(asked.now_ms, row[-1])) for row in rows)
    return Stats(asked.by, groups, tuple(_of_dataset(index, stream, asked, traffic) for stream in streams))


def with_made_up(stats: Stats, found: Mapping[str, int | None]) -> Stats:
    """The same, with how many letters of each dataset are made up for."""
    return replace(stats, datasets=tuple(replace(each, made_up=found.get(each.dataset)) for each in stats.datasets))


def group_sql(name: str) -> str:
    """The SQL of what letters are counted by.

    Raises:
        TidegateError: there is none of that name.
    """
    if name in GROUPS:
        return GROUPS[name]
    header = name.removeprefix(HEADER)
    if header != name and _HEADER_NAME.fullmatch(header):
        return header_sql(f"'{header}'")
    raise TidegateError(
        f"letters can't be counted by {name!r}.", remedy=f"Name one of {', '.join(GROUPS)}, or {HEADER}<name>."
    )


def _of_dataset(index: Index, stream: Stream, asked: Asked, traffic: Mapping[str, int]) -> DatasetStats:
    found = index.rows(
        "select state, count(*), min(failed_at), max(failed_at) from letters where dataset = ? group by state",
        [stream.name],
    )
    states = {state.value: 0 for state in State} | {state: number for state, number, *_ in found}
    letters = sum(states.values())
    oldest = next((first for state, _, first, _ in found if state == State.OPEN), None)
    kept_ms = dead_letter_retention_hours(stream.contract) * _MS_PER_HOUR
    events = traffic.get(stream.name, 0)
    return DatasetStats(
        stream.name,
        states,
        letters,
        _age_s(asked.now_ms, oldest),
        None if oldest is None else max(0.0, (oldest + kept_ms - asked.now_ms) / 1000),
        letters / events if events else None,
        sum(each.offsets for each in index.unseen if each.dataset == stream.name),
    )


def _age_s(now_ms: int, at_ms: int | None) -> float | None:
    return None if at_ms is None else max(0.0, (now_ms - at_ms) / 1000)
