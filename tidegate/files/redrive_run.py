"""Carries out a plan of letters of files: their mended rows become repair files, which are loaded as other files are.

What is done is in the ledger and in the states of the repair files. A repair file is seen, then its letters are in
flight, in one Kafka transaction, then it is checked, and loaded by whoever loads next; the load says what became of its
rows. A run that was killed is gone on with by running the plan again.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from tidegate.clients.audit import audited, new_action
from tidegate.clients.file_store import name_of, open_store
from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dlq.turn import letters_turn
from tidegate.files.documents import write_documents
from tidegate.files.figures import count_days
from tidegate.files.file_head import FileHead
from tidegate.files.load import load_checked
from tidegate.files.mending import Mending
from tidegate.files.released import given_back
from tidegate.files.repair_file import repair_file
from tidegate.files.repair_states import Stored, given_up, registered, taken_up
from tidegate.files.repairs import repairs_by_plan, unrepairable
from tidegate.jobs.flink_run import make_ready
from tidegate.redrive.fix import NotFixed, recipe_of
from tidegate.redrive.pace import batches
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.planned import ledger_of, read_planned
from tidegate.redrive.progress import Progress, left
from tidegate.redrive.run_plan import Orders
from tidegate.redrive.running import Running
from tidegate.settings import Settings

MOST_ROWS = 20_000
"""Of a repair file: as many letters are in flight by one Kafka transaction."""
MOST_BYTES = 64 * 1024 * 1024
"""Of its rows, which are held in memory."""


class Row(NamedTuple):
    """A letter's entry, before it has a place, and the row that is loaded for it."""

    root: int
    entry: Entry
    row: bytes


@dataclass
class FileRun(Running):
    """One that loads rows of files."""

    def __post_init__(self) -> None:
        super().__post_init__()
        assert isinstance(self.stream, Files), "rows of a stream are sent, not loaded"
        self.dataset = self.stream
        self._newest: tuple[FileVersion, ...] = ()

    def carry_out(self) -> Progress:
        """Loads what is left of the plan, and what an earlier run has left.

        Raises:
            EndedError: the run was cancelled, or another one has begun.
            TidegateError: another load is at work, or one fails; run it again to go on.
            TransientError: a server does not answer; what was done is in the ledger.
        """
        if left(self.plan, self.ledger):
            make_ready(self.settings)
        self._take_up()
        self._load()
        if not self._must_stop():
            self._make_files()
            self._load()
        return self.progress()

    def give_up(self) -> Progress:
        """Letters in repair files that no load has begun with wait again; those files are never loaded."""
        with letters_turn(self.settings, self.plan.dataset):
            change_versions(
                self.settings, self.plan.dataset, lambda newest: given_up(newest, self.plan.plan_id, datetime.now(UTC))
            )
            self._give_back()
        return self.progress()

    def line(self) -> str:
        """For people, while it runs."""
        return f"{self.sent:,} rows in repair files, settled"

    def _take_up(self) -> None:
        """What a run that was killed has made and not handed over."""
        with letters_turn(self.settings, self.plan.dataset):
            self._look()
            numbers = {each.copy.partition for each in self._in_flight() if each.copy is not None}
            change_versions(
                self.settings,
                self.plan.dataset,
                lambda newest: taken_up(newest, self.plan.plan_id, numbers, datetime.now(UTC)),
            )

    def _make_files(self) -> None:
        recipe = recipe_of(self.plan)
        with letters_turn(self.settings, self.plan.dataset):
            self._look()
            mending = Mending(self.settings, self.dataset, self._newest, recipe)
            rows = ((each, len(each.row)) for each in self._rows(mending))
            for batch in batches(rows, MOST_ROWS, MOST_BYTES):
                for root in dict.fromkeys(each.root for each in batch):
                    if self._must_stop():
                        return
                    self._make_file(mending.head(root), [each for each in batch if each.root == root])

    def _rows(self, mending: Mending) -> Iterator[Row]:
        for place, letter in read_planned(self.settings, left(self.plan, self.ledger)[: self.pace.limit]):
            row = mending.row(letter)
            if isinstance(row, NotFixed):
                self.not_sent[row.reason] += 1
                continue
            source = letter["source"]
            entry = Entry(
                letter["dead_letter_id"],
                self.plan.dataset,
                State.IN_FLIGHT,
                place,
                Place(source["topic"], source["partition"], source["offset"]),
                now_ms(),
                self.actor,
                letter["attempt"],
                self.plan.plan_id,
            )
            yield Row(mending.root(letter), entry, row)

    def _make_file(self, head: FileHead, rows: Sequence[Row]) -> None:
        """Of one file. Its letters are in flight as soon as it has its number; only then it may be loaded."""
        made = repair_file(self.dataset.file.format, head, (each.row for each in rows))
        stored = _store(self.settings, rows, made.content)
        self.step("store")
        registering = change_versions(
            self.settings,
            self.plan.dataset,
            lambda newest: registered(newest, self.plan.plan_id, stored, datetime.now(UTC)),
        )
        self.step("seen")
        if not registering:
            self.not_sent[f"file {stored.root} can't be repaired any more"] += len(rows)
            return
        version = registering[0]
        entries = [
            each.entry._replace(copy=Place(version.uri, version.number, offset))
            for each, offset in zip(rows, made.offsets, strict=True)
        ]
        self._sender.record(entries)
        self.step("in flight")
        self.sent += len(entries)
        change_versions(
            self.settings,
            self.plan.dataset,
            lambda newest: taken_up(newest, self.plan.plan_id, {version.number}, datetime.now(UTC)),
        )
        self.step("checked")
        self.tell(self)

    def _load(self) -> None:
        """The plan's repair files, and a load that was begun before; then what can't be loaded is given back."""
        while numbers := self._loadable():
            if load_checked(self.settings, self.dataset, None, self.actor, numbers) is None:
                break
        with letters_turn(self.settings, self.plan.dataset):
            self._give_back()
        found = self.progress()
        self.outcomes = Counter({State.RESOLVED: found.resolved, State.FAILED_AGAIN: found.failed_again})
        self.tell(self)

    def _loadable(self) -> set[int]:
        newest = read_versions(self.settings, self.plan.dataset)
        return {
            each.number
            for each in repairs_by_plan(newest, self.plan.plan_id)
            if each.state == "loading" or (each.state == "checked" and unrepairable(newest, each.repairs or 0) is None)
        }

    def _give_back(self) -> None:
        """Letters in flight in files that will not be loaded."""
        change_versions(self.settings, self.plan.dataset, self._given_up)
        self._look()
        states = {each.number: each for each in self._newest}
        made = [entry for each in self._in_flight() for entry in given_back(each, states, now_ms())]
        if made:
            self._sender.record(made)
            self.ledger |= {each.dead_letter_id: each for each in made}

    def _given_up(self, newest: tuple[FileVersion, ...]) -> list[FileVersion]:
        """Those in quarantine, and those whose file waits to be replaced."""
        waits = {each.number for each in newest if each.repairs is not None and unrepairable(newest, each.repairs)}
        gone = given_up(newest, self.plan.plan_id, datetime.now(UTC))
        states = {each.number: each.state for each in newest}
        return [each for each in gone if states[each.number] == "quarantined" or each.number in waits]

    def _look(self) -> None:
        self.ledger = ledger_of(self.settings, self.plan)
        self._newest = read_versions(self.settings, self.plan.dataset)

    def _in_flight(self) -> list[Entry]:
        mine = self.plan.plan_id
        return [each for each in self.ledger.values() if each.state is State.IN_FLIGHT and each.plan_id == mine]


def run_plan_of_rows(settings: Settings, dataset: Files, plan: RedrivePlan, orders: Orders) -> Running:
    """The run, when it has ended; its audit record is written before and after, and search has its rows.

    Raises:
        TidegateError, TransientError: as :meth:`FileRun.carry_out`; or search can't have the rows yet.
    """
    counts = {"letters": len(plan.letters)}
    action = new_action("redrive", plan.dataset, orders.actor, plan_id=plan.plan_id, detail=plan.filters, counts=counts)
    with audited(settings, action) as done:
        run = FileRun(settings, dataset, plan, orders.actor, orders.pace, orders.stop, orders.tell, action=action)
        found = run.carry_out()
        done.update(sent=run.sent, resolved=found.resolved, failed_again=found.failed_again, left=found.left)
        done.update(run.told)
    count_days(settings, dataset, orders.actor)
    write_documents(settings, dataset, orders.actor)
    return run


def cancel_plan_of_rows(settings: Settings, dataset: Files, plan: RedrivePlan, actor: str) -> Progress:
    """Ends the run of the plan, wherever it is; rows that no load has begun with are not loaded.

    Raises:
        TransientError: a server is out of reach.
    """
    action = new_action("redrive cancel", plan.dataset, actor, plan_id=plan.plan_id)
    with audited(settings, action) as counts:
        found = FileRun(settings, dataset, plan, actor, action=action).give_up()
        counts.update(resolved=found.resolved, failed_again=found.failed_again, left=found.left)
    return found


def _store(settings: Settings, rows: Sequence[Row], content: bytes) -> Stored:
    sha256 = hashlib.sha256(content).hexdigest()
    copying = open_store(settings).begin()
    try:
        copying.write(content)
        stored = copying.finish(name_of(rows[0].entry.dataset, sha256))
    finally:
        copying.abandon()
    return Stored(rows[0].root, len(rows), len(content), sha256, stored)
