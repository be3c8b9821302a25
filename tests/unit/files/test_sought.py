"""Places that are looked for in batches."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.files.sought import Sought
from tidegate.proof.rows import make_rows

PLACES = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9)), max_size=20)


@given(PLACES, st.lists(PLACES, max_size=4))
def test_what_no_batch_has_is_unseen(wanted: list[tuple[int, int]], batches: list[list[tuple[int, int]]]) -> None:
    rows = make_rows([number for number, _ in wanted], [offset for _, offset in wanted])
    sought = Sought(rows)
    for batch in batches:
        sought.see(make_rows([number for number, _ in batch], [offset for _, offset in batch]))

    seen = {place for batch in batches for place in batch}
    assert sought.unseen(rows).tolist() == [place not in seen for place in wanted]
