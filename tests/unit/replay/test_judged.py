"""What the side table does not know by itself."""

from tidegate.proof.rows import Rows, make_rows
from tidegate.replay.judged import added_verdicts


def rows(*offsets: int) -> Rows:
    return make_rows([0] * len(offsets), offsets)


def added(timely: Rows, now: Rows, other_times: list[Rows]) -> dict[str, list[list[int]]]:
    return {
        each: [some.tolist() for some in places] for each, places in added_verdicts(timely, now, other_times).items()
    }


def test_what_passes_and_is_not_published_repeats_another() -> None:
    found = added(rows(1, 2, 2, 3), rows(1), [])
    assert found == {"duplicate": [[0, 0], [2, 3]], "other_time": [[], []]}


def test_a_record_with_a_row_outside_of_the_times_is_left() -> None:
    found = added(rows(1, 2), rows(1), [rows(2, 5), rows(5, 1)])
    assert found == {"duplicate": [[], []], "other_time": [[0, 0, 0], [1, 2, 5]]}
