"""Follows the copies of one plan that are in flight until each has an outcome."""

import time
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tidegate.avro.frame import SCHEMA_ID_HEADER
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Entry, Outcome
from tidegate.dead_letters.payload import PayloadReader
from tidegate.proof.record_reader import claimed_rows
from tidegate.proof.redrives import by_partition
from tidegate.redrive import copies
from tidegate.redrive.run_files import read_starts, write_starts
from tidegate.redrive.settle import Outputs, Raw, ends_now, in_flight, positions_at, raw_of, verdicts
from tidegate.settings import Settings

MARGIN_MS = 60_000
"""Clocks of machines differ by less."""
TRANSACTIONS_S = 30.0


class Settling:
    """``entries`` are in flight, by the place of their copy; ``unknown`` of them refine has passed without a trace.

    Raises:
        TransientError: Kafka does not answer.
    """

    def __init__(self, settings: Settings, stream: Stream, plan_id: str, ledger: Mapping[str, Entry]) -> None:
        self._settings = settings
        self._stream = stream
        self._plan_id = plan_id
        self.entries: dict[Raw, Entry] = {}
        self.unknown: set[Raw] = set()
        under_way = in_flight(ledger, plan_id)
        starts = self._starts(under_way)
        self._outputs = Outputs(settings, stream, starts)
        self._passed = self._outputs.passed()
        self.add(under_way)
        self._lag_before = self.beside()

    def add(self, entries: Iterable[Entry]) -> None:
        """Follows these too."""
        self.entries |= {raw_of(entry): entry for entry in entries}

    @property
    def pending(self) -> int:
        """How many may still get an outcome by themselves."""
        return len(self.entries) - len(self.unknown)

    def mark(self) -> tuple[int, int]:
        """Another one when something has moved."""
        return sum(self._passed.values()), len(self.entries)

    def beside(self) -> int:
        """How many raw records refine has still to pass, beside the copies."""
        mine = sum(offset >= self._passed.get(partition, 0) for partition, offset in self.entries)
        return max(0, self._outputs.lag(self._passed) - mine)

    def grown_lag(self) -> int:
        """By how many records refine has fallen back since this began, beside the copies."""
        return self.beside() - self._lag_before

    def look(self, *, thorough: bool) -> list[Entry]:
        """The new entries of those of which something was found since.

        ``thorough``: it is also said of those that refine has passed and of which there is nothing, what they are: for
        this all transactions that are open now are waited for, and identities are looked for in all of silver.
        """
        if not self.entries:
            return []
        self._passed = self._outputs.passed()
        closed = thorough and self._outputs.wait_for_open_transactions(time.monotonic() + TRANSACTIONS_S)
        found = self._outputs.look(self.entries.keys())
        made = verdicts(
            [self.entries[at] for at in sorted(found.places())],
            found,
            self._stream.contract.dead_letters.max_attempts,
            now_ms(),
        )
        self._forget(made)
        if closed:
            passed = (at for at in self.entries if at[1] < self._passed.get(at[0], 0))
            made += self._duplicates([at for at in passed if at not in self.unknown])
        return made

    def _duplicates(self, traceless: Sequence[Raw]) -> list[Entry]:
        """Those whose identity another record has brought to silver; the others are unknown."""
        if not traceless:
            return []
        identities = self._identities(traceless)
        held = self._outputs.same_identity(identities)
        made = [copies.settled(self.entries[at], Outcome.DUPLICATE, held[at], now_ms()) for at in held]
        self._forget(made)
        self.unknown |= {at for at in traceless if at in self.entries}
        return made

    def _identities(self, wanted: Sequence[Raw]) -> dict[Raw, str]:
        """The identities of raw records, where they can be told."""
        topic = self._stream.contract.topic.name
        offsets = by_partition(wanted)
        spans = {number: (int(some[0]), int(some[-1]) + 1) for number, some in offsets.items()}
        found: dict[Raw, str] = {}
        with RegistryClient(self._settings) as registry:
            reader = PayloadReader(self._stream, registry)
            for batch in read_batches(Scan(self._settings, topic, spans, schema_headers=True)):
                for row in np.flatnonzero(claimed_rows(batch, offsets)).tolist():
                    header = batch.schema_headers.get(row)
                    source = {"topic": topic, "headers": {} if header is None else {SCHEMA_ID_HEADER: header}}
                    identity = reader.identity(
                        {"source": source, "payload": batch.values[row], "payload_truncated": False}
                    )
                    if identity is not None:
                        found[int(batch.partition[row]), int(batch.offset[row])] = identity
        return found

    def _forget(self, made: Iterable[Entry]) -> None:
        for entry in made:
            if entry.copy is not None:
                self.entries.pop(raw_of(entry), None)
                self.unknown.discard(raw_of(entry))

    def _starts(self, under_way: Sequence[Entry]) -> dict[str, dict[int, int]]:
        """Where outcomes may begin: as noted before the first copy, else by the time at which that was sent."""
        if not under_way:
            starts = ends_now(self._settings, self._stream)
            write_starts(self._settings, self._plan_id, starts)
            return starts
        noted = read_starts(self._settings, self._plan_id)
        first_ms = min(entry.changed_at for entry in under_way)
        return noted or positions_at(self._settings, self._stream, first_ms - MARGIN_MS)
