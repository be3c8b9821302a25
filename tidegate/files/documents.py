"""Search follows the loads of files: rows that were published become documents, those of replaced files go.

It is a step of its own behind the load, so that the lake need not wait for OpenSearch. What is left of it is noted in
the files' versions: whoever is killed leaves work that the next one does, under one version of documents.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tidegate.clients.audit import audited, new_action
from tidegate.clients.document_versions import Versioned, delete_documents, documents_count, documents_held
from tidegate.clients.file_versions import change_versions, read_versions
from tidegate.clients.lake_rows import open_table, rows_held
from tidegate.clients.opensearch import SearchClient
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import SOURCE_PARTITION
from tidegate.contracts.model import Index
from tidegate.contracts.naming import lake_table
from tidegate.files.jobs import give_up_documents, write_rows
from tidegate.files.letters import give_up_letters
from tidegate.files.load import load_turn
from tidegate.files.orders import plan_of, read_documents, store_documents
from tidegate.files.to_index import Searchable, due, next_version, noted, searchable, to_do_again
from tidegate.jobs.platform import platform_of
from tidegate.replay.index_plan import refuse_index
from tidegate.search.by_number import with_number
from tidegate.search.mapping import alias, no_search_index
from tidegate.settings import Settings
from tidegate.sql import replay_index
from tidegate.sql.replay_index import DocumentsAgain


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was done: files that are searchable now, their rows that are, and documents of replaced files that went.

    ``refused``: rows without a document: OpenSearch has refused it.
    """

    files: int
    documents: int
    refused: int
    removed: int


def write_documents(settings: Settings, dataset: Files, actor: str) -> Indexed | None:
    """What is left to do for search, of all loads; None if that is nothing, or the contract has no index.

    Raises:
        TidegateError: a load is at work, the template is not the contract's, or the job failed.
        TransientError: a server does not answer; the same again goes on.
    """
    index = dataset.contract.index
    if index is None:
        return None
    with load_turn(settings, dataset.name):
        what = due(read_versions(settings, dataset.name))
        if not what:
            return None
        refuse_index(settings, dataset)
        rows = searchable(index, what.written, datetime.now(UTC).date())
        asked = _asked(settings, dataset, index, rows)
        detail = f"written: {len(what.written)} files, removed: {len(what.gone)} files"
        action = new_action("files index", dataset.name, actor, plan_id=asked.plan_id, detail=detail)
        with audited(settings, action) as counts:
            if what.written:
                write_rows(settings, asked)
            removed = _remove(settings, dataset, what.gone, asked.version)
            documents, missing = _settled(settings, dataset, rows, asked.version)
            counts["entries"] = give_up_letters(settings, dataset, what.gone, action)
            change_versions(
                settings, dataset.name, lambda newest: noted(newest, what, "indexed", asked.version, datetime.now(UTC))
            )
            counts |= {"documents": documents, "removed": removed}
        return Indexed(len(what.written), documents, missing, removed)


def write_again(settings: Settings, dataset: Files, day: date | None, actor: str) -> Indexed | None:
    """The documents of loaded files once more, of a date or of all: after a change of the mapping, or a loss.

    Raises:
        ContractError: the dataset has no index. TidegateError, TransientError: as :func:`write_documents`.
    """
    if dataset.contract.index is None:
        raise no_search_index(dataset)
    with load_turn(settings, dataset.name):
        refuse_index(settings, dataset)
        change_versions(settings, dataset.name, lambda newest: to_do_again(newest, "indexed", day, datetime.now(UTC)))
    return write_documents(settings, dataset, actor)


def _asked(settings: Settings, dataset: Files, index: Index, rows: Searchable) -> DocumentsAgain:
    """The same as before, if it has not ended: under its version. A job of another one is ended first."""
    versions = read_versions(settings, dataset.name)
    states = [each for each in versions if each.number in rows.numbers]
    draft = DocumentsAgain(dataset.name, "", rows.sql_condition, 0)
    texts = replay_index.job_sql(dataset, index, platform_of(dataset, settings), draft).texts
    plan_id = plan_of(dataset.name, texts, states)
    before = read_documents(settings, dataset.name)
    if before is not None and before.plan_id == plan_id:
        return before
    give_up_documents(settings, dataset.name)
    version = next_version(now_ms() * 1000, before.version if before else 0, versions)
    return store_documents(settings, DocumentsAgain(dataset.name, plan_id, rows.sql_condition, version))


def _remove(settings: Settings, dataset: Files, gone: Collection[int], version: int) -> int:
    """The documents of replaced files; those that a newer row has taken over have its number by now."""
    name = alias(dataset.contract)
    SearchClient(settings).refresh(name)
    if not gone:
        return 0
    query = with_number(SOURCE_PARTITION, gone)
    count = documents_count(settings, name, query)
    delete_documents(settings, documents_held(settings, name, query), version)
    SearchClient(settings).refresh(name)
    return count


def _settled(settings: Settings, dataset: Files, rows: Searchable, version: int) -> tuple[int, int]:
    """How many documents the rows have, and how many rows have none. More than rows are older ones: they go.

    Unless OpenSearch has refused some of the new ones: an older one is better than none.
    """
    if not rows.numbers:
        return 0, 0
    name = alias(dataset.contract)
    wanted = rows_held(settings, open_table(settings, lake_table("silver", dataset.name)), rows.condition).rows
    found = documents_count(settings, name, rows.documents)
    if found > wanted:
        left, written = list[Versioned](), 0
        for each in documents_held(settings, name, rows.documents):
            if each.version < version:
                left.append(each)
            else:
                written += 1
        if written >= wanted:
            delete_documents(settings, left, version)
            SearchClient(settings).refresh(name)
        found = written
    return found, max(0, wanted - found)
