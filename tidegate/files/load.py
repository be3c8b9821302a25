"""A load: files that were taken in are judged, accounted for row by row, and published; each step is done once.

Whoever is killed leaves either nothing that a reader sees or all of it: the same command goes on where it ended.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from tidegate.clients.audit import audited, new_action
from tidegate.clients.file_version import MOST_FAULTS, FileVersion
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.files.account import Account, settled
from tidegate.files.jobs import clear, clear_others, compare, give_up_jobs, judge
from tidegate.files.letters import give_up_letters, send_letters
from tidegate.files.mended import mended_rows, settle_mended
from tidegate.files.publish import is_run_published, publish, published_numbers
from tidegate.files.released import release_letters
from tidegate.files.revived import come_back, judged_again
from tidegate.files.run import RUN_ID, Run, run_of
from tidegate.files.staged import Judged, first_faults, read_compared, read_judged
from tidegate.files.versions import moved, superseded_by, to_load
from tidegate.jobs.flink_run import make_ready
from tidegate.jobs.platform import platform_of
from tidegate.own_files import one_at_a_time
from tidegate.proof.rows import Rows
from tidegate.settings import Settings
from tidegate.sql.file_duplicates import Comparing


class UnaccountedError(TidegateError):
    """What lies aside is not the whole of the files, or more than that."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has done: the newest states of its files."""

    run_id: str
    files: tuple[FileVersion, ...]
    letters: int


@contextmanager
def load_turn(settings: Settings, dataset: str) -> Iterator[None]:
    """One load of a dataset at a time on this machine.

    Raises:
        TidegateError: another is at work.
    """
    with one_at_a_time(
        settings.home / "files" / dataset / "lock",
        f"another load of {dataset} is at work.",
        remedy="Let it end; then ask again.",
    ):
        yield


def load_checked(
    settings: Settings, dataset: Files, day: date | None, actor: str, numbers: Collection[int] | None = None
) -> Loaded | None:
    """Loads the files of a date that are checked, or of all; where a run was begun and has not ended, that one alone.

    ``numbers``: only these of them. None if there is nothing to load.

    Raises:
        TidegateError: a job failed, rows are left without a verdict, or the table was changed; nothing was published.
        TransientError: a server does not answer; the same again goes on.
    """
    with load_turn(settings, dataset.name):
        run = _begun(settings, dataset) or _begin(settings, dataset, day, numbers)
        loaded = None if run is None else _load(settings, dataset, run, actor)
        release_letters(settings, dataset, actor)
        return loaded


def _load(settings: Settings, dataset: Files, run: Run, actor: str) -> Loaded:
    clear_others(settings, run)
    action = new_action("files load", dataset.name, actor, plan_id=run.run_id, detail=_named(run))
    with audited(settings, action) as counts:
        judged, duplicates = _judged(settings, dataset, run)
        publish(settings, run, judged.accepted, duplicates, action.actor)
        mended = mended_rows(settings, dataset, run, judged)
        letters = send_letters(settings, dataset, run, judged, mended)
        entries = settle_mended(settings, dataset, run, mended, action)
        entries += give_up_letters(settings, dataset, _replaced(run, judged), action)
        ended = _ended(settings, run, judged, duplicates)
        clear(settings, run)
        counts |= {"files": len(ended), "letters": letters, "entries": entries}
    return Loaded(run.run_id, ended, letters)


def _begun(settings: Settings, dataset: Files) -> Run | None:
    """The run whose files are being loaded; under the id by which it is published, if it is."""
    newest = read_versions(settings, dataset.name)
    loading = [each for each in newest if each.state == "loading"]
    if not loading:
        return None
    run_id = loading[0].run
    published = run_id is not None and is_run_published(settings, dataset.name, (RUN_ID, run_id))
    run = run_of(dataset, platform_of(dataset, settings), loading, newest, run_id if published else None)
    if run.run_id == run_id:
        return run
    if run_id is not None:
        give_up_jobs(settings, run_id)
    return _marked(settings, run)


def _begin(settings: Settings, dataset: Files, day: date | None, only: Collection[int] | None = None) -> Run | None:
    """What has become part of the run: a newer version of a file may have come while it was planned."""
    newest = read_versions(settings, dataset.name)
    again = come_back(settings, dataset.name, newest) if only is None else ()
    checked = to_load(newest, day)
    checked = [*again, *(each for each in checked if only is None or each.number in only)]
    if not checked:
        return None
    make_ready(settings)
    numbers = {each.number for each in (*checked, *judged_again(settings, dataset.name, checked))}
    newest = read_versions(settings, dataset.name)
    files = [each for each in to_load(newest, None) if each.number in numbers]
    if files:
        _marked(settings, run_of(dataset, platform_of(dataset, settings), files, newest))
    return _begun(settings, dataset)


def _marked(settings: Settings, run: Run) -> Run:
    """Its files are being loaded from here on."""
    replaces = {each.number: each.replaces for each in run.files}

    def to(each: FileVersion) -> FileVersion:
        return replace(each, state="loading", run=run.run_id, replaces=replaces[each.number])

    _change(settings, run, ("checked", "loading"), to)
    return run


def _judged(settings: Settings, dataset: Files, run: Run) -> tuple[Judged, Rows]:
    """Twice, if need be: a job that Flink has begun again may end well without its last files; the account sees it."""
    judge(settings, run)
    judged = read_judged(settings, dataset, run)
    if (published := published_numbers(settings, run)) is not None:
        judged = replace(judged, accounts=settled(judged.accounts, published))
    elif _wrong(judged):
        clear(settings, run)
        judge(settings, run)
        judged = read_judged(settings, dataset, run)
    if wrong := _wrong(judged):
        clear(settings, run)
        raise UnaccountedError(
            f"the load {run.run_id} does not account for every row: {'; '.join(wrong)}.",
            remedy="Nothing was published; load again, which reads the files anew.",
        )
    return judged, _duplicates(settings, dataset, run, judged)


def _duplicates(settings: Settings, dataset: Files, run: Run, judged: Judged) -> Rows:
    passed = {each.number: each.passed for each in judged.accounts if each.fault is None and each.passed}
    if passed:
        # Rows of files in quarantine lie aside too, and must repeat nothing.
        ignored = tuple(each.number for each in judged.accounts if each.fault is not None)
        replaced = (*_replaced(run, judged), *ignored)
        comparing = Comparing(run.dataset, run.branch, tuple(sorted(passed)), replaced, judged.days)
        compare(settings, run, comparing, frozenset(passed))
    duplicates, compared = read_compared(settings, run)
    if {number: compared.get(number) for number in passed} != passed:
        raise UnaccountedError(
            f"the load {run.run_id} has not compared every row for duplicates.",
            remedy="Nothing was published; load again.",
        )
    return duplicates


def _wrong(judged: Judged) -> list[str]:
    return [f"file {each.number}: {each.wrong}" for each in judged.accounts if each.wrong is not None]


def _replaced(run: Run, judged: Judged) -> tuple[int, ...]:
    """The numbers of the files whose rows go: those of which the newer version is good."""
    return run.replaced_by(frozenset(judged.accepted))


def _ended(settings: Settings, run: Run, judged: Judged, duplicates: Rows) -> tuple[FileVersion, ...]:
    """Each file is loaded or in quarantine; those that were replaced are superseded."""
    accounts = {each.number: each for each in judged.accounts}
    ended = {each.number: _end(each, accounts[each.number], judged, duplicates) for each in run.files}

    def decide(newest: tuple[FileVersion, ...]) -> Iterator[FileVersion]:
        """In one commit: who is killed between two would leave a version loaded whose rows are gone."""
        loading = [each for each in newest if each.number in ended and each.state == "loading"]
        now = {each.number: replace(ended[each.number], at=datetime.now(UTC), run=run.run_id) for each in loading}
        yield from now.values()
        loaded = [each for each in now.values() if each.state == "loaded"]
        yield from _superseded([now.get(each.number, each) for each in newest], loaded, run)

    found = change_versions(settings, run.dataset, decide)
    return tuple(each for each in found if each.state != "superseded")


def _end(file: FileVersion, account: Account, judged: Judged, duplicates: Rows) -> FileVersion:
    counted = replace(file, rows=account.rows, rejected=account.rejected, dropped=account.dropped, blank=account.blank)
    if account.fault is None:
        doubled = int((duplicates.partition == file.number).sum())
        silver = account.passed - doubled
        # Of one that was loaded before, too: its rows may have been of other days by another contract.
        days = json.dumps(sorted({*json.loads(file.days or "[]"), *(date(*day).isoformat() for day in judged.days)}))
        counted = replace(counted, silver=silver, duplicates=doubled, indexed=None, days=days, counted=None)
        return replace(counted, state="loaded", reason=None, faults=None)
    faults = first_faults(judged, file.number, MOST_FAULTS)
    return replace(counted, state="quarantined", reason=account.fault, faults=json.dumps(faults) if faults else None)


def _superseded(newest: Sequence[FileVersion], loaded: Sequence[FileVersion], run: Run) -> Iterator[FileVersion]:
    """The older versions of files that are loaded now."""
    beside, repairs = defaultdict[str, list[FileVersion]](list), defaultdict[int, list[FileVersion]](list)
    for each in newest:
        if each.repairs is None:
            beside[each.uri].append(each)
        else:
            repairs[each.repairs].append(each)
    for each in loaded:
        of_file = beside[each.uri] if each.repairs is None else repairs[each.repairs]
        for older in superseded_by(each, [*of_file, *(repair for of in of_file for repair in repairs[of.number])]):
            yield replace(moved(older, "superseded", datetime.now(UTC)), run=run.run_id)


def _change(
    settings: Settings, run: Run, from_states: Sequence[str], to: Callable[[FileVersion], FileVersion]
) -> tuple[FileVersion, ...]:
    """Of the run's files those that are in one of these states."""
    numbers = frozenset(each.number for each in run.files)

    def decide(newest: tuple[FileVersion, ...]) -> Iterator[FileVersion]:
        for each in newest:
            if each.number in numbers and each.state in from_states:
                yield replace(to(each), at=datetime.now(UTC), run=run.run_id)

    return change_versions(settings, run.dataset, decide)


def _named(run: Run) -> str:
    names: Mapping[str, None] = dict.fromkeys(each.uri.rpartition("/")[2] for each in run.files)
    shown = ", ".join([*names][:10])
    return f"{len(run.files)} files: {shown}{' …' if len(names) > 10 else ''}"
