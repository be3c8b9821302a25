"""How fast the proof is: ``python -m benchmarks.prove --events 5000000 --runs 3 [--lake] [--index]``.

The stack must be up (``tidegate up --only kafka,registry``, with ``--lake`` seaweedfs, with ``--index`` opensearch).
Topics of a dataset of its own are written once, as a right run of refine leaves them: clicks of about 250 bytes, in
100 of them 90 silver rows, 5 duplicates, 4 dropped ones, 1 dead letter. Use a throw-away stack.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import tempfile
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml
from confluent_kafka import Producer
from opensearchpy.helpers import bulk
from pyiceberg.exceptions import NamespaceAlreadyExistsError, NoSuchTableError

from benchmarks.measure import spread
from tidegate.avro.codec import Encoder
from tidegate.clients import connection
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.clients.registry import RegistryClient
from tidegate.collecting import collect_seldom
from tidegate.contracts import envelope, naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.proof.reconcile import Scope, prove
from tidegate.registration.register import register_all
from tidegate.search.templates import apply_templates
from tidegate.settings import Settings, get_settings

PARTITIONS = 4
EVENT_TIME_MS = 1_763_700_000_000
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
CLICK = {
    "event_time": EVENT_TIME_MS,
    "session_id": "0193f0a2-7b4c-7d11-9a53-5f0f2b8f9c01",
    "event_type": "view",
    "page_url": "/products/kettle?colour=red",
    "product_id": "p-00042",
    "country": "DE",
    "device_family": "desktop",
    "user_agent": USER_AGENT,
    envelope.SOURCE_TOPIC: "raw.clicks",
    envelope.INGESTED_AT: EVENT_TIME_MS,
    envelope.SCHEMA_ID: 1,
    envelope.WARNINGS: [],
}
Place = tuple[int, int]


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="prove")
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lake", action="store_true", help="the lake tables too")
    parser.add_argument("--index", action="store_true", help="the search index too")
    options = parser.parse_args()
    collect_seldom()  # as each command does
    with tempfile.TemporaryDirectory() as folder:
        settings, dataset = make_dataset(get_settings(), Path(folder), f"bench_prove_{options.events}")
        if not filled(settings, dataset):
            fill_apart(settings, dataset, options)
        scope = Scope(lake=options.lake, index=options.index, wait_s=0)
        reports, cpu_s = [], []
        for _ in range(options.runs):
            before_s = sum(os.times()[:4])
            reports.append(prove(settings, dataset.name, scope))
            cpu_s.append(sum(os.times()[:4]) - before_s)
    assert all(report.holds for report in reports), reports[0].verdict()
    print(f"proof of {options.events:,} events, {options.runs} runs, lake {options.lake}, index {options.index}:")
    print(f"  {statistics.median(report.seconds for report in reports):.1f} s (median)")
    print(f"  {spread([options.events / report.seconds for report in reports])} events/s")
    print(f"  {statistics.median(cpu_s) / options.events * 1e6:.1f} s of CPU for a million events (median)")
    print(f"  {max(report.peak_rss_mb for report in reports):,.0f} MB at most, sum of the processes' peaks")


def make_dataset(settings: Settings, folder: Path, name: str) -> tuple[Settings, Stream]:
    """A copy of the clicks contract under another name, with its topics and subjects."""
    shutil.copytree(settings.schemas_dir, folder, dirs_exist_ok=True)
    (folder / "clicks").rename(folder / name)
    contract = yaml.safe_load((folder / name / "contract.yaml").read_text())
    contract |= {
        "dataset": name,
        "index": {"pattern": naming.index_pattern(naming.events_alias(name), "event_time", "yyyy.MM.dd")},
    }
    contract["topic"] |= {"name": f"raw.{name}", "partitions": PARTITIONS}
    (folder / name / "contract.yaml").write_text(yaml.safe_dump(contract))
    moved = settings.model_copy(update={"schemas_dir": folder})
    register_all(moved, folder, [name])
    return moved, load_stream(folder, name)


def filled(settings: Settings, dataset: Stream) -> bool:
    """Whether an earlier run left the topics full."""
    spans = topic_spans(settings, dataset.contract.topic.name)
    return any(end for _, end in spans.values())


def fill_apart(settings: Settings, dataset: Stream, options: argparse.Namespace) -> None:
    """Fills in a process of its own, so that its memory is not taken for the proof's."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(fill, settings, dataset, options.events).result()
        pool.submit(fill_layers, settings, dataset, options.events, lake=options.lake, index=options.index).result()


def fill(settings: Settings, dataset: Stream, events: int) -> None:
    """Writes raw and what refine makes of it."""
    contract, silver, name = dataset.contract, dataset.silver, dataset.contract.topic.name
    letter = dead_letter(name)
    raw = leading_encoder(settings, name, dataset.latest, ("event_id",), CLICK)
    leading = (*envelope.PLACE, "event_id")
    rows = leading_encoder(settings, contract.silver_topic, silver, leading, CLICK)
    letters = encoder(settings, contract.dead_letter_topic, platform_schema(settings.schemas_dir, "dead_letter"))
    drops = encoder(settings, contract.dropped_topic, platform_schema(settings.schemas_dir, "dropped"))
    drop = {"source_topic": name, "source_timestamp": EVENT_TIME_MS, "rule": "no_heartbeats"}

    def outputs() -> Iterator[tuple[str, int, bytes]]:
        for place in places(events):
            partition, offset = place
            yield name, partition, raw(identity(place))
            match kind(offset):
                case "silver":
                    yield contract.silver_topic, partition, rows(*place, identity(place))
                case "dead letter":
                    source = letter["source"] | {"partition": partition, "offset": offset}
                    yield contract.dead_letter_topic, partition, letters.encode(letter | {"source": source})
                case "dropped":
                    coordinates = {"source_partition": partition, "source_offset": offset}
                    yield contract.dropped_topic, partition, drops.encode(drop | coordinates)

    send(settings, outputs())


def fill_layers(settings: Settings, dataset: Stream, events: int, *, lake: bool, index: bool) -> None:
    """Writes the lake tables and the documents."""
    silver = [place for place in places(events) if kind(place[1]) == "silver"] if lake or index else []
    if lake:
        write_table(settings, naming.lake_table("bronze", dataset.name), [*places(events)], with_identity=False)
        write_table(settings, naming.lake_table("silver", dataset.name), silver, with_identity=True)
    if index:
        apply_templates(SearchClient(settings), settings, [dataset])
        name = f"{naming.index_prefix(naming.events_alias(dataset.name))}2025.11.21"
        documents = (
            {
                "_index": name,
                "_id": identity(place),
                envelope.SOURCE_PARTITION: place[0],
                envelope.SOURCE_OFFSET: place[1],
            }
            for place in silver
        )
        bulk(connect(settings, timeout_s=120), documents, chunk_size=5000, refresh=True)


def write_table(settings: Settings, table: str, rows: list[Place], *, with_identity: bool) -> None:
    """Makes a table with the columns that a proof reads, in files of a million rows."""
    columns = np.array(rows, np.int64)
    data = {
        envelope.SOURCE_PARTITION: pa.array(columns[:, 0], pa.int32()),
        envelope.SOURCE_OFFSET: pa.array(columns[:, 1]),
    }
    if with_identity:
        data["event_id"] = pa.array([identity(place) for place in rows])
    content = pa.table(data)
    catalog = open_catalog(settings)
    with suppress(NamespaceAlreadyExistsError):
        catalog.create_namespace(table.split(".")[0])
    with suppress(NoSuchTableError):
        catalog.drop_table(table)
    made = catalog.create_table(table, schema=content.schema)
    for start in range(0, len(rows), 1_000_000):
        made.append(content.slice(start, 1_000_000))


def places(events: int) -> Iterator[Place]:
    """Partition and offset of every raw event, over the partitions in turn."""
    return ((number % PARTITIONS, number // PARTITIONS) for number in range(events))


def kind(offset: int) -> str:
    """What becomes of the raw event at an offset."""
    part = offset % 100
    return "silver" if part < 90 else "duplicate" if part < 95 else "dropped" if part < 99 else "dead letter"


def identity(place: Place) -> str:
    """The event's id; a duplicate has that of the event ten before it."""
    partition, offset = place
    original = offset - 10 if kind(offset) == "duplicate" else offset
    return str(uuid.UUID(int=(0x0193F0A2 << 96) | (7 << 76) | (1 << 63) | (partition << 48) | original))


def dead_letter(raw_topic: str) -> dict[str, Any]:
    """A dead letter; its coordinates are set for each."""
    return {
        "dead_letter_id": "0" * 32,
        "failed_at": EVENT_TIME_MS,
        "first_failed_at": EVENT_TIME_MS,
        "dataset": "clicks",
        "stage": "rule",
        "error_code": "RULE_VIOLATED",
        "error_message": "quantity_is_positive",
        "violations": [],
        "retryable": False,
        "attempt": 1,
        "processor": {"name": "refine", "version": "0", "job_id": None},
        "contract": {"subject": naming.subject(raw_topic), "schema_id": 1},
        "source": {"topic": raw_topic, "partition": 0, "offset": 0, "timestamp": EVENT_TIME_MS},
        "payload": b"x" * 250,
        "payload_encoding": "avro-confluent",
        "payload_truncated": False,
    }


def encoder(settings: Settings, topic: str, schema: dict[str, Any]) -> Encoder:
    """An encoder with the id that the registry gave the schema."""
    with RegistryClient(settings) as registry:
        return Encoder(schema, registry.latest(naming.subject(topic)).schema_id)


def leading_encoder(
    settings: Settings, topic: str, schema: dict[str, Any], leading: tuple[str, ...], record: dict[str, Any]
) -> Callable[..., bytes]:
    """Encodes records that differ in their leading fields only: the rest is encoded once."""
    whole = encoder(settings, topic, schema)
    others = whole.field_names[len(leading) :]
    first, rest = whole.part(leading), whole.part(others).encode(*(record.get(name) for name in others))
    return lambda *values: whole.frame + first.encode(*values) + rest


def send(settings: Settings, records: Iterator[tuple[str, int, bytes]]) -> None:
    """Produces all records, in the order given per partition."""
    producer = Producer(
        connection.kafka(settings)
        | {
            "enable.idempotence": True,
            "linger.ms": 50,
            "compression.type": "lz4",
            "queue.buffering.max.kbytes": 262_144,
        }
    )
    while batch := list(islice(records, 20_000)):
        for topic, partition, value in batch:
            producer.produce(topic, value, partition=partition)
        producer.flush()


if __name__ == "__main__":
    main()
