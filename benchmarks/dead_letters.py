"""Looking at many dead letters: `python -m benchmarks.dead_letters --letters 1000000`.

Kafka and the registry of a stack have to be up, with the contracts registered and no dead letters of the dataset yet.
Letters are made as refine makes them, a few causes and producers mixed, and sent to its topic. Then each command runs
as its users run it, in a process of its own: once while nothing was read yet, then ``--runs`` times.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from confluent_kafka import Producer

from tidegate.avro.codec import Encoder
from tidegate.clients import connection
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.contracts.naming import subject
from tidegate.dead_letters.record import Source, dead_letter_id
from tidegate.settings import Settings, get_settings

RULES = ("known_event_type", "quantity_is_positive", "price_is_not_negative", "purchase_is_complete")
PAYLOAD = bytes(range(256))
KB = 1024
COMMANDS = ("stats", "stats --by rule --by header:producer", "list", "list --rule price_is_not_negative --json")


def main() -> None:
    """Sends, measures, prints."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dataset", default="clicks")
    options.add_argument("--letters", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    settings = get_settings()
    stream = load_stream(settings.schemas_dir, given.dataset)
    if given.letters:
        print(f"{given.letters:,} letters sent in {send(settings, stream, given.letters):.1f} s")
    print("| command | first, s | CPU, s | then, s | CPU, s | memory, MB |\n|---|---|---|---|---|---|")
    for command in COMMANDS:
        first, *others = [measured(["dlq", *_with_dataset(command, given.dataset)]) for _ in range(1 + given.runs)]
        then = [statistics.median(each) for each in zip(*others, strict=True)]
        peak = max(first.memory_mb, *(each.memory_mb for each in others))
        print(
            f"| {command} | {first.seconds:.2f} | {first.cpu_s:.2f} | {then[0]:.2f} | {then[1]:.2f} | {peak:.0f} |",
            flush=True,
        )


class Took(NamedTuple):
    """What a command cost."""

    seconds: float
    cpu_s: float
    memory_mb: float


def _with_dataset(command: str, dataset: str) -> list[str]:
    name, *options = command.split()
    return [name, dataset, *options]


def send(settings: Settings, stream: Stream, count: int) -> float:
    """Seconds until all letters are in Kafka."""
    topic = stream.contract.dead_letter_topic
    schema = platform_schema(settings.schemas_dir, "dead_letter")
    with RegistryClient(settings) as registry:
        encoder = Encoder(schema, registry.latest(subject(topic)).schema_id)
    producer = Producer(connection.kafka(settings) | {"linger.ms": 20, "compression.type": "lz4"})
    began = time.monotonic()
    for number, letter in enumerate(letters(stream, count)):
        producer.produce(topic, encoder.encode(letter), partition=number % stream.contract.topic.partitions)
        if number % 1000 == 0:
            producer.flush()
    producer.flush()
    return time.monotonic() - began


def letters(stream: Stream, count: int) -> Iterator[dict[str, Any]]:
    """As refine writes them: of five, four break a rule and one can't be decoded."""
    now_ms = time.time_ns() // 1_000_000
    partitions = stream.contract.topic.partitions
    for number in range(count):
        stage, code, rules = (
            ("decode", "TRUNCATED", ()) if number % 5 == 0 else ("rule", "RULE_VIOLATED", _rules(number))
        )
        source = Source(stream.contract.topic.name, number % partitions, number // partitions)
        failed_at = now_ms - (count - number) * 30
        yield {
            "dead_letter_id": dead_letter_id(source, stage),
            "failed_at": failed_at,
            "first_failed_at": failed_at,
            "dataset": stream.name,
            "stage": stage,
            "error_code": code,
            "error_message": "64 bytes wanted, 12 left" if not rules else "the record breaks the rules in violations",
            "violations": [{"rule": rule, "field": "quantity", "message": f"{rule} is not met"} for rule in rules],
            "retryable": False,
            "attempt": 1,
            "processor": {"name": "refine", "version": "1", "job_id": None},
            "contract": {"subject": f"{stream.contract.topic.name}-value", "schema_id": 1 + number % 3},
            "source": {
                **source._asdict(),
                "timestamp": failed_at - 700,
                "key": f"session-{number % 5000}".encode(),
                "headers": {"producer": b"shop/2.%d" % (number % 4)},
            },
            "payload": PAYLOAD,
            "payload_encoding": "avro-confluent",
            "payload_sha256": "0" * 64,
            "payload_truncated": False,
        }


def _rules(number: int) -> tuple[str, ...]:
    return (RULES[number % 4],) if number % 7 else (RULES[number % 4], RULES[(number + 1) % 4])


def measured(arguments: Sequence[str]) -> Took:
    """Runs a command in a process of its own."""
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", "tidegate", *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"tidegate {' '.join(arguments)} failed")
    return Took(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KB)


if __name__ == "__main__":
    main()
