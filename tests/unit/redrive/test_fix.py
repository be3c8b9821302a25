"""Recipes on real bytes: what is sent for a letter, or why nothing is."""

import json
from typing import Any

import pytest

from tests.unit.redrive.letters import letter
from tests.unit.redrive.records import (
    CLICK,
    CLICKS,
    METERS,
    NEWEST,
    OTHER,
    TEXT_PRICES,
    Schemas,
    click_letter,
    fixer,
    written,
)
from tidegate.avro.codec import decode
from tidegate.avro.frame import SCHEMA_ID_HEADER, frame, schema_id_of
from tidegate.errors import TidegateError
from tidegate.redrive.fix import UNMATCHED, Fixed, NotFixed

CAST = """
fixes:
  - when: {code: SCHEMA_MISMATCH}
    do:
      - cast: {unit_price: decimal}
"""


def click_of(found: Fixed | NotFixed) -> dict[str, Any]:
    assert isinstance(found, Fixed), found
    assert found.value is not None
    return decode(found.value, Schemas.known[schema_id_of(found.value)])


def reason(found: Fixed | NotFixed) -> str:
    assert isinstance(found, NotFixed)
    return found.reason


def test_without_a_recipe_the_record_is_the_one_that_arrived() -> None:
    as_it_came = fixer(CLICKS, None)
    headers: list[tuple[str, bytes | None]] = [("producer", b"shop 2.1")]

    assert as_it_came(letter(b"\x00\x01")) == Fixed(b"k", b"\x00\x01", headers)
    assert as_it_came(letter(None, source={"key": None, "headers": {}})) == Fixed(None, None, [])


def test_a_record_of_a_file_is_not_sent() -> None:
    assert fixer(CLICKS, None)(letter(source=None)) == NotFixed("it came from a file: load the file again")


def test_prices_as_text_are_cast_and_written_by_the_newest_schema() -> None:
    payload = written(CLICK | {"unit_price": "12.50"}, TEXT_PRICES)

    found = fixer(CLICKS, CAST)(click_letter(payload))

    assert isinstance(found, Fixed)
    assert schema_id_of(found.value or b"") == NEWEST
    assert str(click_of(found)["unit_price"]) == "12.50"
    assert click_of(found)["event_id"] == "e1"
    assert (found.key, found.headers) == (b"k", [("producer", b"shop 2.1")])


def test_what_can_not_be_cast_is_told_by_field_and_value() -> None:
    payload = written(CLICK | {"unit_price": "free"}, TEXT_PRICES)

    assert reason(fixer(CLICKS, CAST)(click_letter(payload))) == "field unit_price: 'free' is no decimal"


def test_a_letter_that_no_fix_means_is_unmatched() -> None:
    found = fixer(CLICKS, CAST)(click_letter(written(CLICK), "RULE_VIOLATED"))

    assert found == NotFixed(UNMATCHED, "unmatched")


def test_every_fix_that_holds_is_made_in_order() -> None:
    text = """
fixes:
  - do: [{set: {country: de}}, {drop: [product_id]}]
  - when: {value: {event_type: [view, cart]}}
    do: [{default: {currency: EUR}}, {set: {country: DE}}]
  - when: {value: {event_type: search}}
    do: [{set: {country: FR}}]
"""
    record = click_of(fixer(CLICKS, text)(click_letter(written(CLICK | {"product_id": "P1"}))))

    assert (record["country"], record["currency"], record["product_id"]) == ("DE", "EUR", None)


@pytest.mark.parametrize(
    ("when", "fields"),
    [
        ("{field: unit_price}", {"error_message": "BAD_VALUE: field unit_price: 7"}),
        ("{field: unit_price}", {"violations": [{"rule": "r", "field": "unit_price", "message": ""}]}),
        ("{rule: [r, s]}", {"violations": [{"rule": "r", "field": "x", "message": ""}]}),
        ("{schema_id: 7, stage: decode}", {"contract": {"subject": "", "schema_id": 7}}),
        ("{code: [BAD_VALUE, SCHEMA_MISMATCH]}", {}),
    ],
)
def test_a_letter_is_meant_by_its_cause(when: str, fields: dict[str, Any]) -> None:
    recipe = fixer(CLICKS, f"fixes: [{{when: {when}, do: [{{set: {{country: DE}}}}]}}]")

    assert click_of(recipe(click_letter(written(CLICK), **fields)))["country"] == "DE"
    other = {"error_message": "field unit_prices: 7", "stage": "map", "error_code": "MAPPING_FAILED"}
    assert recipe(click_letter(written(CLICK), **other)) == NotFixed(UNMATCHED, "unmatched")


def test_the_schema_id_is_changed_and_the_bytes_behind_it_stay() -> None:
    payload = frame(99) + written(CLICK)[5:]
    text = "fixes: [{when: {code: UNKNOWN_SCHEMA}, do: [{schema_id: newest}]}]"

    found = fixer(CLICKS, text)(click_letter(payload, "UNKNOWN_SCHEMA"))

    assert isinstance(found, Fixed)
    assert found.value == written(CLICK)


def test_a_header_that_names_the_schema_is_changed_where_it_stands() -> None:
    source = {"headers": {SCHEMA_ID_HEADER: frame(99), "a": b"1"}}
    text = "fixes: [{do: [{schema_id: 7}, {set: {country: DE}}]}]"

    found = fixer(CLICKS, text)(click_letter(written(CLICK)[5:], source=source))

    assert isinstance(found, Fixed)
    assert found.headers == [(SCHEMA_ID_HEADER, frame(NEWEST)), ("a", b"1")]
    assert frame(NEWEST) + (found.value or b"") == written(CLICK | {"country": "DE"})


def test_bare_avro_gets_its_frame() -> None:
    found = fixer(CLICKS, "fixes: [{do: [{frame: 7}]}]")(click_letter(written(CLICK)[5:], "BAD_MAGIC"))

    assert isinstance(found, Fixed)
    assert found.value == written(CLICK)


def test_bytes_behind_the_last_field_are_cut() -> None:
    found = fixer(CLICKS, "fixes: [{do: [{cut: trailing_bytes}]}]")(click_letter(written(CLICK) + b"xx"))

    assert isinstance(found, Fixed)
    assert found.value == written(CLICK)


def test_only_steps_on_bytes_mend_what_no_schema_decodes() -> None:
    payload = frame(99) + written(CLICK)[5:]

    assert "the registry has no schema 99" in reason(fixer(CLICKS, CAST)(click_letter(payload)))


def test_of_a_cut_record_the_rest_can_be_given() -> None:
    whole = written(CLICK)
    cut = whole[: whole.index(b"view") + 4]
    rest = "fixes: [{do: [{default: {page_url: /}}]}]"

    assert "it can be decoded up to TRUNCATED: field page_url" in reason(
        fixer(CLICKS, "fixes: [{do: [{drop: [country]}]}]")(click_letter(cut))
    )
    assert click_of(fixer(CLICKS, rest)(click_letter(cut)))["page_url"] == "/"


def test_a_time_in_seconds_becomes_milliseconds() -> None:
    payload = written(CLICK | {"event_time": 1_795_942_800})
    text = "fixes: [{when: {code: EVENT_TIME_OUT_OF_RANGE}, do: [{cast: {event_time: millis_from_seconds}}]}]"

    found = fixer(CLICKS, text)(click_letter(payload, "EVENT_TIME_OUT_OF_RANGE"))

    assert isinstance(found, Fixed)
    assert found.value == written(CLICK)


def test_a_time_may_be_given_as_text() -> None:
    text = "fixes: [{do: [{set: {event_time: 2026-11-29T10:00:00+01:00}}]}]"

    found = fixer(CLICKS, text)(click_letter(written(CLICK | {"event_time": 0})))

    assert isinstance(found, Fixed)
    assert found.value == written(CLICK)


def test_a_record_is_written_by_a_schema_that_is_named() -> None:
    found = fixer(CLICKS, f"fixes: [{{do: [{{encode: {OTHER}}}]}}]")(click_letter(written(CLICK)))

    assert click_of(found) == {"event_id": "e1"}


def test_a_schema_that_the_registry_lacks_is_refused_before_the_first_letter() -> None:
    with pytest.raises(TidegateError, match="the registry has no schema 98"):
        fixer(CLICKS, "fixes: [{do: [{encode: 98}]}]")


def test_a_record_that_does_not_fit_its_schema_is_told_by_its_field() -> None:
    found = fixer(CLICKS, "fixes: [{do: [{set: {event_type: 7}}]}]")(click_letter(written(CLICK)))

    assert "it does not fit the schema it is written by" in reason(found)
    assert "event_type" in reason(found)


def test_json_keeps_what_no_step_touches() -> None:
    payload = b'{"reading.id":"r-1", "kWh":12.500, "big":1e400, "tags":{"\\ud800":"\xc3\xa4"}, "price":"7"}'
    text = "fixes: [{do: [{rename: {price: prise}}, {cast: {prise: int}}, {set: {reading.id: r-2}}]}]"

    found = fixer(METERS, text)(letter(payload))

    assert isinstance(found, Fixed)
    assert found.value == b'{"reading.id":"r-2","kWh":12.500,"big":1E+400,"tags":{"\\ud800":"\xc3\xa4"},"prise":7}'


def test_a_frame_before_json_stays() -> None:
    found = fixer(METERS, "fixes: [{do: [{set: {kWh: 1.5}}]}]")(letter(frame(3) + b"{}"))

    assert isinstance(found, Fixed)
    assert found.value == frame(3) + b'{"kWh":1.5}'


def test_what_is_behind_json_is_cut() -> None:
    found = fixer(METERS, "fixes: [{do: [{cut: trailing_bytes}]}]")(letter(b'{"a": 1} {"b": 2}'))

    assert isinstance(found, Fixed)
    assert json.loads(found.value or b"") == {"a": 1}


def test_what_is_no_json_is_mended_by_no_recipe() -> None:
    assert reason(fixer(METERS, "fixes: [{do: [{drop: a}]}]")(letter(b"{'a'}"))).startswith("NOT_JSON")


SCRIPT = """
def fix(record):
    if record["event_type"] == "search":
        return None
    record["country"] = record["session_id"].upper()
    return record
"""


def test_a_script_gets_the_decoded_record() -> None:
    recipe = fixer(CLICKS, SCRIPT, "up.py")

    assert click_of(recipe(click_letter(written(CLICK))))["country"] == "S1"
    assert recipe(click_letter(written(CLICK | {"event_type": "search"}))) == NotFixed(
        "up.py leaves it out", "left_out"
    )


def test_a_script_gets_no_record_in_part() -> None:
    assert "only a recipe in YAML" in reason(fixer(CLICKS, SCRIPT, "up.py")(click_letter(written(CLICK)[:-3])))


def test_a_row_of_silver_is_changed_by_no_recipe() -> None:
    found = fixer(CLICKS, CAST)(letter(b"\x00", stage="index"))

    assert reason(found) == "its record is a row of silver, which no recipe changes"
