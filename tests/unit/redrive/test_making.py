"""How the letters of a plan are shared out; what is made of them is tested on real Kafka."""

from tidegate.dead_letters.ledger import Place
from tidegate.redrive.making import split
from tidegate.redrive.plan import PlannedLetter

SOURCE = Place("raw.orders", 0, 1)


def letters(*sizes: int) -> list[PlannedLetter]:
    """So many of each partition."""
    places = [Place("dlq.orders", partition, offset) for partition, size in enumerate(sizes) for offset in range(size)]
    return [PlannedLetter("aa", place, SOURCE, "rule", 1) for place in places]


def test_a_partition_is_in_one_part_in_its_order_and_the_parts_are_of_about_one_size() -> None:
    parts = split(letters(5, 1, 3, 2), 2)

    assert [{each.letter.partition for each in part} for part in parts] == [{0, 1}, {2, 3}]
    for part in parts:
        assert part == sorted(part, key=lambda each: (each.letter.partition != part[0].letter.partition, each.letter))


def test_one_partition_is_one_part() -> None:
    assert split(letters(4), 2) == [letters(4)]
