"""How fast refine works off the same clicks in Avro and in JSON: ``python -m benchmarks.json_beside_avro --runs 3``.

The stack must be up as for ``benchmarks.catch_up``, and is to be thrown away afterwards. The backlog of raw.clicks is
written once more as JSON, record by record, to a dataset of its own; records that no job can read are copied as they
are. Then the two take turns.
"""

import argparse
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from confluent_kafka import Producer

from benchmarks.catch_up import WORKERS, catch_up, fill, measured, total
from benchmarks.measure import Run, report
from tidegate import job_names
from tidegate.avro.codec import decode
from tidegate.avro.contract_records import ContractReader
from tidegate.avro.defaults import parse
from tidegate.avro.json_codec import JsonEncoder
from tidegate.clients import connection
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.registration.register import register_all
from tidegate.settings import Settings, get_settings

AVRO, JSON = "clicks", "clicks_json"


def main() -> None:
    """Parses, fills, measures, prints."""
    parser = argparse.ArgumentParser(prog="json_beside_avro")
    parser.add_argument("--events", type=int, default=1_000_000, help="backlog wanted in raw.clicks")
    parser.add_argument("--runs", type=int, default=3, help="of each")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        shutil.copytree(get_settings().schemas_dir, folder, dirs_exist_ok=True)
        os.environ["TIDEGATE_SCHEMAS_DIR"] = folder  # the jobs' own processes read it, too
        settings = measured(get_settings(), None)
        add_dataset(Path(folder))
        register_all(settings, Path(folder), [JSON])
        fill(settings, options.events)
        rewrite(settings, load_stream(Path(folder), AVRO), f"raw.{JSON}")
        runs: dict[str, list[Run]] = {AVRO: [], JSON: []}
        for _ in range(options.runs):
            for dataset, done in runs.items():
                done.append(catch_up(settings, job_names.REFINE, dataset=dataset))
    for dataset, done in runs.items():
        print(report(f"refine of {dataset}, parallelism {settings.parallelism}", done, WORKERS))


def add_dataset(schemas: Path) -> None:
    """The clicks again, as a dataset whose records are JSON."""
    folder = shutil.copytree(schemas / AVRO, schemas / JSON, ignore=shutil.ignore_patterns("metrics"))
    contract = folder / "contract.yaml"
    text = contract.read_text()
    for before, after in (
        (f"dataset: {AVRO}\n", f"dataset: {JSON}\n"),
        (f"name: raw.{AVRO}\n", f"name: raw.{JSON}\n  format: json\n"),
        (f"events-{AVRO}-", f"events-{JSON}-"),
    ):
        text = text.replace(before, after)
    contract.write_text(text)


def rewrite(settings: Settings, clicks: Stream, topic: str) -> None:
    """Writes the records of the raw topic to ``topic`` as JSON, each in its partition; none if they are there."""
    spans = topic_spans(settings, clicks.contract.topic.name)
    if total(topic_spans(settings, topic)) == total(spans):
        return
    producer = Producer(connection.kafka(settings) | {"linger.ms": 50, "compression.type": "lz4"})
    for partition, value in as_json(settings, clicks, read_batches(Scan(settings, clicks.contract.topic.name, spans))):
        while True:
            try:
                producer.produce(topic, value, partition=partition)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    producer.flush()


def as_json(settings: Settings, clicks: Stream, batches: Iterator[Batch]) -> Iterator[tuple[int, bytes]]:
    """Partition and value of each record."""
    reader, encoder = ContractReader(RegistryClient(settings), clicks.raw_type), JsonEncoder(clicks.latest)
    schema = parse(clicks.latest)
    for batch in batches:
        for partition, value in zip(batch.partition.tolist(), batch.values, strict=True):
            readable = reader.read_or_none(value) is not None
            yield partition, encoder.encode(decode(value, schema)) if readable else value


if __name__ == "__main__":
    main()
