"""What a recomputation says to its job; its SQL is in golden/recompute."""

from typing import Any

import pytest

from tidegate.sql.recompute import Recomputation


@pytest.mark.parametrize("which", [{"offsets": {0: (1, 2, 5), 1: ()}}, {"ranges": {0: (1, 6), 1: (0, 0)}}])
def test_it_comes_back_from_its_file_as_it_was(which: dict[str, Any]) -> None:
    asked = Recomputation.of("clicks", "20260102t030405", **which)

    assert Recomputation.from_json(asked.to_json()) == asked
    assert asked.scope.spans == {0: (1, 6), 1: (0, 0)}
    assert asked.table == "recomputed.clicks__20260102t030405"
