"""What a recomputation says to its job; its SQL is in golden/recompute."""

from tidegate.sql.recompute import Recomputation


def test_it_comes_back_from_its_file_as_it_was() -> None:
    asked = Recomputation.of("clicks", "20260102t030405", {0: (1, 2), 1: ()})

    assert Recomputation.from_json(asked.to_json()) == asked
    assert asked.table == "recomputed.clicks__20260102t030405"
