"""Documents against rows: those that lack, those that are of no row, and those that OpenSearch has refused.

On real servers: ``tests/stack/test_files.py``.
"""

from tidegate.files.proof_documents import differences
from tidegate.proof.rows import Rows, fingerprints, make_rows


def rows(*told: tuple[int, int, str]) -> Rows:
    names = fingerprints(name.encode() for _, _, name in told)
    return make_rows([number for number, _, _ in told], [offset for _, offset, _ in told], names)


SILVER = rows((1, 0, "a"), (1, 10, "b"), (2, 0, "c"))


def found(documents: Rows, refused: Rows | None = None) -> dict[tuple[str, int], tuple[str, ...]]:
    return {(each.fault, each.number): each.first for each in differences(SILVER, documents, refused or rows())}


def test_each_row_is_there_once() -> None:
    assert found(SILVER) == {}


def test_a_row_that_is_not_there_is_named_unless_it_was_refused() -> None:
    documents = rows((1, 0, "a"), (2, 0, "c"))

    assert found(documents) == {("no_document", 1): ("1:10",)}
    assert found(documents, make_rows([1], [10])) == {}


def test_a_document_in_the_place_of_another_or_twice_is_none_of_its_rows() -> None:
    documents = rows((1, 0, "a"), (1, 0, "a"), (1, 10, "b"), (2, 0, "other"))

    assert found(documents) == {
        ("no_document", 2): ("2:0",),
        ("strange_document", 1): ("1:0",),
        ("strange_document", 2): ("2:0",),
    }
