"""The documents of loaded files, for their proof: each row that search is to have is there once, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tidegate.clients.file_version import FileVersion
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE, SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.files.closer import named
from tidegate.files.pieces import Piece, Sized, pieces
from tidegate.files.proof import Fault, Finding
from tidegate.files.proof_letters import refused_documents
from tidegate.files.proof_rows import LakeEvidence
from tidegate.files.proof_scope import Scope
from tidegate.files.to_index import Searchable, due, searchable
from tidegate.proof.index_reader import PAGE_DOCS, TIMEOUT_S, read_page
from tidegate.proof.rows import Rows, among, among_places, concat, in_order
from tidegate.search.by_number import with_number
from tidegate.search.mapping import alias
from tidegate.settings import Settings

_ROWS = 500_000
"""Of a piece, whose identities are read as text."""
_NUMBERS_SHOWN = 10
_NO_NUMBER = -1


@dataclass(slots=True)
class Search:
    """``of_file``: faults by the number of the file; ``strange``: documents of no loaded file."""

    of_file: dict[int, list[Finding]] = field(default_factory=dict)
    strange: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def look_at_documents(
    settings: Settings, dataset: Files, lake: LakeEvidence, scope: Scope, versions: Sequence[FileVersion]
) -> Search:
    """Of a dataset with an index. Days that retention may have removed from it, or from silver, are not looked at.

    Raises:
        TransientError: OpenSearch, Kafka or the lake does not answer.
    """
    index, found = dataset.contract.index, Search()
    if index is None:
        return found
    waiting = due(versions)
    files = [each for each in scope.files if each.number not in waiting.written]
    wanted = searchable(index, [each.number for each in files], datetime.now(UTC).date())
    wanted = wanted.left_by(dataset.contract.event_time.column, lake.removed_before)
    reader = _Reader(settings, dataset, wanted)
    refused = refused_documents(settings, dataset, wanted.numbers)
    for piece in pieces((Sized(each.number, each.silver or 0, each.size) for each in files), _ROWS):
        for finding in differences(lake.identified(piece, wanted.in_time), reader.read(piece), refused):
            found.of_file.setdefault(finding.number, []).append(finding)
    if scope.day is None:
        explained = scope.loaded | {*waiting.gone}
        found.strange = tuple(reader.strange(explained))
    found.notes = tuple(_notes(dataset.name, waiting.written, waiting.gone, len(refused)))
    return found


def differences(rows: Rows, documents: Rows, refused: Rows) -> Iterator[Finding]:
    """Of the rows of one piece and of its documents, both with their identities; ``refused``: places of rows."""
    lacking = rows.where(~among(rows, documents))
    order, differs = in_order(documents)
    doubled = documents.where(order[1:][~differs])
    others = documents.where(~among(documents, rows))
    told: tuple[tuple[Fault, Rows, str], ...] = (
        ("no_document", lacking.where(~among_places(lacking, refused)), "rows of silver are not in search"),
        ("strange_document", concat([others, doubled]), "documents are none of its rows, or are there twice"),
    )
    for fault, places, said in told:
        for number, strangers in named(places).items():
            yield Finding(fault, number, strangers.count, f"{strangers.count:,} {said}", strangers.first)


class _Reader:
    def __init__(self, settings: Settings, dataset: Files, wanted: Searchable) -> None:
        self._client = SearchClient(settings, timeout_s=TIMEOUT_S)
        self._alias = alias(dataset.contract)
        self._wanted = wanted
        self._client.refresh(self._alias)

    def read(self, piece: Piece) -> Rows:
        """The documents of a piece, as the index keeps days."""
        offsets = {"gte": piece.start} | ({} if piece.end is None else {"lt": piece.end})
        query = {
            "bool": {
                "filter": [
                    with_number(SOURCE_PARTITION, piece.numbers),
                    {"range": {SOURCE_OFFSET: offsets}},
                    *self._wanted.documents_in_time,
                ]
            }
        }
        return concat([read_page(page)[0] for page in self._client.documents(self._alias, PLACE, PAGE_DOCS, query)])

    def strange(self, explained: frozenset[int]) -> Iterator[Finding]:
        """Documents of files that have no rows in silver, counted by number; of the first numbers."""
        by_number = {"terms": {"field": SOURCE_PARTITION, "missing": _NO_NUMBER, "size": _NUMBERS_SHOWN}}
        query = {"bool": {"must_not": with_number(SOURCE_PARTITION, explained)}}
        found = self._client.search(self._alias, {"size": 0, "query": query, "aggs": {"numbers": by_number}})
        buckets: Sequence[Mapping[str, Any]] = found.get("aggregations", {}).get("numbers", {}).get("buckets", [])
        for bucket in buckets:
            number, count = int(bucket["key"]), int(bucket["doc_count"])
            of = "of no file" if number == _NO_NUMBER else f"of file {number}, which is not loaded"
            yield Finding("strange_document", number, count, f"search has {count:,} documents {of}")


def _notes(dataset: str, written: Sequence[int], gone: Sequence[int], refused: int) -> Iterator[str]:
    if written or gone:
        yield (
            f"left out: search waits for {len(written):,} loaded files, and has documents of {len(gone):,} replaced "
            f"ones perhaps; `tidegate files load {dataset}` goes on with it."
        )
    if refused:
        yield f"OpenSearch has refused the documents of {refused:,} rows: `tidegate dlq list {dataset} --stage index`."
