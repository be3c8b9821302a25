"""Letters against rejected rows: those that lack, those of other rows, and those that Kafka has removed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from tests.unit.files.made_files import files_of
from tidegate.dlq.index import Index, Unseen
from tidegate.files import proof_letters
from tidegate.files.pieces import Piece, Sized
from tidegate.files.proof_letters import LettersFound, read_letters_of, refused_documents
from tidegate.proof.rows import Rows, make_rows
from tidegate.proof.strangers import Strangers
from tidegate.settings import Settings

Places = Sequence[tuple[int, int]]
FILES = [Sized(1, 2, 100), Sized(2, 1, 100)]
REFUSED = [("index", "open", 2, 40), ("index", "resolved", 2, 50), ("index", "parked", 9, 60)]
"""Documents of rows that are in silver."""
REJECTED: Places = [(1, 10), (1, 20), (1, 20), (2, 10)]


def rows(places: Places, piece: Piece) -> Rows:
    return piece.of(make_rows([number for number, _ in places], [offset for _, offset in places]))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is found where the topic has these letters, of so many offsets that are gone, and the lake those."""

    def found(letters: Places, gone: int = 0, in_lake: Places = ()) -> LettersFound:
        connection = duckdb.connect()
        connection.execute("create table letters (stage text, state text, source_partition int, source_offset bigint)")
        told = [("rule", "open", *place) for place in (*letters, (9, 0), (9, 5))]
        connection.executemany("insert into letters values (?, ?, ?, ?)", [*told, *REFUSED])

        @contextmanager
        def index(*_: object) -> Iterator[Index]:
            yield Index(connection, [Unseen("orders", gone)], {})

        monkeypatch.setattr(proof_letters, "letter_index", index)
        lake: Any = SimpleNamespace(
            rejected=lambda piece: rows(REJECTED, piece), letters=lambda piece: rows(in_lake, piece)
        )
        return read_letters_of(Settings(), files_of("/in/{date:yyyy-MM-dd}/*.csv"), lake, FILES)

    return found


def test_each_rejected_row_has_a_letter(read: Any) -> None:
    assert read([(1, 10), (1, 20), (2, 10)]) == LettersFound(others={9: 2})


def test_a_letter_of_a_row_that_explodes_may_be_there_for_each_item(read: Any) -> None:
    assert read([(1, 10), (1, 20), (1, 20), (2, 10)]) == LettersFound(others={9: 2})


def test_a_row_without_a_letter_and_a_letter_of_another_row_are_named(read: Any) -> None:
    found = read([(1, 10), (2, 10), (2, 30)])

    assert found.lacking == {1: Strangers(1, ("1:20",))}
    assert found.strange == {2: Strangers(1, ("2:30",))}


def test_a_letter_that_kafka_has_removed_is_one_where_the_lake_has_it(read: Any) -> None:
    found = read([(2, 10)], 7, [(1, 20), (2, 10)])

    assert (found.gone, found.in_lake) == (7, 1)
    assert found.lacking == {1: Strangers(1, ("1:10",))}


def test_the_lake_excuses_nothing_where_kafka_has_removed_nothing(read: Any) -> None:
    assert read([(1, 10), (2, 10)], 0, [(1, 20)]).lacking == {1: Strangers(1, ("1:20",))}


def test_rows_whose_documents_were_refused_are_told_until_somebody_has_settled_that(read: Any) -> None:
    read([])

    refused = refused_documents(Settings(), files_of("/in/{date:yyyy-MM-dd}/*.csv"), [1, 2])

    assert [*zip(refused.partition.tolist(), refused.offset.tolist(), strict=True)] == [(2, 40)]
