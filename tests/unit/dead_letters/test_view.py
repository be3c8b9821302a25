"""A record is shown as far as it goes; what is personal is masked until somebody asks for it."""

from typing import Any

import pytest

from tests.clicks import click
from tests.letters import letter
from tests.unit.dead_letters.test_payload import Schemas
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.view import MASK, View, offending_value, personal_paths, view_payload


def _value(clicks: Stream) -> bytes:
    return Encoder(clicks.latest, 7).encode(click(event_id="e1", quantity=-5, user_id="u1", ip="192.0.2.7"))


def _view(clicks: Stream, payload: bytes | None, *, reveal: bool = False, **changes: Any) -> View:
    return view_payload(clicks, Schemas(clicks.latest), letter(payload=payload, **changes), reveal=reveal)


def test_a_readable_record_is_shown_with_personal_fields_masked(clicks: Stream) -> None:
    assert personal_paths(clicks) == ("ip", "user_id")
    shown = _view(clicks, _value(clicks))

    assert (shown.fields["event_id"], shown.fields["ip"], shown.fields["user_id"]) == ("e1", MASK, MASK)
    assert (shown.problem, shown.rest_bytes) == (None, 0)
    assert _view(clicks, _value(clicks), reveal=True).fields["ip"] == "192.0.2.7"


def test_a_broken_record_is_shown_up_to_the_break_and_its_bytes_on_demand(clicks: Stream) -> None:
    cut = _value(clicks)[:-10]
    shown, revealed = _view(clicks, cut), _view(clicks, cut, reveal=True)

    assert shown.fields["event_id"] == "e1" and shown.fields["ip"] == MASK
    assert shown.problem is not None and "TRUNCATED" in shown.problem
    assert shown.rest is None and shown.rest_bytes == len(cut) - shown.rest_at
    assert revealed.rest == cut[revealed.rest_at :].hex(" ")


@pytest.mark.parametrize("payload", [b"\1 no frame", b"\0\0\0\0\x09 of a schema nobody knows", b"", None])
def test_what_no_schema_is_known_of_is_bytes(clicks: Stream, payload: bytes | None) -> None:
    shown = _view(clicks, payload, reveal=True)

    assert shown.fields == {}
    assert shown.rest == (payload or b"").hex(" ")


def test_text_that_is_no_json_is_shown_up_to_its_first_strange_byte(meters: Stream) -> None:
    of_meters = letter(payload=b'{"a": \xff\x00', source={"topic": meters.contract.topic.name})
    shown = view_payload(meters, Schemas(), of_meters, reveal=True)

    assert (shown.text, shown.rest_at, shown.rest) == ('{"a": ', 6, "ff 00")


def test_a_violation_is_shown_with_the_value_that_broke_the_rule(clicks: Stream) -> None:
    shown = _view(clicks, _value(clicks))

    assert offending_value(clicks, "quantity", shown) == -5
    assert offending_value(clicks, "ip", shown) == MASK
    assert offending_value(clicks, "no_field", shown) is None


def test_a_record_that_was_cut_is_shown_in_part(clicks: Stream) -> None:
    shown = _view(clicks, _value(clicks)[:-20], payload_truncated=True)
    assert shown.fields["event_id"] == "e1"
