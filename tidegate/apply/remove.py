"""Takes a dataset out of what runs, and with ``purge`` off the servers."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from tidegate.apply.removal import (
    Removal,
    Written,
    own_raw,
    parts_of,
    refuse_what_is_needed,
    tables_of_files,
    written_of,
)
from tidegate.apply.stopping import makes_savepoint
from tidegate.clients.file_store import open_store
from tidegate.clients.file_versions import forget_versions, read_versions
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_topics import delete_groups, delete_topics, existing_topics
from tidegate.clients.lake import drop_table, open_catalog
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.clients.replay_evidence import replay_tables
from tidegate.contracts import naming
from tidegate.contracts.check import read_drafts
from tidegate.contracts.dataset import Draft
from tidegate.contracts.sound import sound_datasets
from tidegate.dlq.folders import forget, kept_folders
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import NAMES
from tidegate.jobs.live import live_jobs
from tidegate.jobs.stop import Stopped, stop_jobs
from tidegate.settings import Settings
from tidegate.stack.home import usable

Say = Callable[[str], object]


def plan_removal(settings: Settings, dataset: str, *, purge: bool) -> Removal:
    """What ends and what stays; the dataset's folder may be there still, or be gone already.

    Raises:
        ContractError: nothing is known by that name, or others need the dataset.
        TransientError: a server is out of reach.
    """
    drafts, _ = read_drafts(settings.schemas_dir)
    refuse_what_is_needed(dataset, drafts.values())
    sound = [stream.name for stream in sound_datasets(settings.schemas_dir).streams]
    parts = parts_of(dataset, live_jobs(settings), sound)
    written = _written(settings, dataset, drafts.get(dataset))
    if not parts and not written.topics and dataset not in drafts:
        raise ContractError(f"nothing is known of a dataset {dataset!r}.", remedy="`tidegate contract list` names all.")
    return Removal(dataset, parts, written, purge)


def remove(settings: Settings, removal: Removal, say: Say) -> list[TidegateError]:
    """Stops the dataset's part first, so that nothing writes to what is deleted then; what did not succeed.

    Raises:
        TidegateError: its part could not be stopped; nothing is deleted.
    """
    problems: list[TidegateError] = []
    client = FlinkClient(settings)
    whole = {part.job: makes_savepoint(client, part.name) for part in removal.parts}
    for savepoint in (True, False):
        kinds = tuple(job for job, makes in whole.items() if makes == savepoint)
        for stopped in stop_jobs(settings, kinds, [removal.dataset], savepoint=savepoint) if kinds else ():
            say(_stopped(stopped))
            problems += stopped.failures
    if removal.purge:
        of_lake = partial(_delete_from_lake, removal.dataset)
        of_files = partial(_delete_files, removal.dataset)
        deletions = (_delete_from_kafka, _delete_from_registry, _delete_from_search, of_lake, of_files, _forget_letters)
        for delete in deletions:
            try:
                delete(settings, removal.written, say)
            except TidegateError as error:
                problems.append(error)
    return problems


def _stopped(what: Stopped) -> str:
    state = f"savepoint {what.savepoint}" if what.savepoint else "its newest checkpoint stays"
    again = f"; it goes on with {', '.join(what.go_on)}" if what.go_on else ""
    return f"{what.name} stopped, {state}{again}"


def _written(settings: Settings, dataset: str, draft: Draft | None) -> Written:
    committed = OffsetReader(settings, timeout_s=10).committed([naming.group(job, dataset) for job in NAMES])
    groups = [group for group, places in committed.items() if places]
    found = written_of(dataset, own_raw(dataset, draft), existing_topics(settings), groups)
    with RegistryClient(settings) as registry:
        subjects = tuple(subject for subject in found.subjects if registry.versions(subject))
    found = replace(found, subjects=subjects, folders=tuple(kept_folders(settings, dataset)))
    if draft is not None and draft.contract.kind == "reference":
        return replace(found, tables=(), aliases=())
    if not _comes_in_files(settings, dataset, draft):
        return found
    metrics = [metric.name for metric in draft.metrics] if draft else []
    copies = (f"{settings.files_store.rstrip('/')}/{dataset}/",)
    return replace(found, tables=tables_of_files(dataset, metrics), copies=copies)


def _comes_in_files(settings: Settings, dataset: str, draft: Draft | None) -> bool:
    """Without its folder by whether files of it are known; a lake that is out of reach knows of none."""
    if draft is not None:
        return draft.contract.kind == "file"
    with suppress(TidegateError):
        return bool(read_versions(settings, dataset))
    return False


def _delete_from_kafka(settings: Settings, written: Written, say: Say) -> None:
    delete_topics(settings, written.topics)
    delete_groups(settings, written.groups)
    say(_deleted("topics", written.topics))


def _delete_from_registry(settings: Settings, written: Written, say: Say) -> None:
    with RegistryClient(settings) as registry:
        for subject in written.subjects:
            registry.delete(subject)
    say(_deleted("subjects", written.subjects))


def _delete_from_search(settings: Settings, written: Written, say: Say) -> None:
    client, deleted = SearchClient(settings), list[str]()
    for alias in written.aliases:
        deleted += client.delete(alias, naming.all_indices(alias))
    say(_deleted("search indices", deleted))


def _delete_from_lake(dataset: str, settings: Settings, written: Written, say: Say) -> None:
    """What replays have left goes too: of a topic that is made anew, it would judge other records."""
    if not written.tables:
        return
    catalog = open_catalog(settings)
    tables = (*written.tables, *replay_tables(settings, catalog, dataset))
    dropped = [table for table in tables if drop_table(settings, catalog, table)]
    say(_deleted("tables of the lake", dropped))


def _delete_files(dataset: str, settings: Settings, written: Written, say: Say) -> None:
    """Behind silver's table: files that are known to be loaded are not loaded again."""
    if not written.copies:
        return
    copies, versions = open_store(settings).remove(dataset), forget_versions(settings, dataset)
    say(f"copies of files deleted: {copies}; versions of files forgotten: {versions}")


def _forget_letters(settings: Settings, written: Written, say: Say) -> None:
    if not written.folders:
        return
    with usable(settings.home):
        forget(settings, written.folders)
    say(_deleted("what this machine has read of its dead letters", [folder.name for folder in written.folders]))


def _deleted(what: str, names: Sequence[str]) -> str:
    return f"{what} deleted: {', '.join(names) or 'none was there'}"
