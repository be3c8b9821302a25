"""A factory's records, nested, in camelCase, with numbers as text and seconds since 1970: a mapping makes them rows."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mapped import copy_of_machines
from tests.pipeline import Pipeline, tidegate
from tests.project import PROJECT
from tests.topics import read_committed, send, wait_for_records
from tidegate.avro.codec import Encoder
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream

JOBS = ("refine", "lake", "index")
OPERATOR = {"fullName": "Ada Lovelace", "badgeNo": "00815"}


@pytest.fixture
def machines(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    """The dataset, refined beside the others; its jobs have ended afterwards."""
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    copy_of_machines(tmp_path / "schemas")
    (tmp_path / "flink_jobs").symlink_to(PROJECT / "flink_jobs")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    tidegate("contract", "register", "machines")
    tidegate("index", "apply", "machines")
    tidegate("run", *JOBS, "--dataset", "machines")
    yield load_stream(tmp_path / "schemas", "machines")
    tidegate("stop", *(f"{job}.machines" for job in JOBS), "--no-savepoint")


def reading(identity: str, **others: Any) -> dict[str, Any]:
    meta = {"seqNo": 1, "readingId": identity, "sentAt": 1_767_268_799}
    return {"meta": meta, "machineId": 17, "kWh": "12,5", "operator": OPERATOR, **others}


def test_a_factory_s_records_become_rows_and_what_can_not_be_cast_is_told(pipeline: Pipeline, machines: Stream) -> None:
    settings = pipeline.settings
    encode = Encoder(machines.latest, RegistryClient(settings).latest("raw.machines-value").schema_id).encode
    records = {
        "plain": reading("a", goodParts="40", builtOn="2019-03-01", isOn="true"),
        "again": reading("a", goodParts="41"),
        "no number": reading("b", kWh="much"),
        "no day": reading("c", builtOn="2026-02-30"),
        "too large": reading("d", parts=3_000_000_000),
        "personal": reading("e", operator={"fullName": "Bob", "badgeNo": "secret-7"}),
        "no time": reading("f", meta={"seqNo": 1, "readingId": "f", "sentAt": 2**62}),
        "refused": reading("g", kWh="-1"),
        "dropped": reading("h", parts=-1),
        "alone": reading("i", operator=None),
    }
    values = {name: encode(record) for name, record in records.items()}
    landed = dict(zip(values, (place.offset for place in send(settings, "raw.machines", values.values())), strict=True))

    bad = {landed[name] for name in ("no number", "no day", "too large", "personal", "no time", "refused")}
    letters = wait_for_records(settings, "dlq.machines", pipeline.dead_letter, bad)
    wait_for_records(settings, "silver.machines", machines.silver, {landed["plain"], landed["alone"]})

    told = {name: (letters[at]["stage"], letters[at]["error_message"]) for name, at in landed.items() if at in bad}
    assert told == {
        "no number": ("map", "kWh (for energy_kwh): 'much' is no DECIMAL(10, 3)"),
        "no day": ("map", "builtOn (for built_on): '2026-02-30' is no DATE"),
        "too large": ("map", "parts (for good): 3000000000 is no INT"),
        "personal": (
            "map",
            "operator.badgeNo (for operator_badge): a value of 8 characters, which is personal, is no BIGINT",
        ),
        "no time": ("map", f"meta.sentAt (for measured_at): {2**62} is no TIMESTAMP_LTZ"),
        "refused": ("rule", "the record breaks the rules listed in violations"),
    }
    assert {letters[landed[name]]["error_code"] for name in told} == {"MAPPING_FAILED", "RULE_VIOLATED"}
    assert all(letters[landed[name]]["payload"] == values[name] for name in told)
    silver = {row["reading_id"]: row for row in read_committed(settings, "silver.machines", machines.silver)}
    assert silver.keys() == {"a", "i"}
    assert (silver["a"]["machine_id"], str(silver["a"]["energy_kwh"]), silver["a"]["good"]) == ("17", "12.500", 40)
    assert len(silver["a"]["operator_name"]) == len(silver["a"]["operator_badge"]) == 32
    assert silver["i"]["operator_name"] is None
    report = json.loads(tidegate("prove", "machines", "--json", "--wait", "60"))
    assert report["holds"], report

    summary = json.loads(
        tidegate("produce", "machines", "--json", "--count", "200", "--rate", "0", "--bad-ratio", "0.2")
    )
    assert summary["delivered"] == 200
    report = json.loads(tidegate("prove", "machines", "--json", "--wait", "60"))
    assert report["holds"], report
