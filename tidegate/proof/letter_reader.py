"""Turns the records of a dead letter topic into values; one worker's job."""

from collections import defaultdict
from collections.abc import Container

import numpy as np

from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.proof.letters import WHOLE, EarlierLetter, Letters, Reason, read_letter
from tidegate.proof.rows import Rows, fingerprints, make_rows

Places = list[tuple[int, int, int]]


def read_dead_letters(scan: Scan, raw_topic: str, silver_topic: str, earlier_topics: Container[str] = ()) -> Letters:
    """The dead letters of records of the raw and the silver topic; what is no dead letter is told by its place.

    ``earlier_topics``: those of silver's versions before.
    """
    schemas = plain_schemas(RegistryClient(scan.settings).by_id)
    places: defaultdict[Reason, Places] = defaultdict(list)
    strange: Places = []
    ids: list[bytes] = []
    earlier: list[EarlierLetter] = []
    for batch in read_batches(scan):
        for row, value in enumerate(batch.values):
            record = decode_record(value, schemas)
            found = None if record is None else read_letter(record)
            if record is None or found is None:
                strange.append((int(batch.partition[row]), int(batch.offset[row]), WHOLE))
                continue
            ids.append(str(record.get("dead_letter_id")).encode())
            if found[1] is not None and found[1].topic in (raw_topic, silver_topic):
                reason = found[0]._replace(of_silver=found[1].topic == silver_topic)
                places[reason].append((found[1].partition, found[1].offset, found[1].row or WHOLE))
            elif found[1] is not None and found[1].topic in earlier_topics:
                whole = record.get("payload_sha256"), record.get("payload")
                earlier.append(EarlierLetter(found[0].stage, found[0].code, *whole))
    by_reason = {reason: _rows(numbers) for reason, numbers in places.items()}
    return Letters(by_reason, _rows(strange), fingerprints(ids), tuple(earlier))


def _rows(places: Places) -> Rows:
    numbers = np.array(places, np.int64).reshape(-1, 3)
    identity = np.zeros((len(numbers), 2), np.uint64)
    identity[:, 0] = numbers[:, 2]
    return make_rows(numbers[:, 0], numbers[:, 1], identity)
