"""Reference data on a real broker: states under plain keys, deletions as tombstones, bad rows kept."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from tests.pipeline import run_tidegate, tidegate
from tidegate.avro.codec import Encoder
from tidegate.contracts.load import load_reference
from tidegate.settings import Settings

ROWS = """product_id,name,category,list_price,currency,updated_at,_deleted
T-lamp,Lamp,Home,12.50,EUR,2020-01-01T00:00:00Z,
T-bad,Bad,Home,much,EUR,,
T-chair,Chair,Home,80,EUR,,
T-gone,,,,,,true
"""


@pytest.fixture(scope="module")
def broker(stack: Settings) -> Settings:
    """The stack with all contracts registered."""
    tidegate("contract", "register", "--all")
    return stack


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "products.csv"
    path.write_text(ROWS)
    return path


def load(*arguments: str) -> dict[str, Any]:
    summary = json.loads(tidegate("load", "products", "--json", *arguments))
    assert isinstance(summary, dict)
    return summary


def states(broker: Settings, summary: dict[str, Any]) -> list[tuple[str, dict[str, object] | None]]:
    """What a load wrote, as (key, record)."""
    encoder = Encoder(load_reference(broker.schemas_dir, "products").latest, 0)
    begin, end = summary["offsets"]["0"]
    consumer = Consumer({"bootstrap.servers": broker.kafka_bootstrap_servers, "group.id": "test-load"})
    try:
        consumer.assign([TopicPartition("ref.products", 0, begin)])
        found: list[tuple[str, dict[str, object] | None]] = []
        while len(found) < end - begin:
            message = consumer.poll(10)
            assert message is not None
            key, value = message.key(), message.value()
            assert isinstance(key, bytes)
            found.append((key.decode(), None if value is None else encoder.decode(value)))
        return found
    finally:
        consumer.close()


def test_good_rows_are_loaded_and_bad_ones_kept(broker: Settings, rows: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects"
    before = datetime.now(UTC)
    summary = load(str(rows), "--rejects", str(rejects), "--allow-rejects", "1")
    assert (summary["upserts"], summary["deletes"], summary["rejected"]) == (2, 1, 1)
    (lamp_key, lamp), (chair_key, chair), gone = states(broker, summary)
    assert (lamp_key, chair_key, gone) == ("T-lamp", "T-chair", ("T-gone", None))
    assert lamp is not None and chair is not None
    assert lamp["updated_at"] == datetime(2020, 1, 1, tzinfo=UTC)
    loaded_at = chair["updated_at"]
    assert isinstance(loaded_at, datetime)
    assert abs((loaded_at - before).total_seconds()) < 60
    kept = json.loads(rejects.read_text())
    assert (kept["line"], kept["text"]) == (3, "T-bad,Bad,Home,much,EUR,,")


def test_loading_again_writes_the_same_states(broker: Settings, tmp_path: Path) -> None:
    rows = tmp_path / "products.jsonl"
    lamp = {"product_id": "T-lamp", "name": "Lamp", "category": "Home", "list_price": "1", "currency": "EUR"}
    rows.write_text(json.dumps({**lamp, "updated_at": "2021-01-01T00:00:00Z"}) + "\n")
    first, second = load(str(rows)), load(str(rows))
    assert states(broker, first) == states(broker, second)


def test_a_dry_run_checks_and_sends_nothing(broker: Settings, rows: Path, tmp_path: Path) -> None:
    before = load("--delete", "T-nothing")["offsets"]["0"][1]
    summary = load(str(rows), "--dry-run", "--rejects", str(tmp_path / "rejects"), "--allow-rejects", "25%")
    assert (summary["upserts"], summary["rejected"]) == (2, 1)
    assert load("--delete", "T-nothing")["offsets"]["0"][0] == before


def test_a_key_is_deleted_by_a_tombstone(broker: Settings) -> None:
    summary = load("--delete", "T-lamp", "--delete", "T-chair")
    assert states(broker, summary) == [("T-lamp", None), ("T-chair", None)]


def test_the_sample_is_there_for_the_generated_clicks(broker: Settings) -> None:
    summary = load("--sample")
    assert summary["upserts"] == summary["delivered"] == 2000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("clicks", "x.csv"), "tidegate produce clicks --from"),
        (("products", "missing.csv"), "cannot be read"),
        (("unheard_of", "x.csv"), "there is no dataset"),
    ],
)
def test_what_cannot_be_loaded_is_one_clear_line(broker: Settings, arguments: tuple[str, ...], message: str) -> None:
    result = run_tidegate("load", *arguments)
    assert result.returncode == 1
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
