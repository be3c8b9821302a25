"""Recorded lines become records, or rejects with their number; nothing is lost, and a second run repeats itself."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from producers.recorded.line_reader import Format, LineReader
from producers.recorded.lines import Replay
from producers.recorded.split import Line
from producers.sending.batch import Batch
from producers.sending.rejects import Rejects
from tests.contracts import next_version
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError

LOG = b'203.0.113.9 - - [17/May/2015:10:05:%02d +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"'
JSON = {
    "event_id": "0190b5f0-0000-7000-8000-000000000001",
    "event_time": "2026-11-21T10:00:00Z",
    "session_id": "s1",
    "event_type": "view",
    "page_url": "/",
}


def replay(
    clicks: Stream, lines: Iterable[bytes | None], rejects: Rejects, speed: float | None = None, form: Format = "auto"
) -> list[Batch]:
    source = Replay(LineReader(clicks, form), Encoder(clicks.latest, 7), clicks.contract.topic.key, rejects)
    numbered = (line if line is None else Line(number, line) for number, line in enumerate(lines, start=1))
    return [batch for batch in source.batches(numbered, speed, clock=lambda: 1000.0) if len(batch)]


def records(clicks: Stream, batches: Iterable[Batch]) -> list[dict[str, object]]:
    encoder = Encoder(clicks.latest, 7)
    return [encoder.decode(value) for batch in batches for value in batch.values if value is not None]


@pytest.fixture
def rejects(tmp_path: Path) -> Iterator[Rejects]:
    rejects = Rejects(tmp_path / "rejects" / "in.rejects", Console(quiet=True))
    with ExitStack() as stack:
        stack.push(rejects)
        yield rejects


@given(st.lists(st.sampled_from([LOG % 1, LOG % 2, json.dumps(JSON).encode(), b"", b"{", b"\xff{", b'{"a": 1}', b"x"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_line_is_sent_or_rejected(clicks: Stream, rejects: Rejects, lines: list[bytes]) -> None:
    before = rejects.count
    sent = records(clicks, replay(clicks, lines, rejects))
    assert len(sent) + rejects.count - before == len(lines)


def test_the_same_lines_give_the_same_bytes(clicks: Stream, rejects: Rejects) -> None:
    lines = [LOG % second for second in range(60)] * 2
    first, second = (replay(clicks, lines, rejects) for _ in range(2))
    assert [batch.values for batch in first] == [batch.values for batch in second]
    assert len({record["event_id"] for record in records(clicks, first)}) == 120


def test_the_key_is_the_contracts_key_field(clicks: Stream, rejects: Rejects) -> None:
    (batch,) = replay(clicks, [LOG % 1], rejects)
    (record,) = records(clicks, [batch])
    assert batch.keys == [str(record["session_id"]).encode()]


def test_a_json_line_keeps_its_own_id(clicks: Stream, rejects: Rejects) -> None:
    (record,) = records(clicks, replay(clicks, [json.dumps(JSON).encode()], rejects))
    assert record["event_id"] == JSON["event_id"]


def test_a_json_line_without_an_id_gets_one_from_its_place(clicks: Stream, rejects: Rejects) -> None:
    line = json.dumps({name: value for name, value in JSON.items() if name != "event_id"}).encode()
    ids = {str(record["event_id"]) for record in records(clicks, replay(clicks, [line, line], rejects))}
    assert [len(event_id) for event_id in ids] == [36, 36]


@pytest.mark.parametrize(
    ("line", "form", "reason"),
    [
        (b"x", "auto", "not a line of an access log"),
        (b"", "auto", "empty line"),
        (b"x", "jsonl", "not JSON"),
        (b'{"session_id": 3}', "auto", "event_time: missing"),
        (json.dumps(JSON | {"quantity": "two"}).encode(), "auto", "line.quantity: 'two' is not a whole number"),
        (
            json.dumps(JSON | {"page_url": "\ud800"}).encode(),
            "auto",
            "line.page_url: '\\ud800' holds half of a surrogate pair",
        ),
        (json.dumps(JSON).encode(), "combined", "not a line of an access log"),
        (b"[" * 100_000, "jsonl", "a JSON array. Give one JSON object a line"),
        (b'{"a":' * 100_000, "jsonl", "nested too deeply"),
    ],
)
def test_a_rejected_line_is_kept_with_its_number_and_reason(
    clicks: Stream, rejects: Rejects, line: bytes, form: Format, reason: str
) -> None:
    good = json.dumps(JSON).encode() if form == "jsonl" else LOG % 1
    assert len(records(clicks, replay(clicks, [good, line], rejects, form=form))) == 1
    (kept,) = [json.loads(text) for text in rejects.path.read_text().splitlines()]
    assert kept["line"] == 2
    assert reason in kept["reason"]
    assert kept["text"] == line.decode()


def test_without_rejects_there_is_no_file(clicks: Stream, rejects: Rejects) -> None:
    replay(clicks, [LOG % 1], rejects)
    assert not rejects.path.exists()


def test_as_fast_as_possible_nothing_is_due(clicks: Stream, rejects: Rejects) -> None:
    batches = replay(clicks, [LOG % (number % 60) for number in range(1200)], rejects)
    assert [len(batch) for batch in batches] == [500, 500, 200]
    assert {batch.due_s for batch in batches} == {None}


def test_at_a_speed_each_line_is_due_by_its_own_time(clicks: Stream, rejects: Rejects) -> None:
    batches = replay(clicks, [LOG % 0, LOG % 0, LOG % 10, LOG % 4], rejects, speed=2.0)
    assert [(len(batch), batch.due_s) for batch in batches] == [(2, 1000.0), (1, 1005.0), (1, 1002.0)]


def test_what_was_read_is_sent_before_waiting_for_more(clicks: Stream, rejects: Rejects) -> None:
    assert [len(batch) for batch in replay(clicks, [LOG % 1, None, LOG % 2], rejects)] == [1, 1]


def test_a_record_that_no_topic_takes_is_rejected(
    clicks: Stream, rejects: Rejects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producers.sending.decoding.MAX_RECORD_BYTES", 1000)
    big = json.dumps(JSON | {"page_url": "x" * 1001}).encode()
    assert len(records(clicks, replay(clicks, [big, LOG % 1], rejects))) == 1
    assert "a record of 1,070 bytes; a topic takes at most 1,000" in rejects.path.read_text()


def test_a_batch_of_large_records_is_small(clicks: Stream, rejects: Rejects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.recorded.lines._BATCH_BYTES", 1000)
    big = json.dumps(JSON | {"page_url": "x" * 600}).encode()
    assert [len(batch) for batch in replay(clicks, [big] * 5, rejects)] == [2, 2, 1]


def test_what_was_read_before_a_file_breaks_is_sent(clicks: Stream, rejects: Rejects) -> None:
    def breaking() -> Iterator[Line | None]:
        yield Line(1, LOG % 1)
        raise TidegateError("cannot be read to its end.", remedy="Mend it.")

    source = Replay(LineReader(clicks, "auto"), Encoder(clicks.latest, 7), clicks.contract.topic.key, rejects)
    batches = source.batches(breaking(), None, lambda: 0.0)
    assert len(next(batches)) == 1
    with pytest.raises(TidegateError, match="Mend it"):
        next(batches)


def test_only_what_is_handed_out_or_rejected_counts_as_taken(clicks: Stream, rejects: Rejects) -> None:
    source = Replay(LineReader(clicks, "auto"), Encoder(clicks.latest, 7), clicks.contract.topic.key, rejects)
    lines = [Line(1, LOG % 0, "f", 10), Line(2, b"x", "f", 12), Line(3, LOG % 30, "f", 20), Line(4, LOG % 30, "f", 30)]
    batches = source.batches(iter(lines), 1.0, lambda: 0.0)
    next(batches)  # the third line is read by now, and in the next batch
    assert (source.taken["f"].number, source.taken["f"].end) == (2, 12)
    next(batches)
    assert (source.taken["f"].number, source.taken["f"].end) == (4, 30)


def test_a_json_line_may_lack_fields_of_any_type_that_have_a_default(clicks: Stream, rejects: Rejects) -> None:
    newer = next_version(clicks, {"name": "hash", "type": "bytes", "default": "\u00ff"})
    (record,) = records(newer, replay(newer, [json.dumps(JSON).encode()], rejects))
    assert record["hash"] == b"\xff"
