"""What of a document costs OpenSearch how much: ``python -m benchmarks.document_cost --documents 300000 --rate 10000``.

The stack must be up with silver clicks in their topic, and no job may run. The same documents go in by bulk requests,
into an index of each kind; what counts is the CPU time of OpenSearch until its merges have settled. At a rate, as
events come, each refresh makes a small segment, and what it costs by field and file shows; without one, documents go
in as fast as they can. The kind with nothing but ``_id`` and ``_source`` is the floor: no mapping can be cheaper. A
first round over all kinds is not counted: until its JVM has compiled what is hot, OpenSearch needs up to three times
as much for a document.
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

import fastavro

from benchmarks.measure import Run, cpu_seconds, report, since
from tidegate.avro.codec import decode
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.opensearch import connect
from tidegate.contracts.load import load_stream
from tidegate.search.mapping import DOC_VALUES_ONLY, index_template
from tidegate.settings import Settings, get_settings

DATASET = "clicks"
SERVER = "opensearch"
BULK_DOCUMENTS = 2000
"""As the sink's requests."""
Body = dict[str, Any]
Row = dict[str, Any]


def main() -> None:
    """Parses, and measures each kind so many times, in turn, after a round that warms OpenSearch up."""
    parser = argparse.ArgumentParser(prog="document_cost")
    parser.add_argument("--documents", type=int, default=300_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=math.inf, help="documents per second, if not all at once")
    options = parser.parse_args()
    settings = get_settings()
    bodies = [bulk_body(documents) for documents in pages(islice(silver(settings), options.documents))]
    template = index_template(load_stream(settings.schemas_dir, DATASET))["template"]
    runs: dict[str, list[Run]] = {}
    for number in range(1 + options.runs):
        for kind, body in kinds(template).items():
            run = measure(settings, body, bodies, options.rate)
            if number:
                runs.setdefault(kind, []).append(run)
    for kind, measured in runs.items():
        print(report(f"documents, {kind}", measured, (SERVER,)))


def kinds(template: Body) -> dict[str, Body]:
    """Indices to compare, by what makes them different from the template."""
    of_index, mapping = template["settings"]["index"], template["mappings"]
    properties: Body = mapping["properties"]
    indexed = {name: field | {"index": True} for name, field in properties.items() if name in DOC_VALUES_ONLY}
    plain = {name: field for name, field in properties.items() if field["type"] in ("keyword", "boolean", "date")}
    unindexed = {name: field | {"index": False} for name, field in properties.items() if name not in plain}
    mappings = {
        "as the template has them": mapping,
        "coordinates indexed too": mapping | {"properties": properties | indexed},
        "numbers not indexed": mapping | {"properties": plain | unindexed},
        "no field indexed": {"dynamic": False, "properties": {}},
        "no field indexed, no _source": {"dynamic": False, "properties": {}, "_source": {"enabled": False}},
    }
    small = of_index | {"merge": {"policy": {"floor_segment": "16mb"}}}
    return {name: {"settings": of_index, "mappings": changed} for name, changed in mappings.items()} | {
        "segments are small up to 16 MB": {"settings": small, "mappings": mapping}
    }


def measure(settings: Settings, body: Body, bodies: list[str], rate_per_s: float) -> Run:
    """Sends all bodies into a new index, each when it is due, and waits for the merges' end."""
    client = connect(settings, timeout_s=120)
    index = "cost-of-documents"
    client.indices.create(index=index, body=body)
    try:
        began_s, before = time.monotonic(), cpu_seconds(settings)
        for number, bulk in enumerate(bodies):
            time.sleep(max(0.0, began_s + number * BULK_DOCUMENTS / rate_per_s - time.monotonic()))
            answer = client.bulk(index=index, body=bulk, filter_path="errors")
            assert not answer["errors"], "a document was refused"
        client.indices.refresh(index=index)
        took_s = time.monotonic() - began_s
        while client.indices.stats(index=index, metric="merge")["_all"]["total"]["merges"]["current"]:
            time.sleep(0.2)
        count = client.count(index=index)["count"]
        return Run(count, took_s, since(before, cpu_seconds(settings)))
    finally:
        client.indices.delete(index=index)


def silver(settings: Settings) -> Iterator[Row]:
    """The rows of the silver topic."""
    dataset = load_stream(settings.schemas_dir, DATASET)
    schema = fastavro.parse_schema(dataset.silver)
    topic = dataset.contract.silver_topic
    spans = topic_spans(settings, topic)
    for batch in read_batches(Scan(settings, topic, spans)):
        for value in batch.values:
            yield decode(value, schema)


def pages(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows of one bulk request after the other."""
    while page := list(islice(rows, BULK_DOCUMENTS)):
        yield page


def bulk_body(rows: list[Row]) -> str:
    """The request as the sink makes it: a field that is null is left out."""
    lines = []
    for row in rows:
        lines.append(json.dumps({"index": {"_id": row["event_id"]}}))
        lines.append(json.dumps({name: value for name, value in row.items() if value is not None}, default=plain))
    return "\n".join(lines) + "\n"


def plain(value: object) -> object:
    """A decimal or a time as JSON has it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    assert isinstance(value, Decimal)
    return float(value)


if __name__ == "__main__":
    main()
