"""What doctor says of OpenSearch's room: the first thing for which it refuses documents, and what to do."""

import pytest

from tidegate.clients.opensearch import SearchRoom
from tidegate.errors import TidegateError
from tidegate.stack.search_room import describe


def test_room_that_is_left_is_one_line() -> None:
    assert describe(SearchRoom(200, 1000, 41, ())) == "800 of 1000 shards left, fullest disk 41 %, no blocks"
    assert describe(SearchRoom(200, 1000, None, ())) == "800 of 1000 shards left, no blocks"


@pytest.mark.parametrize(
    ("room", "problem", "remedy"),
    [
        (SearchRoom(1000, 1000, 41, ()), "1000 of 1000 shards in use", "cluster.max_shards_per_node"),
        (SearchRoom(985, 1000, 41, ()), "985 of 1000 shards", "Delete old indices"),
        (SearchRoom(1, 1000, 95, ()), "95 % full", "larger disk"),
        (SearchRoom(1000, 1000, 99, ("cluster read-only (api)",)), "cluster read-only (api)", "lift the block"),
        (SearchRoom(1, 9, 9, tuple(f"i{number}: closed" for number in range(5))), "i2: closed and 2 more", "block"),
    ],
)
def test_what_refuses_documents_is_named_with_its_remedy(room: SearchRoom, problem: str, remedy: str) -> None:
    with pytest.raises(TidegateError) as error:
        describe(room)
    assert problem in error.value.problem
    assert remedy in str(error.value.remedy)
