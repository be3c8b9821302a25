"""Raw records as the rows that they stand for."""

import numpy as np

from tidegate.proof.raw_rows import RawRows
from tidegate.proof.rows import Rows, fingerprints, make_rows


def rows(*found: tuple[int, str]) -> Rows:
    return make_rows([0] * len(found), [at for at, _ in found], fingerprints(name.encode() for _, name in found))


def numbers(*found: tuple[int, int]) -> Rows:
    identity = np.zeros((len(found), 2), np.uint64)
    identity[:, 0] = [number for _, number in found]
    return make_rows([0] * len(found), [at for at, _ in found], identity)


RAW = RawRows(rows((3, "a1"), (3, "a2"), (4, ""), (5, "b1")), np.array([True, True, False, True]))


def test_each_record_has_one_place() -> None:
    assert RAW.places().offset.tolist() == [3, 4, 5]
    assert RawRows(make_rows(), np.zeros(0, np.bool_)).places().offset.tolist() == []


def test_a_row_is_found_by_its_number_and_one_that_raw_does_not_have_is_blank() -> None:
    found = RAW.numbered(numbers((3, 2), (5, 2), (9, 1)))
    assert found.identity.tolist() == [rows((3, "a2")).identity[0].tolist(), [0, 0], [0, 0]]


def test_of_records_their_decodable_rows() -> None:
    assert RAW.at(make_rows([0, 0], [3, 4])).offset.tolist() == [3, 3]
    assert RAW.decodable_offsets().tolist() == [3, 5]
