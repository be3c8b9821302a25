"""Looks at lake, index and Kafka for what lies there of a dataset."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tidegate.clients.index_retention import documents_with
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_topics import topic_settings
from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.clients.lake_days import WHOLE, Shared, days_held
from tidegate.clients.lake_erase import days_to_erase
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Files, Stream
from tidegate.contracts.naming import LAKE_DEAD_LETTERS, all_indices, lake_changes, lake_figures, lake_table
from tidegate.contracts.topics import plan_topics
from tidegate.retention.policy import (
    Limit,
    Personal,
    index_limit,
    lake_limit,
    personal_fields,
    personal_limits,
    raw_limit,
)
from tidegate.retention.survey import Emptied, Kind, Piece, Shelf, Survey, TopicKept
from tidegate.search.dated import Dated
from tidegate.search.mapping import alias
from tidegate.settings import Settings

_MS_PER_HOUR = 3_600_000
_DAY = timedelta(days=1)
TIMEOUT_S = 60.0


def survey(settings: Settings, stream: Stream, today: date) -> Survey:
    """What lies where, by the contract as it is now.

    Raises:
        TransientError: lake, OpenSearch or Kafka does not answer.
    """
    catalog = open_catalog(settings)
    with lake_errors(settings):
        tables = [*_tables(catalog, stream, today)]
        emptied = [*_emptied(settings, catalog, stream, today)]
    return Survey(
        stream.name,
        today,
        (*tables, *_indices(settings, stream, today)),
        tuple(emptied),
        tuple(_topics(settings, stream)),
        settings.files_store if isinstance(stream, Files) else None,
    )


def lake_places(stream: Stream) -> list[tuple[Kind, str, Limit, Shared]]:
    """The dataset's lake tables, and for how long each keeps what."""
    contract = stream.contract
    figures = lake_figures if isinstance(stream, Files) else lake_changes
    rows, raw = lake_limit(contract), raw_limit(contract)
    bronze: tuple[Kind, str, Limit, Shared] = ("bronze", lake_table("bronze", stream.name), raw, WHOLE)
    return [
        ("silver", lake_table("silver", stream.name), rows, WHOLE),
        *([] if isinstance(stream, Files) else [bronze]),
        ("dead letters", LAKE_DEAD_LETTERS, raw, Shared(stream.name)),
        *(("metrics", figures(stream.name, metric.name), rows, WHOLE) for metric in stream.metrics),
    ]


def _tables(catalog: Any, stream: Stream, today: date) -> Iterator[Shelf]:
    for kind, name, limit, part in lake_places(stream):
        table = find_table(catalog, name)
        held = [] if table is None else days_held(table, part)
        pieces = tuple(Piece(each.day.isoformat(), each.day + _DAY, each.rows, each.bytes) for each in held)
        yield Shelf(kind, name, limit, limit.before(today), pieces)


def _indices(settings: Settings, stream: Stream, today: date) -> Iterator[Shelf]:
    index, limit = stream.contract.index, index_limit(stream.contract)
    if index is None or limit is None:
        return
    dated, name = Dated.of(index), alias(stream.contract)
    found = SearchClient(settings, timeout_s=TIMEOUT_S).indices(all_indices(name))
    ends = [(each, dated.end(each.name)) for each in found]
    pieces = tuple(Piece(each.name, end, each.docs, each.size_bytes) for each, end in ends if end is not None)
    yield Shelf("index", name, limit, limit.before(today), pieces)


def _emptied(settings: Settings, catalog: Any, stream: Stream, today: date) -> Iterator[Emptied]:
    """Days that go as a whole are not counted."""
    table = find_table(catalog, lake_table("silver", stream.name))
    kept_from = lake_limit(stream.contract).before(today)
    for personal in personal_fields(stream):
        before = personal.limit.before(today)
        days = [] if table is None else days_to_erase(table, dict.fromkeys(personal.paths, before))
        days = [each for each in days if each.day >= kept_from]
        yield Emptied(personal, before, tuple(days), _documents(settings, stream, personal, before))


def _documents(settings: Settings, stream: Stream, personal: Personal, before: date) -> int:
    index = stream.contract.index
    if index is None:
        return 0
    older = (stream.contract.event_time.column, before)
    return max([documents_with(settings, alias(stream.contract), path, older) for path in personal.paths], default=0)


def _topics(settings: Settings, stream: Stream) -> Iterator[TopicKept]:
    """Those that hold records as they came or rows; where the contract has personal fields, these bound them."""
    contract = stream.contract
    limit = min(personal_limits(contract), key=lambda each: each.days, default=None)
    personal = {contract.silver_topic, contract.dead_letter_topic, contract.topic.name}
    names = [plan.name for plan in plan_topics(stream)]
    there = {topic for topic, _ in OffsetReader(settings, timeout_s=TIMEOUT_S).places(names)}
    found = topic_settings(settings, [name for name in names if name in there])
    for name, config in found.items():
        yield TopicKept(name, _hours(config), limit if name in personal else None)


def _hours(config: dict[str, str]) -> float | None:
    """None for ever: a topic that is only compacted keeps the newest of each key."""
    kept_ms = int(config.get("retention.ms", "-1"))
    return kept_ms / _MS_PER_HOUR if kept_ms >= 0 and "delete" in config.get("cleanup.policy", "delete") else None
