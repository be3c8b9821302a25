"""The dead letters of a run: sent once to the dataset's topic; those of files that were replaced are given up.

A letter is sent with the number of its row, which is known once all parts of its file are read, and the file's SHA-256.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pyarrow as pa

from tidegate.ahead import made_ahead
from tidegate.avro.types import AvroSchema
from tidegate.clients.audit import Action
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import branch_files
from tidegate.clients.lake_pieces import files_in_pieces
from tidegate.clients.lake_rows import open_table
from tidegate.clients.ledger import write_entries
from tidegate.clients.registry import RegistryClient
from tidegate.clients.transactions import TransactionalWriter
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import platform_schema
from tidegate.contracts.naming import file_letter_writer, files_table, subject
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dlq.index import letter_index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.dlq.turn import letters_turn
from tidegate.files.account import RowNumbers
from tidegate.files.letter_records import LetterRecords, OfFiles, in_batches, still_to_send
from tidegate.files.mended import At, Mended
from tidegate.files.run import Run
from tidegate.files.staged import Judged
from tidegate.settings import Settings

GIVEN_UP_FROM = (State.OPEN.value, State.PARKED.value, State.IN_FLIGHT.value)
"""A row in flight is in a repair file, which goes with the file that it repairs, or is never loaded."""


def send_letters(settings: Settings, dataset: Files, run: Run, judged: Judged, mended: Mapping[At, Mended]) -> int:
    """Those of the accepted files that are not in the topic yet; returns how many.

    ``mended``: of rows of repair files the letters that they had; what fails again counts its attempts.

    Raises:
        TransientError: a server does not answer; what was sent is not sent again.
    """
    with letter_index(settings, [dataset]) as index:
        known = {name for (name,) in index.rows(f"select id from letters where {_of(judged.accepted)}")}
    numbers = {number: RowNumbers(parts) for number, parts in judged.splits.items()}
    files = OfFiles(numbers, {each.number: each.sha256 for each in run.files}, mended)
    made = LetterRecords(*_target(settings, dataset), files)
    writer, sent = None, 0
    letters = in_batches(_letters(settings, run, judged, known))
    with closing(made_ahead(made.of(batch) for batch in letters)) as batches:
        for batch in batches:
            writer = writer or TransactionalWriter(settings, file_letter_writer(dataset.name))
            writer.begin()
            writer.write(batch)
            writer.commit()
            sent += len(batch)
    return sent


def give_up_letters(settings: Settings, dataset: Files, numbers: Collection[int], action: Action) -> int:
    """Letters of files that were replaced are discarded, if they still wait; returns how many.

    Raises:
        TidegateError: a redrive of the dataset or a decision is at work on this machine.
        TransientError: Kafka or the registry is out of reach.
    """
    if not numbers:
        return 0
    with letters_turn(settings, dataset.name), letter_index(settings, [dataset]) as index:
        found = index.rows(
            f"select id, {PARTITION}, {OFFSET}, source_topic, source_partition, source_offset, attempt from letters "
            f"where {_of(numbers)} and list_contains(?, state)",
            [[*GIVEN_UP_FROM]],
        )
        entries = (_given_up(dataset, action, row) for row in found)
        return sum(write_entries(settings, action, entries))


def _given_up(dataset: Files, action: Action, row: Sequence[Any]) -> Entry:
    name, partition, offset, source, number, at, attempt = row
    return Entry(
        name,
        dataset.name,
        State.DISCARDED,
        Place(dataset.contract.dead_letter_topic, partition, offset),
        Place(source, number, at),
        now_ms(),
        action.actor,
        attempt,
        plan_id=action.plan_id,
        reason="its file was replaced by a newer version",
    )


def _of(numbers: Iterable[int]) -> str:
    return f"source_partition in ({', '.join(map(str, numbers)) or 'null'})"


def _letters(settings: Settings, run: Run, judged: Judged, known: set[str]) -> Iterator[pa.Table]:
    """Those that lie aside of accepted files and are not ``known``, piece by piece."""
    table = open_table(settings, files_table(run.dataset, "letters"))
    with lake_errors(settings):
        for piece in files_in_pieces(table, branch_files(table, run.branch)):
            yield still_to_send(piece, judged.accepted, known)


def _target(settings: Settings, dataset: Files) -> tuple[str, AvroSchema, int]:
    """The topic of letters, their schema, and by which id the registry knows it."""
    topic, schema = dataset.contract.dead_letter_topic, platform_schema(settings.schemas_dir, "dead_letter")
    with RegistryClient(settings) as registry:
        name = subject(topic)
        return topic, schema, registry.lookup(name, schema) or registry.register(name, schema)
