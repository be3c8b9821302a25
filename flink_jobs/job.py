"""What a job is, and what a start of it is asked for on the command line."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pyflink.datastream import StreamExecutionEnvironment

from flink_jobs.begun import NOT_KNOWN, Begun
from flink_jobs.uids import is_of, silver_version
from tidegate import log
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_files, load_stream
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import ContractError
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql, Table


@dataclass(frozen=True, slots=True)
class StateFacts:
    """A state to go on from: uids of its operators, what its datasets' parts were begun with, how old it is, where.

    ``checkpoint_id``: its number, which goes on from job to job.
    """

    uids: frozenset[str]
    begun: Mapping[str, Begun]
    age: timedelta
    path: str = ""
    written_ms: int = 0
    checkpoint_id: int = 0

    def holds(self, prefix: str) -> bool:
        """Whether it has the state of an operator that works for a dataset, which its prefix names."""
        return any(is_of(uid, prefix) for uid in self.uids)

    def silver_versions(self, prefix: str) -> frozenset[int]:
        """The versions of silver's topic that it says where it was in, of the dataset that the prefix names."""
        found = (silver_version(uid) for uid in self.uids if is_of(uid, prefix))
        return frozenset(version for version in found if version is not None)


@dataclass(frozen=True, slots=True)
class ComputedAgain:
    """Of a job whose results can be computed again from what its topics hold.

    ``begin`` and ``go_on`` say what a dataset's part begins with: at a time, from nothing, or as it was begun.
    ``unusable`` tells why results would be wrong if the datasets went on from a state.
    """

    begin: Callable[[Stream, Settings, datetime], Begun]
    go_on: Callable[[Stream, Settings, Begun], Begun]
    unusable: Callable[[Sequence[Stream], Settings, StateFacts], str | None]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name (also its prefix of uids), the SQL that it runs per dataset, and its options of Flink.

    ``before_inserts`` is called once the tables are there. ``interval_of`` is the job whose checkpoint interval it
    takes; its own if empty. ``writes`` names a topic that tells by its records that the job has run before.
    ``refuse_state`` raises where a dataset must not go on from a state.
    ``complete`` adds what SQL can't say, once the operators of a dataset have their uids. ``of_files``: its datasets
    come in files.
    """

    name: str
    sql: Callable[[Stream, Settings, Begun], JobSql]
    options: Mapping[str, str] = field(default_factory=dict)
    before_inserts: Callable[[Stream, Settings], object] = lambda _stream, _settings: None
    interval_of: str = ""
    writes: Callable[[Stream], str] | None = None
    computed_again: ComputedAgain | None = None
    refuse_state: Callable[[Stream, Settings, StateFacts], None] = lambda _stream, _settings, _state: None
    of_files: bool = False
    complete: "Callable[[Part, StreamExecutionEnvironment], object]" = lambda _part, _environment: None

    def checkpoint_interval_s(self, settings: Settings) -> float:
        """Its interval from the settings."""
        return settings.checkpoint_interval_s(self.interval_of or self.name)


@dataclass(frozen=True, slots=True)
class Part:
    """One dataset's part of a job that is to be started.

    ``begun`` is what its state was begun with. ``from_committed``: its sources begin at the offsets of its consumer
    group, since no state says where they are. ``accepted_until``: what arrived before then does not count in the error
    budget. ``switched``: its state is of before silver's topic was changed for the version that it reads now.
    """

    job: Job
    dataset: Stream
    settings: Settings
    begun: Begun = NOT_KNOWN
    from_committed: bool = False
    accepted_until: datetime | None = None
    switched: bool = False

    def begins_at_committed(self, table: Table) -> bool:
        """Whether the table's source begins at the offsets that the job's group has committed."""
        return self.from_committed or (self.switched and table.version > 1)

    def sql(self) -> JobSql:
        """What it tells Flink."""
        return self.job.sql(self.dataset, self.settings, self.begun)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a start asks for: ``recover_from`` is ``latest``, ``none`` or the path of a savepoint or checkpoint.

    ``forget_removed``: state of operators that the SQL has no more may be given up.
    ``group``: which datasets these are; empty of the job that all may share. ``budget_reset``: what has arrived until
    now does not count in the error budget.
    """

    datasets: tuple[str, ...]
    recover_from: str
    forget_removed: bool
    explain: bool
    group: str = ""
    budget_reset: bool = False


def add_options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The options that every job has."""
    parser.add_argument("--dataset", action="append", default=[], help="only this dataset (repeatable)")
    parser.add_argument("--group", default="", help="name of these datasets' group: runs as refine.NAME in Flink")
    parser.add_argument("--recover-from", default="latest", help="latest, none, or a savepoint or checkpoint")
    parser.add_argument("--forget-removed", action="store_true", help="give up the state of operators that are gone")
    parser.add_argument("--budget-reset", action="store_true", help="what came until now passes the error budget")
    parser.add_argument("--explain", action="store_true", help="print the plan and submit nothing")
    return parser


def arguments_of(options: argparse.Namespace) -> Arguments:
    """The parsed options as a value."""
    return Arguments(
        tuple(options.dataset),
        options.recover_from,
        options.forget_removed,
        options.explain,
        options.group,
        options.budget_reset,
    )


def chosen_datasets(arguments: Arguments, settings: Settings, *, of_files: bool = False) -> list[Stream]:
    """The datasets asked for, else all streams that can work; which are left out, and why, is told.

    Raises:
        ContractError: an unknown dataset, reference data, or one without ``silver.avsc`` or ``refine.sql``; no
            dataset can work.
    """
    if arguments.datasets:
        load = load_files if of_files else load_stream
        return [load(settings.schemas_dir, name) for name in arguments.datasets]
    sound = sound_datasets(settings.schemas_dir)
    log.left_out(sound.left_out)
    if not sound.streams:
        raise ContractError(
            f"no dataset of {settings.schemas_dir} can work.", remedy="`tidegate contract check` says what to mend."
        )
    return sound.streams
