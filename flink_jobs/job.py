"""What a job is, and what a start of it is asked for on the command line."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tidegate import log
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import ContractError
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name (also its prefix of uids), the SQL that it runs per dataset, and its options of Flink.

    ``before_inserts`` is called once the tables are there. ``without_state`` gives the settings of a start at the
    beginning of the topics. ``interval_of`` is the job whose checkpoint interval it takes; its own if empty.
    """

    name: str
    sql: Callable[[Stream, Settings], JobSql]
    options: Mapping[str, str] = field(default_factory=dict)
    before_inserts: Callable[[Stream, Settings], object] = lambda _stream, _settings: None
    without_state: Callable[[Stream, Settings], Settings] = lambda _stream, settings: settings
    interval_of: str = ""

    def checkpoint_interval_s(self, settings: Settings) -> float:
        """Its interval from the settings."""
        return settings.checkpoint_interval_s(self.interval_of or self.name)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a start asks for: ``recover_from`` is ``latest``, ``none`` or the path of a savepoint or checkpoint.

    ``forget_removed``: state of datasets that are not part of the job any more may be given up.
    """

    datasets: tuple[str, ...]
    recover_from: str
    forget_removed: bool
    explain: bool


def add_options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The options that every job has."""
    parser.add_argument("--dataset", action="append", default=[], help="only this dataset (repeatable)")
    parser.add_argument("--recover-from", default="latest", help="latest, none, or a savepoint or checkpoint")
    parser.add_argument("--forget-removed", action="store_true", help="give up the state of datasets that are gone")
    parser.add_argument("--explain", action="store_true", help="print the plan and submit nothing")
    return parser


def arguments_of(options: argparse.Namespace) -> Arguments:
    """The parsed options as a value."""
    return Arguments(tuple(options.dataset), options.recover_from, options.forget_removed, options.explain)


def chosen_datasets(arguments: Arguments, settings: Settings) -> list[Stream]:
    """The datasets asked for, else all streams that can work; which are left out, and why, is told.

    Raises:
        ContractError: an unknown dataset, reference data, or a stream without ``silver.avsc`` or ``refine.sql``; no
            dataset can work.
    """
    if arguments.datasets:
        return [load_stream(settings.schemas_dir, name) for name in arguments.datasets]
    sound = sound_datasets(settings.schemas_dir)
    log.left_out(sound.left_out)
    if not sound.streams:
        raise ContractError(
            f"no dataset of {settings.schemas_dir} can work.", remedy="`tidegate contract check` says what to mend."
        )
    return sound.streams
