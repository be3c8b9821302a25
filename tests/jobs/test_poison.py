"""Poison on the real stack: every bad record becomes a dead letter of its own kind, its neighbours stay untouched."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.clicks import click
from tests.pipeline import Pipeline
from tests.topics import send, wait_for_records
from tidegate.avro.frame import SCHEMA_ID_HEADER, body_of, frame

UNKNOWN_SCHEMA_ID = 2_000_000_001


def poison(pipeline: Pipeline) -> list[tuple[str, bytes | None]]:
    """(expected code, record) of every kind."""
    whole = pipeline.framed(click())
    body = body_of(whole)
    id_length = body[0:1]
    far = click(event_time=datetime(9999, 12, 31, tzinfo=UTC))
    at_user = whole.index(b"\x02\x04u1")
    records: list[tuple[str, bytes | None]] = [
        ("EMPTY_VALUE", b""),
        ("TOMBSTONE", None),
        ("BAD_MAGIC", b"\x01" + whole[1:]),
        ("UNKNOWN_SCHEMA", frame(UNKNOWN_SCHEMA_ID) + body),
        ("TRAILING_BYTES", whole + b"\x00"),
        ("BAD_LENGTH", frame(pipeline.schema_id) + b"\x80\x80\x80\x80\x10" + whole[6:]),
        ("BAD_UTF8", frame(pipeline.schema_id) + id_length + b"\xff" * 36 + whole[42:]),
        ("BAD_UNION_BRANCH", whole[:at_user] + b"\x08" + whole[at_user + 1 :]),
        ("RECORD_TOO_LARGE", pipeline.framed(click(page_url="x" * 10_000_000))),
        ("EVENT_TIME_OUT_OF_RANGE", pipeline.framed(far)),
    ]
    records += [("TRUNCATED", whole[:length]) for length in range(1, len(whole))]
    noise = random.Random(5)
    records += [("BAD_MAGIC", b"\x07" + noise.randbytes(noise.randrange(1, 300))) for _ in range(50)]
    return records


def test_each_poison_has_its_own_code_and_good_events_pass_between(pipeline: Pipeline) -> None:
    settings, failures = pipeline.settings, pipeline.failures()
    bad = poison(pipeline)
    good = frame_of_new_click(pipeline)
    values = [value for _, record in bad for value in (record, next(good))]
    landed = send(settings, "raw.clicks", values)
    wanted = {place.offset: code for place, (code, _) in zip(landed[0::2], bad, strict=True)}
    letters = wait_for_records(settings, "dlq.clicks", pipeline.dead_letter, set(wanted), timeout_s=120)
    assert {offset: letter["error_code"] for offset, letter in letters.items()} == wanted
    payloads = {landed[2 * position].offset: record for position, (_, record) in enumerate(bad)}
    large = [offset for offset, letter in letters.items() if letter["payload_truncated"]]
    assert [wanted[offset] for offset in large] == ["RECORD_TOO_LARGE"]
    for offset, letter in letters.items():
        record = payloads[offset]
        assert letter["payload"] == (record[: len(letter["payload"])] if record else record)
    wait_for_records(settings, "silver.clicks", pipeline.silver, {place.offset for place in landed[1::2]})
    assert pipeline.failures() == failures


def test_a_schema_named_in_a_header_is_read_and_a_bad_record_keeps_its_bytes(pipeline: Pipeline) -> None:
    settings, failures = pipeline.settings, pipeline.failures()
    bodies = [body_of(pipeline.framed(click())) for _ in range(3)]

    named = send(settings, "raw.clicks", bodies, headers=[(SCHEMA_ID_HEADER, frame(pipeline.schema_id))])
    broken = send(settings, "raw.clicks", [bodies[0][:-1]], headers=[(SCHEMA_ID_HEADER, frame(pipeline.schema_id))])

    wait_for_records(settings, "silver.clicks", pipeline.silver, {place.offset for place in named})
    letters = wait_for_records(settings, "dlq.clicks", pipeline.dead_letter, {place.offset for place in broken})
    (letter,) = letters.values()
    assert (letter["error_code"], letter["payload"]) == ("TRUNCATED", bodies[0][:-1])
    assert letter["source"]["headers"][SCHEMA_ID_HEADER] == frame(pipeline.schema_id)
    assert pipeline.failures() == failures


def frame_of_new_click(pipeline: Pipeline) -> Iterator[bytes]:
    """An endless supply of good records."""
    while True:
        yield pipeline.framed(click())
