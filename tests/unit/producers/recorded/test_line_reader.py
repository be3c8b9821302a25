"""Files as the world sends them: each line is a record, or rejected with what is wrong with it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.recorded.inputs import read_lines
from producers.recorded.line_reader import Format, LineReader
from producers.recorded.split import Line
from producers.sending.decoding import Fault, decoded
from tests.project import PROJECT
from tidegate.contracts.dataset import Dataset, Reference, Stream
from tidegate.errors import TidegateError

INPUTS = PROJECT / "tests/data/inputs"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOG = b'203.0.113.9 - - [17/May/2015:10:05:01 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"'
PRODUCT = {"product_id": "L1", "name": "Lamp", "category": "Home", "list_price": "12.50", "currency": "EUR"}


def read(dataset: Dataset, path: Path, field: str, form: Format = "auto") -> list[object]:
    """What ``field`` holds in each line, or what is wrong with the line."""
    reader = LineReader(dataset, form, lambda: NOW)
    found: list[object] = []
    for line in read_lines(path, lambda: False):
        assert line is not None
        record = decoded(lambda line=line: reader.record(line)[0])  # type: ignore[misc]
        found.append(record.reason if isinstance(record, Fault) else record[field])
    return found


def one(dataset: Dataset, text: bytes, form: Format = "auto") -> object:
    found = decoded(lambda: LineReader(dataset, form, lambda: NOW).record(Line(1, text))[0])
    return found.reason if isinstance(found, Fault) else found


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("a04_bom.log", "ip", ["198.51.100.7"] * 2),
        ("a08_no_host.log", "ip", [None, None]),
        ("a09_year_1.log", "page_url", ["/ok", "'01/Jan/0001:00:00:00 +0100' is not a time that can be", "/after"]),
        ("a16_cr_only.log", "ip", ["a carriage return within the line"]),
        ("a20_redos_64k.log", "page_url", ["not a line of an access log", "/ok"]),
        ("a21_access.log.2.gz", "page_url", ["/ok"] * 200),
        ("b01_bom.jsonl", "page_url", ["/", "/2"]),
        (
            "b02_huge_exponent.jsonl",
            "page_url",
            ["/", "line.quantity: 1e99999999999999999999 is not a whole number", "/after"],
        ),
        ("b04_duplicate_key.jsonl", "page_url", ["the key 'event_type' is there twice"]),
        ("b06_nanos.jsonl", "page_url", ["line.event_time: '2026-11-21T10:00:00.1", "is finer than the field's unit"]),
        ("b09_seconds.jsonl", "page_url", ["looks like seconds, but the field counts milliseconds"] * 2),
    ],
)  # fmt: skip
def test_lines_of_clicks(clicks: Stream, name: str, field: str, expected: list[object]) -> None:
    found = read(clicks, INPUTS / name, field)
    assert len(found) >= len(expected)
    for got, wanted in zip(found, expected, strict=False):
        assert got == wanted or (isinstance(wanted, str) and wanted in str(got)), got


def test_numbers_that_no_double_is(app_logs: Stream, clicks: Stream) -> None:
    *refused, rounded = read(app_logs, INPUTS / "b05_app_logs_infinity.jsonl", "duration_ms")
    for number, reason in zip(("1E+400", "NaN", "-Infinity", "1E-400"), refused, strict=True):
        assert str(reason).startswith(f"line.duration_ms: {number} is no") or f": {number} is not a number" in str(
            reason
        )
    assert rounded == 0.1234567890123456789
    (nan, _) = read(clicks, INPUTS / "b05_nan.jsonl", "unit_price")
    assert "line.unit_price: NaN for a decimal(12, 2)" in str(nan)


def test_zeros_behind_the_scale_are_no_rounding(clicks: Stream) -> None:
    prices = read(clicks, INPUTS / "b07_trailing_zeros.jsonl", "unit_price")
    assert [str(price) for price in prices] == ["12.50", "12.50", "12.00", "0.00"]


@pytest.mark.parametrize("form", ["auto", "jsonl"])
def test_a_json_array_is_told_how_to_become_lines(products: Reference, clicks: Stream, form: Format) -> None:
    for dataset in (products, clicks):
        (reason,) = read(dataset, INPUTS / "c10_json_array.json", "", form)
        assert reason == "a JSON array. Give one JSON object a line, for example by `jq -c '.[]' FILE`."


def test_an_access_log_of_ipv6_hosts_in_brackets_is_no_array(clicks: Stream) -> None:
    assert isinstance(one(clicks, LOG.replace(b"203.0.113.9", b"[2001:db8::1]:443 203.0.113.9")), dict)


def test_latin_1_is_rejected_by_its_byte_in_json_and_kept_escaped_of_a_log(clicks: Stream) -> None:
    assert one(clicks, b'{"page_url": "caf\xe9"}') == "not UTF-8: byte 0xe9 at byte 18"
    record = one(clicks, LOG.replace(b"GET /", b"GET /caf\xe9"))
    assert isinstance(record, dict)
    assert record["page_url"] == "/caf\\xe9"


def test_a_line_that_is_too_long_is_rejected_with_its_size(clicks: Stream) -> None:
    line = Line(1, b'{"a', "", 0, 1_073_741_824)
    with pytest.raises(ValueError, match="a line of 1,073,741,824 bytes; at most 16,777,216 are read"):
        LineReader(clicks, "auto").record(line)


def test_a_dataset_without_a_mapping_refuses_access_logs_at_once(products: Reference) -> None:
    with pytest.raises(TidegateError, match=r"products has no mapping from access logs. Send JSON lines, or write"):
        LineReader(products, "combined")


def test_without_a_mapping_each_line_is_json(products: Reference) -> None:
    assert str(one(products, b"not json")).startswith("not JSON: ")


def test_a_module_that_has_only_the_name_of_a_mapping_is_none(clicks: Stream) -> None:
    access = replace(clicks, contract=clicks.contract.model_copy(update={"dataset": "access"}))
    assert str(one(access, LOG)).startswith("not JSON: ")


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("1970-01-17T18:40:55Z", "updated_at: 1970-01-17T18:40:55.000Z is before 2000-01-01"),
        ("2026-11-21T13:00:00Z", "updated_at: 2026-11-21T13:00:00.000Z is more than 600 s ahead"),
    ],
)
def test_reference_data_keeps_to_the_contracts_times(products: Reference, time: str, reason: str) -> None:
    assert str(one(products, json.dumps(PRODUCT | {"updated_at": time}).encode())).startswith(reason)


def test_a_key_of_reference_data_is_never_made_up(products: Reference) -> None:
    nameless = {name: value for name, value in PRODUCT.items() if name != "product_id"}
    text = json.dumps(nameless | {"updated_at": "2026-11-21T10:00:00Z"}).encode()
    assert str(one(products, text)).startswith("line.product_id: missing")
