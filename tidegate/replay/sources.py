"""Where the records of a range lie: in the raw topic, or, where retention has removed some there, in bronze."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from tidegate.clients.kafka_offsets import has_some, offsets_at, topic_spans
from tidegate.clients.lake_rows import scan_rows, table_if_there
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import INGESTED_AT, PLACE, SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError
from tidegate.replay.lake_rows import places
from tidegate.replay.range_plan import BRONZE, RAW
from tidegate.replay.row_range import Spans
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Kept:
    """[start, end) that raw has of each partition, and the first offset of each that bronze has.

    ``source``: the one that was asked for; None: raw where it has all of the range, else bronze.
    """

    raw: Spans
    bronze: Mapping[int, int]
    source: str | None = None

    @property
    def where(self) -> str:
        """What is read, for people."""
        return self.source or ("raw or bronze" if self.bronze else RAW)

    @property
    def spans(self) -> dict[int, tuple[int, int]]:
        """[start, end) that can be read of each partition."""
        if self.source == BRONZE:
            return {number: (self.bronze.get(number, high), high) for number, (_, high) in self.raw.items()}
        return {number: (min(low, self.bronze.get(number, low)), high) for number, (low, high) in self.raw.items()}

    def source_of(self, spans: Spans) -> str:
        """Where these offsets are read."""
        if self.source:
            return self.source
        has_all = all(start >= self.raw[number][0] for number, (start, end) in spans.items() if start < end)
        return RAW if has_all else BRONZE


def kept_of(settings: Settings, stream: Stream, source: str | None) -> Kept:
    """``source``: as in :class:`Kept`. Bronze is looked at only where it may be read.

    Raises:
        TidegateError: the dataset has no raw topic, or bronze is asked for and there is none.
        TransientError: Kafka or the lake does not answer.
    """
    raw = topic_spans(settings, stream.contract.topic.name)
    if not raw:
        raise TidegateError(
            f"there is no topic {stream.contract.topic.name}.", remedy="Run `tidegate contract register --all`."
        )
    removed = {number: low for number, (low, _) in raw.items() if low > 0}
    if source == RAW or (source is None and not removed):
        return Kept(raw, {}, source)
    table = table_if_there(settings, lake_table("bronze", stream.name))
    if table is None and source == BRONZE:
        raise TidegateError(f"the lake has no raw bytes of {stream.name}.", remedy="Leave --source bronze out.")
    if table is None:
        return Kept(raw, {}, source)
    return Kept(raw, _first(settings, table, None if source == BRONZE else _before(removed)), source)


def offsets_arrived(settings: Settings, stream: Stream, kept: Kept, at_ms: int) -> dict[int, int]:
    """The first offset of each partition that arrived then or later; of bronze, where raw has it no more."""
    found = offsets_at(settings, stream.contract.topic.name, at_ms)
    older = {
        number: low
        for number, (low, _) in kept.raw.items()
        if kept.bronze.get(number, low) < low and found.get(number, low) <= low
    }
    if not older:
        return found
    table = table_if_there(settings, lake_table("bronze", stream.name))
    since = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return found | _first(settings, table, f"({_before(older)}) and {INGESTED_AT} >= '{since}'")


def raw_has_some(settings: Settings, stream: Stream, spans: Spans) -> bool:
    """Whether the raw topic, if it is there, still has an offset of the spans, or may have one later."""
    return has_some(topic_spans(settings, stream.contract.topic.name), spans)


def begins_later(kept: Kept, spans: Spans) -> list[str]:
    """What is to be said of a range by time that begins where the records do: there may have been more."""
    return [
        f"Partition {number} begins at offset {low:,} in {kept.where}: what was before is gone."
        for number, (low, _) in sorted(kept.spans.items())
        if low > 0 and number in spans and spans[number][0] == low < spans[number][1]
    ]


def _before(lows: Mapping[int, int]) -> str:
    return " or ".join(
        f"({SOURCE_PARTITION} = {number} and {SOURCE_OFFSET} < {low})" for number, low in sorted(lows.items())
    )


def _first(settings: Settings, table: object, condition: str | None) -> dict[int, int]:
    """The first offset of each partition among the rows."""
    found: dict[int, int] = {}
    for batch in scan_rows(settings, table, PLACE, condition):
        rows = places([batch])
        for number in np.unique(rows.partition).tolist():
            first = int(rows.offset[rows.partition == number].min())
            found[number] = min(first, found.get(number, first))
    return found
