"""Records that are none of ours are counted, and the first are named."""

from tidegate.proof.strangers import SHOWN, Strangers, together


def test_all_are_counted_and_the_first_are_named() -> None:
    found = Strangers.at(f"silver.x:0:{offset}" for offset in range(25))

    assert (found.count, len(found.first), found.first[0]) == (25, SHOWN, "silver.x:0:0")


def test_several_readings_add_up() -> None:
    assert together([Strangers.at(["a"]), Strangers(), Strangers.at(["b"])]) == Strangers(2, ("a", "b"))
    assert together([]) == Strangers()
