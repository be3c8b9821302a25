"""The dead letters of loaded files, for their proof: each rejected row has one, and no other row has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tidegate.contracts.dataset import Files
from tidegate.dead_letters.codes import Stage
from tidegate.dead_letters.ledger import State
from tidegate.dlq.index import Index, letter_index
from tidegate.files.closer import named
from tidegate.files.pieces import Sized, condition_of, pieces
from tidegate.files.proof_rows import LakeEvidence
from tidegate.files.tally import once
from tidegate.proof.rows import Rows, among, make_rows
from tidegate.proof.strangers import Strangers
from tidegate.settings import Settings

_MOST = 500_000
"""Letters that are held at once."""
_PLACE = ("source_partition", "source_offset")
_OF_DOCUMENT = f"stage = '{Stage.INDEX}'"
_OF_ROWS = f"not ({_OF_DOCUMENT})"
"""Of a row that is in silver; but OpenSearch has refused its document."""


@dataclass(slots=True)
class LettersFound:
    """By number of the file: rejected rows without a letter, and letters of other rows.

    ``gone``: offsets of the topic that retention removed before they were read here; ``in_lake``: letters that
    therefore are known by the lake alone. ``others``: letters by number, of files that were not asked for.
    """

    lacking: dict[int, Strangers] = field(default_factory=dict)
    strange: dict[int, Strangers] = field(default_factory=dict)
    others: Mapping[int, int] = field(default_factory=dict)
    gone: int = 0
    in_lake: int = 0


def read_letters_of(settings: Settings, dataset: Files, lake: LakeEvidence, files: Sequence[Sized]) -> LettersFound:
    """``files``: with their rejected rows.

    Raises:
        TransientError: Kafka, the registry or the lake is out of reach.
    """
    with letter_index(settings, [dataset]) as index:
        found = LettersFound(gone=sum(each.offsets for each in index.unseen))
        for piece in pieces(files, _MOST):
            rejected = once([lake.rejected(piece)])
            letters = piece.of(_letters(index, piece.condition(_PLACE)))
            lacking = rejected.where(~among(rejected, letters))
            if found.gone and len(lacking):
                kept = among(lacking, once([lake.letters(piece)]))
                found.in_lake += int(kept.sum())
                lacking = lacking.where(~kept)
            _add(found.lacking, named(lacking))
            _add(found.strange, named(letters.where(~among(letters, rejected))))
        asked = {file.number for file in files}
        found.others = {number: count for number, count in _counts(index) if number not in asked}
    return found


def refused_documents(settings: Settings, dataset: Files, numbers: Sequence[int]) -> Rows:
    """Rows of these files whose document OpenSearch has refused, of letters that nobody has settled.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    settled = f"state not in ('{State.RESOLVED}', '{State.DISCARDED}')"
    with letter_index(settings, [dataset]) as index:
        return _rows(index, f"{_OF_DOCUMENT} and {settled} and {condition_of(numbers, _PLACE[0])}")


def _letters(index: Index, condition: str) -> Rows:
    return _rows(index, f"{_OF_ROWS} and {condition}")


def _rows(index: Index, condition: str) -> Rows:
    found = index.rows(f"select distinct {', '.join(_PLACE)} from letters where {condition}")
    return make_rows([number for number, _ in found], [offset for _, offset in found])


def _counts(index: Index) -> list[tuple[int, int]]:
    """Letters by number of the file."""
    found = index.rows(f"select source_partition, count(*) from letters where {_OF_ROWS} group by source_partition")
    return [(int(number), int(count)) for number, count in found]


def _add(found: dict[int, Strangers], more: Mapping[int, Strangers]) -> None:
    for number, each in more.items():
        found[number] = found.get(number, Strangers()) + each
