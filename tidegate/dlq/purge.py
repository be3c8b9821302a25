"""Deleting letters that are done with from their topic: up to an offset, and never one that waits for somebody."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import END_STATES
from tidegate.dlq.index import Index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.errors import TidegateError

_DONE = ", ".join(f"'{state}'" for state in sorted(END_STATES))


@dataclass(frozen=True, slots=True)
class Purge:
    """Of each partition the offset before which all goes, and how many letters that are."""

    topic: str
    before: Mapping[int, int]
    letters: int


def plan_purge(index: Index, stream: Stream, before: Mapping[int, int]) -> Purge:
    """As asked for, or of every partition as far as all letters are done with.

    Raises:
        TidegateError: a letter before an offset that was asked for waits for somebody; names the first.
    """
    first_left = dict(
        index.rows(
            f"select {PARTITION}, min({OFFSET}) from letters where dataset = ? and state not in ({_DONE}) group by 1",
            [stream.name],
        )
    )
    for partition, offset in before.items():
        if first_left.get(partition, offset) < offset:
            raise _refusal(index, stream, partition, offset)
    ends = {partition: end for partition, (_, end) in index.spans[stream.name].items()}
    wanted = before or {partition: first_left.get(partition, end) for partition, end in ends.items()}
    starts = {partition: start for partition, (start, _) in index.spans[stream.name].items()}
    wanted = {partition: min(offset, ends.get(partition, 0)) for partition, offset in wanted.items()}
    wanted = {partition: offset for partition, offset in wanted.items() if offset > starts[partition]}
    counts = [_letters(index, stream, partition, (starts[partition], end)) for partition, end in wanted.items()]
    return Purge(stream.contract.dead_letter_topic, wanted, sum(counts))


def _letters(index: Index, stream: Stream, partition: int, span: tuple[int, int]) -> int:
    ((letters,),) = index.rows(
        f"select count(*) from letters where dataset = ? and {PARTITION} = ? and {OFFSET} >= ? and {OFFSET} < ?",
        [stream.name, partition, *span],
    )
    return int(letters)


def _refusal(index: Index, stream: Stream, partition: int, offset: int) -> TidegateError:
    rows = index.rows(
        f"select state, count(*), arg_min(id, {OFFSET}) from letters "
        f"where dataset = ? and {PARTITION} = ? and {OFFSET} < ? and state not in ({_DONE}) "
        "group by state order by state",
        [stream.name, partition, offset],
    )
    left = ", ".join(f"{count:,} {state} (first: {first})" for state, count, first in rows)
    return TidegateError(
        f"letters before {partition}:{offset} of {stream.contract.dead_letter_topic} are not done with: {left}.",
        remedy="Redrive or discard them first, or name a smaller offset.",
    )
