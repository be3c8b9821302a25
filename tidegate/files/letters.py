"""The dead letters of a run: sent once to the dataset's topic; those of files that were replaced are given up.

A letter is sent with the number of its row, which is known once all parts of its file are read, and the file's SHA-256.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from tidegate.avro.codec import Encoder
from tidegate.clients.audit import Action
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_branch import branch_files
from tidegate.clients.lake_replace import read_rows
from tidegate.clients.lake_rows import open_table
from tidegate.clients.ledger import write_entries
from tidegate.clients.registry import RegistryClient
from tidegate.clients.transactions import Record, TransactionalWriter
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import SOURCE_OFFSET, SOURCE_PARTITION, SPLIT_ROW
from tidegate.contracts.load import platform_schema
from tidegate.contracts.naming import file_letter_writer, files_table, subject
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dead_letters.record import Headers, written_headers
from tidegate.dlq.index import letter_index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.dlq.turn import letters_turn
from tidegate.files.account import RowNumbers
from tidegate.files.mended import At, Mended
from tidegate.files.run import Run
from tidegate.files.staged import Judged
from tidegate.settings import Settings

BATCH = 10_000
"""Letters of one transaction."""
GIVEN_UP_FROM = (State.OPEN.value, State.PARKED.value, State.IN_FLIGHT.value)
"""A row in flight is in a repair file, which goes with the file that it repairs, or is never loaded."""


def send_letters(settings: Settings, dataset: Files, run: Run, judged: Judged, mended: Mapping[At, Mended]) -> int:
    """Those of the accepted files that are not in the topic yet; returns how many.

    ``mended``: of rows of repair files the letters that they had; what fails again counts its attempts.

    Raises:
        TransientError: a server does not answer; what was sent is not sent again.
    """
    topic = dataset.contract.dead_letter_topic
    with letter_index(settings, [dataset]) as index:
        known = {name for (name,) in index.rows(f"select id from letters where {_of(judged.accepted)}")}
    letters = (_again(letter, mended) for letter in _letters(settings, run, judged))
    new = (letter for letter in letters if letter["dead_letter_id"] not in known)
    encoder = _encoder(settings, topic)
    writer, sent = None, 0
    while batch := [*islice(new, BATCH)]:
        writer = writer or TransactionalWriter(settings, file_letter_writer(dataset.name))
        writer.begin()
        writer.write(_record(topic, encoder, letter) for letter in batch)
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


def _again(letter: dict[str, Any], mended: Mapping[At, Mended]) -> dict[str, Any]:
    source = letter["source"]
    before = mended.get((source["partition"], source["offset"]))
    if before is None:
        return letter
    first = before.first_failed_at or letter["first_failed_at"]
    return letter | {"attempt": before.entry.attempt + 1, "first_failed_at": first}


def _letters(settings: Settings, run: Run, judged: Judged) -> Iterator[dict[str, Any]]:
    """As they lie aside, each with its ``source_file``."""
    fields = [field["name"] for field in platform_schema(settings.schemas_dir, "dead_letter")["fields"]]
    accepted = frozenset(judged.accepted)
    numbers = {number: RowNumbers(among) for number, among in judged.splits.items()}
    checksums = {each.number: each.sha256 for each in run.files}
    table = open_table(settings, files_table(run.dataset, "letters"))
    with lake_errors(settings):
        columns = (*fields, SOURCE_PARTITION, SOURCE_OFFSET, SPLIT_ROW)
        for batch in read_rows(table, branch_files(table, run.branch), columns):
            for row in batch.to_pylist():
                number = row[SOURCE_PARTITION]
                if number in accepted:
                    source = row["source"]
                    source["headers"] = dict(source["headers"] or {})
                    at = numbers[number].of(row[SOURCE_OFFSET], row[SPLIT_ROW])
                    checksum = checksums[number]
                    row["source_file"] = {"uri": source["topic"], "row": at, "checksum": checksum}
                    yield {name: row[name] for name in fields}


def _encoder(settings: Settings, topic: str) -> Encoder:
    schema = platform_schema(settings.schemas_dir, "dead_letter")
    with RegistryClient(settings) as registry:
        return Encoder(schema, registry.lookup(subject(topic), schema) or registry.register(subject(topic), schema))


def _record(topic: str, encoder: Encoder, letter: Mapping[str, Any]) -> Record:
    source = letter["source"]
    said = Headers(
        source["topic"],
        str(source["partition"]),
        str(source["offset"]),
        letter["stage"],
        letter["error_code"],
        letter["error_message"],
    )
    return Record(topic, None, encoder.encode(letter), headers=written_headers(said))
