"""The proof of the lake and the index on the real servers: a right run holds, tampering is found."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from opensearchpy.helpers import bulk
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NamespaceAlreadyExistsError

from tests.synthetic import CYCLE, PARTITIONS, SyntheticDataset, Written
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.proof.index_reader import IndexSource
from tidegate.proof.lake_reader import LakeSource
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.proof.window import Window
from tidegate.search.templates import apply_templates
from tidegate.settings import Settings

ROUNDS = 5
LAKE_ONLY = Scope(index=False, wait_s=0)
INDEX_ONLY = Scope(lake=False, wait_s=0)
RAW_ROWS = [
    {"_source_partition": partition, "_source_offset": offset}
    for partition in range(PARTITIONS)
    for offset in range(len(CYCLE) * ROUNDS)
]
COORDINATES = [
    pa.field("_source_partition", pa.int32(), nullable=False),
    pa.field("_source_offset", pa.int64(), nullable=False),
]
TEXTS = [pa.field("event_id", pa.string(), nullable=False), pa.field("note", pa.string())]
Row = dict[str, Any]
Found = dict[tuple[str, str], tuple[str, ...]]


@pytest.fixture
def synthetic(stack: Settings, tmp_path: Path) -> SyntheticDataset:
    """A dataset of its own."""
    return SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")


@pytest.fixture
def written(synthetic: SyntheticDataset) -> Written:
    """What the topics hold after a right run; the lake and the index are still to be written."""
    written = synthetic.write_raw(ROUNDS)
    synthetic.write_outputs(written)
    return written


def write_lake(synthetic: SyntheticDataset, bronze: list[Row], silver: list[Row]) -> None:
    catalog = open_catalog(synthetic.settings)
    name = synthetic.dataset.name
    append(catalog, f"bronze.{name}", pa.Table.from_pylist(bronze, pa.schema(COORDINATES)))
    append(catalog, f"silver.{name}", pa.Table.from_pylist(silver, pa.schema([*COORDINATES, *TEXTS])))


def append(catalog: Catalog, table: str, rows: pa.Table) -> None:
    with suppress(NamespaceAlreadyExistsError):
        catalog.create_namespace(table.split(".")[0])
    catalog.create_table(table, schema=rows.schema).append(rows)


def write_index(synthetic: SyntheticDataset, documents: list[Row]) -> None:
    settings = synthetic.settings
    apply_templates(SearchClient(settings), settings, [synthetic.dataset])
    add_documents(synthetic, documents, "2025.11.21")


def add_documents(synthetic: SyntheticDataset, documents: list[Row], day: str) -> None:
    index = f"events-{synthetic.dataset.name}-{day}"
    actions = [{"_index": index, "_id": row["event_id"], "_source": row} for row in documents]
    assert bulk(connect(synthetic.settings), actions, refresh=True)[0] == len(documents)


def proof_of(synthetic: SyntheticDataset, scope: Scope) -> ProofReport:
    return prove(synthetic.settings, synthetic.dataset.name, scope)


def found_in(report: ProofReport) -> Found:
    return {(finding.layer, finding.fault): finding.first for finding in report.findings}


def test_a_right_run_holds_in_lake_and_index(synthetic: SyntheticDataset, written: Written) -> None:
    write_lake(synthetic, RAW_ROWS, written.silver)
    write_index(synthetic, written.silver)

    report = proof_of(synthetic, Scope(wait_s=0))

    assert report.holds, report.verdict()
    assert [layer.actual for layer in report.layers] == [len(RAW_ROWS), len(written.silver), len(written.silver)]


def test_tables_and_index_that_are_not_there_hold_nothing(synthetic: SyntheticDataset, written: Written) -> None:
    report = proof_of(synthetic, Scope(wait_s=0))

    assert [layer.actual for layer in report.layers] == [0, 0, 0]
    assert report.faults("missing") == len(RAW_ROWS) + 2 * len(written.silver)


def remove(rows: list[Row]) -> None:
    del rows[1]


def double(rows: list[Row]) -> None:
    rows.append(rows[1])


def put_another_in_place(rows: list[Row]) -> None:
    rows[1] = rows[1] | {"_source_offset": 4711}


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (remove, {"missing": ("0:1",)}),
        (double, {"doubled": ("0:1",)}),
        (put_another_in_place, {"missing": ("0:1",), "unexplained": ("0:4711",)}),
    ],
)
def test_tampering_with_the_lake_is_found(
    synthetic: SyntheticDataset,
    written: Written,
    tamper: Callable[[list[Row]], None],
    expected: dict[str, tuple[str, ...]],
) -> None:
    bronze, silver = [*RAW_ROWS], [*written.silver]
    tamper(bronze)
    tamper(silver)
    write_lake(synthetic, bronze, silver)

    found = found_in(proof_of(synthetic, LAKE_ONLY))

    assert found == {(layer, fault): at for layer in ("lake_bronze", "lake_silver") for fault, at in expected.items()}


def test_an_identity_changed_in_the_lake_is_found(synthetic: SyntheticDataset, written: Written) -> None:
    silver = [row | {"event_id": "other"} if row is written.silver[1] else row for row in written.silver]
    write_lake(synthetic, RAW_ROWS, silver)

    found = found_in(proof_of(synthetic, LAKE_ONLY))

    assert found == {("lake_silver", "missing"): ("0:1",), ("lake_silver", "unexplained"): ("0:1",)}


def change_the_identity(documents: list[Row]) -> None:
    documents[1] = documents[1] | {"event_id": "other"}


def index_under_a_second_id(documents: list[Row]) -> None:
    documents.append(documents[1] | {"event_id": "second"})


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (remove, {"missing": ("0:1",)}),
        (put_another_in_place, {"missing": ("0:1",), "unexplained": ("0:4711",)}),
        (change_the_identity, {"missing": ("0:1",), "unexplained": ("0:1",)}),
        (index_under_a_second_id, {"unexplained": ("0:1",)}),
    ],
)
def test_tampering_with_the_index_is_found(
    synthetic: SyntheticDataset,
    written: Written,
    tamper: Callable[[list[Row]], None],
    expected: dict[str, tuple[str, ...]],
) -> None:
    documents = [*written.silver]
    tamper(documents)
    write_index(synthetic, documents)

    found = found_in(proof_of(synthetic, INDEX_ONLY))

    assert found == {("index", fault): at for fault, at in expected.items()}


def test_a_document_in_two_indices_is_doubled(synthetic: SyntheticDataset, written: Written) -> None:
    write_index(synthetic, written.silver)
    again = written.silver[1]
    name = f"events-{synthetic.dataset.name}-2025.11.22"
    connect(synthetic.settings).index(index=name, id=again["event_id"], body=again, refresh=True)

    assert found_in(proof_of(synthetic, INDEX_ONLY)) == {("index", "doubled"): ("0:1",)}


def test_every_document_is_read_whatever_the_pages_and_segments(synthetic: SyntheticDataset) -> None:
    apply_templates(SearchClient(synthetic.settings), synthetic.settings, [synthetic.dataset])
    rows: list[Row] = [{"_source_partition": 0, "_source_offset": n, "event_id": f"e{n}"} for n in range(8000)]
    for start in range(0, len(rows), 500):
        add_documents(synthetic, rows[start : start + 500], f"2025.11.{21 + start % 4000 // 1000}")

    source = IndexSource(synthetic.settings, f"events-{synthetic.dataset.name}", page_docs=50)
    read = source.read([Window(0, 0, 8000, 8000)]).rows

    assert sorted(read.offset.tolist()) == [row["_source_offset"] for row in rows]


def test_a_document_that_the_index_refused_is_not_missing_there(synthetic: SyntheticDataset) -> None:
    written = synthetic.write_raw(ROUNDS)
    written.dead_letter.append(synthetic.dead_letter_record("index", "DOCUMENT_REJECTED", 0, 1))
    synthetic.write_outputs(written)
    write_index(synthetic, [row for row in written.silver if row is not written.silver_at(0, 1)])

    assert proof_of(synthetic, INDEX_ONLY).holds


def test_a_document_without_coordinates_is_named_and_the_others_are_compared(
    synthetic: SyntheticDataset, written: Written
) -> None:
    write_index(synthetic, [*written.silver, {"event_id": "foreign"}])

    assert found_in(proof_of(synthetic, INDEX_ONLY)) == {
        ("index", "unexplained"): (f"events-{synthetic.dataset.name}-2025.11.21/foreign",)
    }


def test_lake_and_index_are_read_in_the_window_only(synthetic: SyntheticDataset, written: Written) -> None:
    window = Window(0, 10, 20, 35)
    inside = [row for row in written.silver if row["_source_partition"] == 0 and 10 <= row["_source_offset"] < 20]
    beyond = written.silver[0] | {"_source_offset": 4711, "event_id": "beyond"}
    elsewhere = written.silver[0] | {"_source_partition": 7, "event_id": "elsewhere"}
    rows = [*written.silver, beyond, elsewhere]
    write_lake(synthetic, RAW_ROWS, rows)
    write_index(synthetic, rows)
    lake = LakeSource(synthetic.settings, "lake_silver", f"silver.{synthetic.dataset.name}", ("event_id",))
    index = IndexSource(synthetic.settings, f"events-{synthetic.dataset.name}")
    expected = sorted((row["_source_partition"], row["_source_offset"]) for row in [*inside, beyond, elsewhere])

    for source in (lake, index):
        read = source.read([window, Window(1, 0, 0, 35)]).rows
        assert sorted(zip(read.partition.tolist(), read.offset.tolist(), strict=True)) == expected, source.name


def test_silver_records_that_a_job_could_not_read_are_excused_there_and_shown(
    synthetic: SyntheticDataset, written: Written
) -> None:
    topic = synthetic.dataset.contract.silver_topic
    place = next(iter(topic_spans(synthetic.settings, topic)))
    letter = synthetic.dead_letter_record("index", "ROW_UNREADABLE", 0, 0)
    letter["source"] = letter["source"] | {"topic": topic, "partition": place, "offset": 0}
    synthetic.send(synthetic.dataset.contract.dead_letter_topic, [(0, synthetic.dead_letter.encode(letter))])
    write_index(synthetic, written.silver[1:])

    report = proof_of(synthetic, INDEX_ONLY)

    assert report.holds, report.findings
    assert "index ROW_UNREADABLE 1" in report.notes[0]
