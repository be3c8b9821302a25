"""The letters of a plan, read from where the plan says that they lie."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.ledger_some import read_entries
from tidegate.clients.registry import RegistryClient
from tidegate.dead_letters.ledger import Entry, Place
from tidegate.errors import TidegateError
from tidegate.proof.record_reader import claimed_rows
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.settings import Settings


def read_planned(settings: Settings, letters: Sequence[PlannedLetter]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Those that retention has left, decoded, with their places.

    Raises:
        TidegateError: what lies there is another letter, or none: the topic was made anew.
        TransientError: Kafka or the registry is out of reach.
    """
    by_topic: defaultdict[str, list[PlannedLetter]] = defaultdict(list)
    for each in letters:
        by_topic[each.letter.topic].append(each)
    for topic, some in by_topic.items():
        yield from _read(settings, topic, {(each.letter.partition, each.letter.offset): each for each in some})


def _read(
    settings: Settings, topic: str, wanted: dict[tuple[int, int], PlannedLetter]
) -> Iterator[tuple[Place, dict[str, Any]]]:
    by_partition: defaultdict[int, list[int]] = defaultdict(list)
    for partition, offset in wanted:
        by_partition[partition].append(offset)
    offsets = {partition: np.array(sorted(some), np.int64) for partition, some in by_partition.items()}
    kept = topic_spans(settings, topic)
    spans = {
        partition: (max(int(some[0]), kept[partition][0]), min(int(some[-1]) + 1, kept[partition][1]))
        for partition, some in offsets.items()
        if partition in kept
    }
    with RegistryClient(settings) as registry:
        schemas = plain_schemas(registry.by_id)
        for batch in read_batches(Scan(settings, topic, spans)):
            for row in np.flatnonzero(claimed_rows(batch, offsets)).tolist():
                place = Place(topic, int(batch.partition[row]), int(batch.offset[row]))
                letter = decode_record(batch.values[row], schemas)
                if letter is None or letter.get("dead_letter_id") != wanted[place[1:]].dead_letter_id:
                    raise TidegateError(f"at {place} lies another letter than the plan has.", remedy="Make a new plan.")
                yield place, letter


def ledger_of(settings: Settings, plan: RedrivePlan) -> dict[str, Entry]:
    """The newest entries of the plan's letters, and of those whose copies became these letters.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    letters = [each.dead_letter_id for each in plan.letters]
    return read_entries(settings, plan.dataset, letters, {each.source for each in plan.letters})
