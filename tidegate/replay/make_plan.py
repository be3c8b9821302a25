"""Makes the plan of a replay into the lake: which offsets, how much, what of the table is written again."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tidegate.clients.lake_rows import main_snapshot, open_table, rows_held, scan_rows
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.proof.window import raw_windows, start_ms
from tidegate.replay.asked import Asked, parse_ranges, parse_time
from tidegate.replay.bronze import bronze_bytes, bronze_places, refuse_what_bronze_lacks, refuse_what_lags
from tidegate.replay.event_times import offsets_of_events
from tidegate.replay.index_plan import documents_of, refuse_index
from tidegate.replay.lake_rows import places
from tidegate.replay.not_idempotent import not_idempotent
from tidegate.replay.range_plan import RAW, Overwritten, RangePlan, new_plan_id
from tidegate.replay.row_range import EventTimes, RowRange
from tidegate.replay.sample import sampled_bytes
from tidegate.replay.settled import refined_up_to, wait_until_settled
from tidegate.replay.silver_plan import next_silver, refuse_silver, refuse_what_is_filled, told_of_earlier
from tidegate.replay.sources import Kept, begins_later, kept_of, offsets_arrived
from tidegate.replay.store import DONE, FILLED, all_plans, load_status
from tidegate.replay.targets import INDEX, LAKE, SILVER
from tidegate.settings import Settings

Spans = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Size:
    """Raw records of the spans, counted as offsets, and their bytes by a sample."""

    events: int
    bytes: int


def make_plan(settings: Settings, dataset: str, asked: Asked, actor: str) -> RangePlan:
    """Takes as long as the lake job needs to have all of the range: seconds, or two of its checkpoints if it is new.

    Raises:
        TidegateError: no such range, jobs do not run, or the dataset's SQL gives another answer each time.
        TransientError: a server does not answer, or the lake does not catch up.
    """
    stream, with_index = load_stream(settings.schemas_dir, dataset), INDEX in asked.targets
    _refuse_targets(settings, stream, asked)
    table = open_table(settings, f"silver.{dataset}")
    now = datetime.now(UTC)
    kept = kept_of(settings, stream, asked.source)
    spans, notes = bounded(asked_spans(settings, stream, asked, kept), refined_up_to(settings, stream), asked)
    times = event_times(stream, asked)
    if not any(start < end for start, end in spans.values()):
        if notes:
            raise TidegateError(
                f"refine has read nothing of this range of {dataset} yet.", remedy="Ask again when it has."
            )
        raise TidegateError(
            f"there is no raw record of {dataset} in this range.",
            remedy=f"`tidegate prove {dataset}` says which offsets there are; retention may have removed older ones.",
        )
    wait_until_settled(settings, stream, {number: end for number, (_, end) in spans.items()}, with_index=with_index)
    table.refresh()
    rows = RowRange(spans, times)
    held = rows_held(settings, table, rows.condition)
    documents = documents_of(settings, stream, rows) if with_index else None
    source, size, more = RAW, _Size(held.rows, held.bytes), list[str]()
    if LAKE in asked.targets:
        source = kept.source_of(spans)
        size, more = _measured(settings, stream, source, rows)
    if asked.offsets is None:
        more = [*begins_later(kept, spans), *more]
    if SILVER in asked.targets:
        more = [*more, *told_of_earlier(settings, stream, spans)]
    return RangePlan(
        plan_id=new_plan_id(now, secrets.token_hex(2)),
        dataset=dataset,
        target=",".join(asked.targets),
        created_at=int(now.timestamp() * 1000),
        actor=actor,
        asked=asked.text,
        rows=rows,
        events=size.events,
        expected_bytes=size.bytes,
        expected_s=expected_s(settings, dataset, size.events, asked.rate),
        snapshot_id=main_snapshot(table),
        overwritten=Overwritten(held.rows, held.files, held.bytes, documents),
        notes=(*notes, *more, *_notes(stream, asked, times)),
        source=source,
        rate=asked.rate,
        silver=next_silver(settings, stream) if SILVER in asked.targets else None,
    )


def _refuse_targets(settings: Settings, stream: Stream, asked: Asked) -> None:
    if LAKE in asked.targets:  # else nothing is refined
        refuse_what_changes(stream)
        refuse_what_is_filled(settings, stream)
    if SILVER in asked.targets:
        refuse_silver(stream, asked)
    if INDEX in asked.targets:
        refuse_index(settings, stream)


def refuse_what_changes(stream: Stream) -> None:
    """Raises: TidegateError: its SQL is not a function of its record."""
    if found := not_idempotent(stream):
        raise TidegateError(
            f"a replay of {stream.name} would be no repetition: {'; '.join(found)}, which differs from run to run.",
            remedy="Use the record's own times, such as _ingested_at, in its place.",
        )


def bounded(spans: Spans, refined: Mapping[int, int], asked: Asked) -> tuple[Spans, list[str]]:
    """The spans up to where refine has read: what lies beyond gets its rows anyway, by the code as it is now.

    Raises:
        TidegateError: offsets that were named lie beyond.
    """
    result, left = {}, 0
    for number, (start, end) in spans.items():
        last = min(end, refined.get(number, start))
        if last < end and asked.offsets is not None:
            raise TidegateError(
                f"refine has read partition {number} up to offset {last:,} only, the range ends at {end:,}.",
                remedy=f"End it at {last:,}, or wait until refine has read more.",
            )
        result[number] = (start, max(start, last))
        left += end - max(start, last)
    return result, [f"{left:,} offsets that refine has not read yet are left to it."] if left else []


def event_times(stream: Stream, asked: Asked) -> EventTimes | None:
    """Raises: TidegateError: a bound that is no time."""
    if asked.event_from is None and asked.event_to is None:
        return None
    bounds = [None if text is None else parse_time(text) for text in (asked.event_from, asked.event_to)]
    start, end = (None if at is None else int(at.timestamp() * 1_000_000) for at in bounds)
    if start is not None and end is not None and start >= end:
        raise TidegateError("the range's start is not before its end.", remedy="Give an --event-to after --event-from.")
    return EventTimes(stream.contract.event_time.column, start, end)


def asked_spans(settings: Settings, stream: Stream, asked: Asked, kept: Kept) -> Spans:
    """[start, end) by partition, as they were asked for.

    Raises:
        TidegateError: there is no such range.
    """
    if asked.offsets is not None:
        return parse_ranges(asked.offsets, kept.spans, kept.where)
    at = partial(offsets_arrived, settings, stream, kept)
    if times := event_times(stream, asked):
        return offsets_of_events(settings, stream, times, kept.spans, at)
    for text in (asked.arrived_from, asked.arrived_to):
        if text is not None and start_ms(text) is not None:
            parse_time(text)
    windows = raw_windows(kept.spans, asked.arrived_from, asked.arrived_to, at, datetime.now(UTC))
    return {window.partition: (window.start, max(window.start, window.end)) for window in windows}


def _measured(settings: Settings, stream: Stream, source: str, rows: RowRange) -> tuple[_Size, list[str]]:
    """And what is to be said of the source."""
    if source == RAW:
        return _size(settings, stream, dict(rows.spans)), []
    refuse_what_lags(settings, stream, rows.spans)
    held = bronze_places(settings, stream, rows.spans)
    table = open_table(settings, f"silver.{stream.name}")
    silver = places(scan_rows(settings, table, PLACE, RowRange(rows.spans).condition))
    notes = refuse_what_bronze_lacks(stream, rows.spans, held, silver)
    return _Size(len(held), bronze_bytes(settings, stream, rows.spans)), notes


def _size(settings: Settings, stream: Stream, spans: Spans) -> _Size:
    events = sum(end - start for start, end in spans.values())
    return _Size(events, sampled_bytes(settings, stream.contract.topic.name, spans))


def expected_s(settings: Settings, dataset: str, events: int, rate: float | None = None) -> float | None:
    """At the rate of the dataset's last replay into the lake that was held to none, at ``rate`` if that is slower."""
    slowest_s = events / rate if rate else 0.0
    for plan in reversed([*all_plans(settings)]):
        status = load_status(settings, plan.plan_id)
        is_alike = plan.dataset == dataset and LAKE in plan.targets and not status.rate
        if is_alike and status.state in (DONE, FILLED) and status.started_at and status.written_at:
            took_s = (status.written_at - status.started_at) / 1000
            return round(max(slowest_s, events * took_s / max(1, plan.events)), 1)
    return round(slowest_s, 1) if rate else None


def _notes(stream: Stream, asked: Asked, times: EventTimes | None) -> Iterator[str]:
    if times is not None:
        yield "Of the offsets that are read, only rows of these event times are written again."
    if LAKE in asked.targets:
        yield "Reference data is as of each event's time, as it is known now."
    if INDEX in asked.targets:
        yield "Documents are made from the lake's rows; those of the range that have no row there any more are removed."
    elif stream.contract.index is not None:
        yield f"Search keeps the documents that it has: --target {','.join((*asked.targets, INDEX))} writes them too."
    kept = "Metrics keep" if SILVER in asked.targets else "Silver's topic and metrics keep"
    yield f"{kept} what they have." + (
        " After it, --target metrics counts days again, in a plan of its own." if stream.metrics else ""
    )
