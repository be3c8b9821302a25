"""Retention on the real servers: what is too old goes, the proof knows it, and finds what is lost of the rest."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.retained import (
    AGES_DAYS,
    SILVER,
    aged,
    append,
    apply,
    documents,
    held,
    kept_dataset,
    lake_row,
    proof_of,
    retention,
    right_run,
    table_of,
)
from tests.synthetic import SyntheticDataset, Written
from tidegate.clients.audit import read_actions
from tidegate.clients.index_retention import removed_before as removed_from_index
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.retention_notes import removed_before
from tidegate.settings import Settings


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyntheticDataset:
    """A dataset of its own, whose contract the commands find."""
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    return kept_dataset(stack, tmp_path / "schemas")


@pytest.fixture
def written(synthetic: SyntheticDataset) -> Iterator[Written]:
    """A right run; its indices would stand in the way of others, and are deleted."""
    yield right_run(synthetic)
    SearchClient(synthetic.settings).delete(f"events-{synthetic.dataset.name}", f"events-{synthetic.dataset.name}-*")


def test_what_would_go_is_shown_and_nothing_is_changed(synthetic: SyntheticDataset, written: Written) -> None:
    before = table_of(synthetic).current_snapshot().snapshot_id
    (shown,) = json.loads(retention("show", synthetic.dataset.name, "--json").stdout)
    dry = retention("apply", synthetic.dataset.name, "--dry-run").stdout

    places = {place["kind"]: place for place in shown["places"]}
    old = len(aged(written, 500))
    assert places["silver"]["removes"]["rows"] == old == places["index"]["removes"]["rows"]
    assert places["silver"]["held"]["rows"] == len(written.silver)
    assert places["bronze"]["said_by"] == "privacy.note.retention_days"
    assert shown["personal_fields"][0]["removes"]["rows_rewritten"] == len(aged(written, 60))
    assert {topic["topic"]: topic["too_long"] for topic in shown["topics"]}[f"dlq.{synthetic.dataset.name}"] is False
    assert f"{old} rows before" in dry
    assert table_of(synthetic).current_snapshot().snapshot_id == before
    assert len(documents(synthetic)) == len(written.silver)


def test_what_is_too_old_goes_and_the_proof_holds_and_says_so(synthetic: SyntheticDataset, written: Written) -> None:
    assert proof_of(synthetic).holds

    report = apply(synthetic)

    old, middle, new = (aged(written, age) for age in AGES_DAYS)
    rows = {row["event_id"]: row["note"] for row in held(synthetic)}
    assert rows == {row["event_id"]: None for row in middle} | {row["event_id"]: "***" for row in new}
    found = documents(synthetic)
    assert found.keys() == rows.keys()
    assert all("note" not in found[row["event_id"]] for row in middle)
    assert all(found[row["event_id"]]["note"] == "***" for row in new)
    proof = proof_of(synthetic)
    assert proof.holds, proof.findings
    name, cut = synthetic.dataset.name, datetime.now(UTC).date() - timedelta(days=400)
    assert [note for note in proof.notes if f"{len(old)} rows of lake silver of the days before {cut}" in note]
    assert [note for note in proof.notes if f"{len(old)} rows of index" in note]
    assert removed_before(table_of(synthetic).properties) == cut
    assert removed_from_index(synthetic.settings, f"events-{name}") == cut + timedelta(days=300)
    begun, ended = [each for each in read_actions(synthetic.settings) if each.dataset == name]
    assert (begun.action, ended.phase) == ("retention", "ended")
    assert ended.counts[f"silver.{name} rows"] == len(old)
    assert report["left"][0]["table"] == f"silver.{name}", "earlier snapshots still have it"


def test_done_again_it_does_nothing(synthetic: SyntheticDataset, written: Written) -> None:
    apply(synthetic)
    before = table_of(synthetic).current_snapshot().snapshot_id

    again = apply(synthetic)

    assert again["done"] == []
    assert table_of(synthetic).current_snapshot().snapshot_id == before
    assert len(held(synthetic)) == len(aged(written, 60, 0))


def test_files_of_what_was_removed_are_deleted_when_no_snapshot_has_them(
    synthetic: SyntheticDataset, written: Written
) -> None:
    table = table_of(synthetic)
    before = {task.file.file_path for task in table.scan().plan_files()}

    report = apply(synthetic, "--keep-snapshots-days", "0")

    after = {task.file.file_path for task in table_of(synthetic).scan().plan_files()}
    assert report["left"] == []
    assert before - after, "files with rows or values that are too old"
    assert {path for path in before if table.io.new_input(path).exists()} == before & after
    assert len(held(synthetic)) == len(aged(written, 60, 0))


@pytest.mark.parametrize("age", [60, 0])
def test_a_row_lost_beside_what_retention_took_is_found(
    synthetic: SyntheticDataset, written: Written, age: int
) -> None:
    apply(synthetic)
    lost = aged(written, age)[0]
    table_of(synthetic).delete(f"event_id = '{lost['event_id']}'")

    proof = proof_of(synthetic)

    place = f"{lost['_source_partition']}:{lost['_source_offset']}"
    assert [(each.layer, each.fault, each.first) for each in proof.findings] == [("lake_silver", "missing", (place,))]


def test_a_document_lost_of_a_day_that_is_kept_is_found(synthetic: SyntheticDataset, written: Written) -> None:
    apply(synthetic)
    lost = aged(written, 60)[0]
    client = SearchClient(synthetic.settings)
    client.delete_where(f"events-{synthetic.dataset.name}", {"ids": {"values": [lost["event_id"]]}})

    assert [(each.layer, each.fault) for each in proof_of(synthetic).findings] == [("index", "missing")]


def test_a_row_that_comes_late_to_a_removed_day_is_no_fault_and_goes_the_next_time(
    synthetic: SyntheticDataset, written: Written
) -> None:
    apply(synthetic)
    late = aged(written, 500)[0]
    append(synthetic, "silver", [lake_row(late)], SILVER)

    assert proof_of(synthetic).holds
    assert apply(synthetic)["done"][0]["rows"] == 1
    assert late["event_id"] not in {row["event_id"] for row in held(synthetic)}
