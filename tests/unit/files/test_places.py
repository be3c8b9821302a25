"""The numbers are those of ``PlacesTest`` of the connectors."""

import numpy as np
import pytest

from tidegate.files.places import places_hash


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, -2152535657050944081),
        (1, -7995527694508729151),
        (4096, -2937866217637118265),
        (2**40, 2296115805719413641),
        (2**63 - 1, 3055647633038352039),
    ],
)
def test_an_offset_is_mixed(offset: int, expected: int) -> None:
    assert places_hash(np.array([offset])) == expected


def test_the_sum_goes_around_whatever_the_order() -> None:
    offsets = np.arange(0, 100_000, 77)

    assert places_hash(offsets) == places_hash(offsets[::-1]) == -4865571126458908797


def test_no_row_is_0_and_one_that_is_there_twice_is_seen() -> None:
    assert places_hash(np.array([], dtype=np.int64)) == 0
    assert places_hash(np.array([5, 5])) != places_hash(np.array([5]))
