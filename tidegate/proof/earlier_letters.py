"""Letters about rows of an earlier version of silver's topic: jobs refused them, and begin behind them in the new one.

Such a letter names a place in the topic of before, which may be gone, and where a row lies in the new topic it does not
tell. But it has the row's bytes, and their hash, and the new topic was filled with the same bytes.
"""

from collections.abc import Collection, Iterable
from hashlib import sha256

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.proof.letters import EarlierLetter
from tidegate.proof.record_reader import claimed_rows, rows_in
from tidegate.proof.rows import Rows, among_places, concat, make_rows, offsets_by_partition
from tidegate.settings import Settings


def refused_rows(settings: Settings, letters: Iterable[EarlierLetter], stage: str, identity: tuple[str, ...]) -> Rows:
    """The rows that were refused at a stage, as far as their bytes tell which they are.

    Raises:
        TransientError: the registry is out of reach.
    """
    values = [each.payload for each in letters if each.stage == stage and each.payload is not None]
    return rows_in(values, RegistryClient(settings).by_id, identity) if values else make_rows()


def known_places(scan: Scan, letters: Iterable[EarlierLetter], stages: Collection[str], wanted: Rows) -> Mask:
    """Marks each of the ``wanted`` places of the scan's topic whose record a letter of these stages is about.

    Raises:
        TransientError: Kafka is out of reach.
    """
    hashes = {each.sha256 for each in letters if each.stage in stages and each.sha256 is not None}
    if not hashes or not len(wanted):
        return np.zeros(len(wanted), np.bool_)
    offsets = offsets_by_partition(wanted)
    spans = {number: (int(mine[0]), int(mine[-1]) + 1) for number, mine in offsets.items()}
    found = []
    for batch in read_batches(Scan(scan.settings, scan.topic, spans)):
        asked = np.flatnonzero(claimed_rows(batch, offsets)).tolist()
        same = [row for row in asked if sha256(batch.values[row]).hexdigest() in hashes]
        found.append(make_rows(batch.partition[same], batch.offset[same]))
    return among_places(wanted, concat(found))
