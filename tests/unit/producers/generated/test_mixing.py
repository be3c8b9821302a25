"""A mix gives each record its role, and says so."""

from collections import Counter

import numpy as np

from producers.generated.generator import Mix
from producers.generated.mixing import BAD, DUPLICATE, GOOD, LATE, Mixer
from producers.generated.poison import Kind, Poison
from producers.sending.batch import Batch

POISON = Poison([Kind("emptied", "EMPTY_VALUE", lambda good, rng: b"")])
NOW_MS = 1_800_000_000_000


def mixer(bad: float = 0, duplicate: float = 0, late: float = 0) -> Mixer:
    return Mixer(Mix(bad, duplicate, late), POISON, lambda value: (value or b"").decode(), np.random.default_rng(2))


def batch(size: int) -> Batch:
    return Batch([b"key"] * size, [b"record %d" % number for number in range(size)])


def test_roles_are_drawn_by_their_shares() -> None:
    mixing = mixer(bad=0.1, duplicate=0.2, late=0.3)
    mixing.finish(batch(1), np.array([GOOD]), np.array([0]), NOW_MS)

    drawn = Counter(mixing.draw(20_000).tolist())

    assert {role: round(count / 20_000, 1) for role, count in drawn.items()} == {
        BAD: 0.1,
        DUPLICATE: 0.2,
        LATE: 0.3,
        GOOD: 0.4,
    }


def test_nothing_is_sent_again_before_something_was_sent() -> None:
    assert set(mixer(duplicate=1).draw(100).tolist()) == {GOOD}


def test_late_records_are_two_minutes_to_six_hours_late_and_others_are_not() -> None:
    roles = np.array([LATE, GOOD] * 500)
    lateness_ms = NOW_MS - mixer(late=0.5).shift(np.full(1000, NOW_MS), roles)

    assert set(lateness_ms[1::2]) == {0}
    assert lateness_ms[::2].min() >= 120_000 and lateness_ms[::2].max() <= 6 * 3_600_000


def test_each_special_record_is_in_its_place_and_told() -> None:
    made = batch(4)

    mixer().finish(made, np.array([GOOD, BAD, LATE, DUPLICATE]), np.array([0]), NOW_MS)

    assert made.values == [b"record 0", b"", b"record 2", b"record 0"]
    told = {
        special.place: (special.kind, special.name, special.error_code, special.identity) for special in made.specials
    }
    assert told == {
        1: ("bad", "emptied", "EMPTY_VALUE", None),
        2: ("late", "", None, "record 2"),
        3: ("duplicate", "", None, "record 0"),
    }
