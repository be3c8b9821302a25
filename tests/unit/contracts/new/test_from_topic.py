"""A folder is made from records of a topic, of which none is copied into it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tidegate.avro.frame import frame
from tidegate.contracts.load import load_stream
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.from_topic import Record, sample_of, scaffold_json
from tidegate.contracts.new.scaffold import write
from tidegate.contracts.new.topic_section import TopicFacts
from tidegate.errors import ContractError

FACTS = TopicFacts("raw-events", "", 3, {"retention.ms": "3600000"}, "json")
SECRET = "anna@example.org"


def reading(**others: Any) -> dict[str, Any]:
    return {"id": "r-1", "sentAt": "2026-01-01T11:59:58.250Z", "mail": SECRET, "kWh": 1.5, **others}


def records(*values: object) -> list[Record]:
    return [(value if isinstance(value, bytes) else json.dumps(value).encode(), None) for value in values]


def test_records_are_counted_by_what_they_are() -> None:
    avro = frame(7) + b"\x02a"
    sample = sample_of(
        [*records({"a": 1}, {"a": 2}, b"x", b"", b"{}", b"[1]", avro), (b'{"a": 3}', frame(7)), (b"\x02a", frame(7))]
    )

    assert sample.counts == {"json": 3, "other": 3, "nothing": 1, "avro": 2}
    assert [each["a"] for each in sample.objects] == [1, 2, 3]
    assert sample.written == "json"
    assert sample_of(records(avro)).written == "avro"
    assert sample_of(records(b"x")).written == "other"


def test_the_folder_says_how_the_topic_is_and_holds_no_record_of_it(tmp_path: Path) -> None:
    sample = sample_of(records(reading(), reading(note="x"), frame(7) + json.dumps(reading()).encode()))

    files, said = scaffold_json("readings", sample, Fields(), FACTS)
    write(tmp_path, "readings", files)

    stream = load_stream(tmp_path, "readings")
    assert yaml.safe_load(files["contract.yaml"])["topic"] == {
        "name": "raw-events", "format": "json", "unknown_fields": "ignore", "partitions": 3, "retention_hours": 1,
    }  # fmt: skip
    assert (stream.contract.identity, stream.contract.event_time.field) == (["id"], "sentAt")
    assert stream.raw_fields["note"].type.nullable
    assert SECRET not in "".join(files.values())
    assert said == [
        "Fields are those of 3 records. One that is in all of them may not be missing later: "
        'where it may, make its type ["null", …] with "default": null.'
    ]


def test_a_field_that_no_type_fits_is_left_out_and_told(tmp_path: Path) -> None:
    sample = sample_of(records(reading(level=1), reading(level="high"), b"no json"))

    files, said = scaffold_json("readings", sample, Fields(), FACTS)
    write(tmp_path, "readings", files)

    assert "level" not in load_stream(tmp_path, "readings").raw_fields
    assert said[1:] == [
        "1 records that were looked at are no JSON objects: such become dead letters.",
        "Left out of the contract: level, its values are of several kinds (long, string).",
        "Records are read all the same: such a field is passed over, and stays in bronze.",
    ]


@pytest.mark.parametrize(
    ("values", "problem"),
    [([b"x"], "no record of raw-events is a JSON object"), ([{"a": 1}], "no field looks like the event time")],
)
def test_what_can_not_be_a_dataset_is_refused(values: list[object], problem: str) -> None:
    with pytest.raises(ContractError, match=problem):
        scaffold_json("readings", sample_of(records(*values)), Fields(), FACTS)


def test_records_that_do_not_fit_after_all_are_told() -> None:
    sample = sample_of(records(reading(n=1), reading(n=2**70), reading(n=2**71)))

    _, said = scaffold_json("readings", sample, Fields(), FACTS)

    assert said[-1].startswith(
        "2 of the records become dead letters; the first: BAD_VALUE: record.n: 1180591620717411303424"
    )


def test_a_time_in_seconds_is_mapped_and_its_example_made_up(tmp_path: Path) -> None:
    sample = sample_of(records(reading(sentAt=1_764_300_000), reading(sentAt=1_764_300_001.5)))

    files, _ = scaffold_json("readings", sample, Fields(event_time="sentAt"), FACTS)
    write(tmp_path, "readings", files)

    stream = load_stream(tmp_path, "readings")
    assert (stream.raw_fields["sentAt"].type.kind, stream.record_fields["sentAt"].type.kind) == (
        "double",
        "timestamp-millis",
    )
    assert json.loads(files["examples/valid.jsonl"])["record"]["sentAt"] == 1_767_268_798.25
    assert "1764300000" not in "".join(files.values())
