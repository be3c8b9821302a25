"""A new dataset's folder: its contract holds as it stands."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.contracts import SCHEMAS
from tidegate.avro.json_values import from_json
from tidegate.contracts.check import check_datasets
from tidegate.contracts.load import load_stream
from tidegate.contracts.map_sql import read_map
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.scaffold import DEFAULT_SAMPLES, renamed_fields, scaffold, write
from tidegate.errors import ContractError


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


SENSOR = {"reading": 7, "at": "2026-01-01T00:00:00+01:00", "value": 21.5, "where": {"room": "a"}}


@pytest.mark.parametrize(
    ("samples", "fields"),
    [
        (DEFAULT_SAMPLES, Fields()),
        ([SENSOR, {**SENSOR, "value": None}], Fields(identity="reading")),
        ([{"device_id": "d", "order": "x", "time": "2026-01-01T00:00:00Z"}], Fields()),
        ([{"id": "d", "ts": 1_767_268_798_250}], Fields(event_time="ts")),
        ([{"id": "d", "ts": "2026-01-01T00:00:00.000250Z"}], Fields()),
        ([{"no": "d", "on": "2026-01-01T00:00:00Z"}], Fields("no", "on")),
        ([{"orderId": "o-1", "createdAt": "2026-11-21T09:00:00Z", "totalCents": 5}], Fields()),
        ([{"orderID": "o", "CreatedAt2": "2026-11-21T09:00:00Z"}], Fields()),
        ([{"_id": "65f0c0ffee", "created_at": "2026-11-21T09:00:00Z", "n": 1}], Fields("_id")),
        ([{**SENSOR, "year": 2026, "Month": 11, "day": 21, "_key": "k", "_headers": {"_x": 1}}], Fields("reading")),
        ([{**SENSOR, "userid": "a", "userId": "b", "who": {"a": 1, "A": 2}}], Fields("reading")),
        ([{**SENSOR, "k8s.pod.name": "p", "content-type": "t", "": 0, "1st": [{"a.b": 1}]}], Fields("reading")),
        ([{"event.id": "a", "@timestamp": "2026-11-21T09:00:00Z"}], Fields("event.id", "@timestamp")),
        ([{**SENSOR, "note": "one\u2028two\x85three\n"}], Fields("reading")),
        ([{**SENSOR, "meta": {}, "tags": ["x", None], "deep": [[None], [1]], "none": [None]}], Fields("reading")),
        ([{**SENSOR, "meta": {}}, {**SENSOR, "meta": {"a": 1}}], Fields("reading")),
        ([{**SENSOR, "finer": "2026-11-21T09:00:00.123456789Z"}], Fields("reading")),
        ([{**SENSOR, "home": {"where": {"room": "b"}}, "readings": [{"x": 1}], "silver": {"x": 1}}], Fields("reading")),
    ],
    ids=[
        "without a sample",
        "a number as identity",
        "reserved words",
        "milliseconds since 1970",
        "microseconds",
        "words that YAML reads as booleans",
        "camel case",
        "camel case with capitals and digits",
        "an identity of MongoDB's",
        "names that Tidegate and the lake have themselves",
        "names that differ only by case",
        "names that Avro does not allow",
        "an identity and a time that Avro does not allow",
        "line separators in text",
        "an empty object, and null in an array",
        "an object that is empty at times",
        "a time finer than any type",
        "records of the same name",
    ],
)
def test_a_new_dataset_has_no_problem(schemas: Path, samples: list[dict[str, object]], fields: Fields) -> None:
    write(schemas, "readings", scaffold("readings", samples, fields))
    assert check_datasets(schemas, ["readings"]).problems == []


def test_the_sample_gives_the_fields(schemas: Path) -> None:
    write(schemas, "readings", scaffold("readings", [SENSOR], Fields(identity="reading")))
    dataset = load_stream(schemas, "readings")
    assert [field["name"] for field in dataset.latest["fields"]] == ["reading", "at", "value", "where"]
    assert (dataset.contract.identity, dataset.contract.event_time.field) == (["reading"], "at")


def test_a_field_that_needs_another_name_is_read_by_its_own(schemas: Path) -> None:
    sample = {**SENSOR, "k8s.pod.name": "p", "year": 2026, "spec": {"a.b": 1}}
    files = scaffold("readings", [sample], Fields(identity="reading"))
    assert renamed_fields(files) == {"k8s.pod.name": "k8s_pod_name", "year": "year_", "a.b": "a_b"}
    write(schemas, "readings", files)
    record = from_json(sample, load_stream(schemas, "readings").raw_type)
    assert (record["k8s_pod_name"], record["year_"], record["spec"]) == ("p", 2026, {"a_b": 1})


def test_the_examples_are_written_as_records_are_sent(schemas: Path) -> None:
    write(schemas, "readings", scaffold("readings", [{**SENSOR, "k8s.pod.name": "p"}], Fields(identity="reading")))
    (example,) = (schemas / "readings/examples/valid.jsonl").read_text().split("\n")[:-1]
    assert json.loads(example)["record"]["k8s.pod.name"] == "p"


def test_a_dataset_may_have_a_name_that_yaml_reads_as_a_boolean(schemas: Path) -> None:
    write(schemas, "on", scaffold("on", DEFAULT_SAMPLES, Fields()))
    assert load_stream(schemas, "on").contract.dataset == "on"


def test_what_a_check_refuses_leaves_nothing_behind(schemas: Path) -> None:
    before = sorted(schemas.rglob("*"))
    with pytest.raises(
        ContractError, match=r"readings/examples/valid\.jsonl: line 1: record\.value: .*Give one in range"
    ):
        write(schemas, "readings", scaffold("readings", [{**SENSOR, "value": 2**70}], Fields("reading")))
    assert sorted(schemas.rglob("*")) == before
    write(schemas, "readings", scaffold("readings", [SENSOR], Fields("reading")))


def test_a_folder_that_is_there_is_left_alone(schemas: Path) -> None:
    with pytest.raises(ContractError, match=r"clicks is there already\."):
        write(schemas, "clicks", scaffold("clicks", DEFAULT_SAMPLES, Fields()))


@pytest.mark.parametrize(
    ("name", "samples", "fields", "problem"),
    [
        ("Readings", DEFAULT_SAMPLES, Fields(), "no name for a dataset"),
        ("readings", [], Fields(), "no record"),
        ("readings", [{"at": "2026-01-01T00:00:00Z"}], Fields(), "no field looks like the identity.*--identity"),
        ("readings", [{"id": "a", "at": "yesterday"}], Fields(), "no field looks like the event time.*--time"),
        ("readings", DEFAULT_SAMPLES, Fields(identity="key"), "no field key.*event_id, event_time, name"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_remedy(
    name: str, samples: list[dict[str, object]], fields: Fields, problem: str
) -> None:
    with pytest.raises(ContractError, match=problem):
        scaffold(name, samples, fields)


def test_identity_and_time_may_lie_within_a_record(tmp_path: Path) -> None:
    samples = [{"meta": {"id": f"r{number}", "at": "2026-01-01T11:59:58Z"}, "kWh": 1.5} for number in range(2)]

    files = scaffold("meters", samples, Fields("meta.id", "meta.at"))
    write(tmp_path, "meters", files)

    contract = yaml.safe_load(files["contract.yaml"])
    assert (contract["identity"], contract["event_time"]["field"]) == (["meta.id"], "meta.at")
    names = [field["name"] for field in json.loads(files["silver.avsc"])["fields"]]
    assert names[2:6] == ["meta_id", "meta_at", "meta", "kWh"]


@pytest.mark.parametrize(("fields", "said"), [
    (Fields("meta.no", "meta.at"), "there is no field meta.no"),
    (Fields("meta.value", "meta.at"), "meta.value is of type double, which identifies no record"),
    (Fields("meta.id", "meta.id"), "meta.id: 'r' is no time with a zone"),
    (Fields("meta.id", "meta.on"), "meta.on is of type boolean, which is no time"),
    (Fields("meta.maybe", "meta.at"), "meta.maybe is null or missing in some records"),
])  # fmt: skip
def test_a_path_that_can_not_be_it_is_refused(fields: Fields, said: str) -> None:
    meta = {"id": "r", "at": "2026-01-01T11:59:58Z", "value": 1.5, "on": True}
    samples = [{"meta": {**meta, "maybe": "x"}}, {"meta": {**meta, "maybe": None}}]

    with pytest.raises(ContractError, match=said):
        scaffold("meters", samples, fields)


@pytest.mark.parametrize(
    ("time", "sql", "sent"),
    [
        (1_764_300_000, "to_timestamp_ltz(`ts`, 0)", 1_767_268_798),
        (1_764_300_000.25, "to_timestamp_ltz(cast(floor(`ts` * 1000 + 0.5) as bigint), 3)", 1_767_268_798.25),
        ("2026-11-21 10:00:00Z", "iso_time(`ts`)", "2026-01-01T11:59:58.250Z"),
    ],
)
def test_a_time_that_is_no_timestamp_is_made_one_by_a_mapping(
    schemas: Path, time: object, sql: str, sent: object
) -> None:
    samples = [{"device-id": "d", "ts": time, "n": None}, {"device-id": "e", "ts": time, "n": {"no": 1}}]
    files = scaffold("readings", samples, Fields("device-id", "ts"))
    write(schemas, "readings", files)

    dataset = load_stream(schemas, "readings")
    assert dataset.map_sql is not None
    assert read_map(dataset.map_sql).texts == {"device_id": "`device_id`", "ts": sql, "n": "`n`"}
    assert dataset.raw_fields["ts"].type.kind in ("long", "double", "string")
    assert dataset.record_fields["ts"].type.kind == dataset.silver_fields["ts"].type.kind == "timestamp-millis"
    assert (dataset.contract.event_time.field, dataset.raw_identity) == ("ts", ("device_id",))
    examples = [line for name in ("valid", "invalid") for line in files[f"examples/{name}.jsonl"].splitlines()]
    assert [json.loads(line)["record"]["ts"] for line in examples] == [sent] * 3


def test_a_time_within_a_record_becomes_a_column_beside_it(schemas: Path) -> None:
    sample = {"meta": {"id": "r", "ts": 1_764_300_000}, "meta_ts": "mine"}
    files = scaffold("meters", [sample], Fields("meta.id", "meta.ts"))
    write(schemas, "meters", files)

    dataset = load_stream(schemas, "meters")
    assert (dataset.contract.event_time.field, dataset.contract.identity) == ("meta_ts_", ["meta.id"])
    assert list(dataset.silver_fields)[2:6] == ["meta_id", "meta", "meta_ts", "meta_ts_"]
    (example,) = files["examples/valid.jsonl"].splitlines()
    assert json.loads(example)["record"]["meta"] == {"id": "r", "ts": 1_767_268_798}
