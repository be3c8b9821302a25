"""Samples as the world sends them become a folder that holds, or are refused in one line with its number."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.avro.json_text import read_json
from tidegate.avro.json_values import from_json
from tidegate.contracts.check import check_datasets
from tidegate.contracts.json_lines import read_samples
from tidegate.contracts.load import load_stream
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.scaffold import renamed_fields, scaffold, write
from tidegate.errors import ContractError

BASE = {"reading_id": "r-1", "measured_at": "2026-11-21T09:00:00.250Z", "celsius": 21.5}
Renamed = dict[str, str]


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """Where a new folder goes."""
    for name in ("dead_letter", "dropped"):
        shutil.copytree(SCHEMAS / name, tmp_path / "schemas" / name)
    return tmp_path / "schemas"


def line(**more: Any) -> bytes:
    return json.dumps({**BASE, **more}, ensure_ascii=False).encode() + b"\n"


TAKEN: dict[str, tuple[bytes, Fields, Renamed]] = {
    "a line separator as it is": (line(note="one\u2028two"), Fields(), {}),
    "a line separator escaped": (json.dumps({**BASE, "note": "one\u2028two\x85"}).encode(), Fields(), {}),
    "a byte order mark": (b"\xef\xbb\xbf" + line(), Fields(), {}),
    "camel case": (b'{"orderId": "o-1", "createdAt": "2026-11-21T09:00:00Z", "totalCents": 5}', Fields(), {}),
    "camel case and not": (b'{"orderId": "o-1", "created_at": "2026-11-21T09:00:00Z"}', Fields(), {}),
    "an identity of MongoDB": (b'{"_id": "65f0", "created_at": "2026-11-21T09:00:00Z"}', Fields(), {"_id": "id"}),
    "what the lake is partitioned by": (
        line(year=2026, Month=11, DAY=21),
        Fields(),
        {
            "year": "year_",
            "Month": "Month_",
            "DAY": "DAY_",
        },
    ),
    "Tidegate's own columns": (line(_key="k", _headers="h"), Fields(), {"_key": "key", "_headers": "headers"}),
    "OpenSearch's own fields": (line(_source=1, _index="i"), Fields(), {"_source": "source", "_index": "index"}),
    "an empty object": (line(meta={}), Fields(), {}),
    "names that differ by case": (line(userid="a", userId="b"), Fields(), {"userId": "userId_"}),
    "names that differ by case within": (line(who={"a": 1, "A": 2}), Fields(), {"A": "A_"}),
    "dots": (line(**{"k8s.pod.name": "p", "k8s_pod_name": "q"}), Fields(), {"k8s.pod.name": "k8s_pod_name_"}),
    "dots within": (line(deep=[{"a.b": [{"c-d": 1}]}]), Fields(), {"a.b": "a_b", "c-d": "c_d"}),
    "an at, a dash and a digit first": (
        b'{"id": "a", "@timestamp": "2026-11-21T09:00:00Z", "content-type": "t", "1st": 1}',
        Fields(),
        {"@timestamp": "timestamp", "content-type": "content_type", "1st": "field_1st"},
    ),
    "no letter at all": (line(**{"": 1, "%": 2, "名": 3}), Fields(), {"": "field", "%": "field_", "名": "field_2"}),
    "quotes of every kind": (
        line(**{"a`b": 1, "a'b": 2, 'a"b': 3, "a\nb": 4}),
        Fields(),
        {"a`b": "a_b", "a'b": "a_b_", 'a"b': "a_b_2", "a\nb": "a_b_3"},
    ),
    "null in an array": (line(tags=["x", None]), Fields(), {}),
    "words of SQL": (
        b'{"order": "a", "timestamp": "2026-11-21T09:00:00Z", "value": 1, "user": "u", "offset": 2, "select": null}',
        Fields("order"),
        {},
    ),
    "aliases of the SQL": (line(e=1, d=2, i=3, r0=4, r1=5, silver=6, validated=7, raw_records=8), Fields(), {}),
    "digits alone": (b'{"1": "a", "2": "2026-11-21T09:00:00Z"}', Fields("1"), {"1": "field_1", "2": "field_2"}),
    "an identity that the lake has": (
        b'{"year": "a", "at": "2026-11-21T09:00:00Z"}',
        Fields("year"),
        {"year": "year_"},
    ),
    "words of YAML": (b'{"null": "a", "on": "2026-11-21T09:00:00Z", "no": true}', Fields("null", "on"), {}),
}


@pytest.mark.parametrize(("text", "fields", "renamed"), TAKEN.values(), ids=TAKEN)
def test_it_is_taken_and_its_records_are_read_by_their_own_names(
    schemas: Path, text: bytes, fields: Fields, renamed: Renamed
) -> None:
    (schemas / "sample.jsonl").write_bytes(text)
    samples = read_samples(schemas / "sample.jsonl")
    files = scaffold("readings", samples, fields)
    write(schemas, "readings", files)

    assert check_datasets(schemas, ["readings"]).problems == []
    assert renamed_fields(files) == renamed
    raw = load_stream(schemas, "readings").raw_type
    record = from_json(read_json(text.removeprefix(b"\xef\xbb\xbf").strip()), raw)
    assert len(record) == len(samples[0])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (line() + b'{"note": "cut \\ud83d"}', "line 2: note: .*half of a surrogate pair"),
        (line() + line(note="café").decode().encode("latin-1"), r"line 2: not UTF-8.*iconv"),
        (line().decode().encode("utf-16"), "line 1: not UTF-8"),
        (b"[" + line().strip() + b"]", "line 1 is no JSON object"),
        (b'{"id": "a", "id": "b"}', "line 1: the key 'id' is there twice"),
        (line().strip() + b"\r" + line(), "line 1: not JSON"),
        (line().strip() + b",", "line 1: not JSON"),
        (b"null", "line 1 is no JSON object"),
    ],
)
def test_it_is_refused_with_the_lines_number(tmp_path: Path, text: bytes, problem: str) -> None:
    (tmp_path / "sample.jsonl").write_bytes(text)
    with pytest.raises(ContractError, match=rf"sample\.jsonl {problem}"):
        read_samples(tmp_path / "sample.jsonl")
