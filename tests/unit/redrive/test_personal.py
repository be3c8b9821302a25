import pytest

from tests.unit.redrive.records import CLICKS
from tidegate.redrive.personal import Masker, is_personal, personal_paths


def test_the_paths_are_those_of_the_raw_record() -> None:
    assert set(personal_paths(CLICKS)) == {"ip", "user_id"}


@pytest.mark.parametrize(
    ("path", "personal"),
    [
        ("ip", True),
        ("buyer.name", True),
        ("buyers[0].name", False),
        ("buyer", True),
        ("ipv6", False),
        ("lines[3].tel", True),
    ],
)
def test_a_path_within_or_around_one_is_personal(path: str, personal: bool) -> None:
    assert is_personal(path, ("ip", "buyer.name", "lines.tel")) is personal


def test_a_personal_value_is_known_under_any_name() -> None:
    masker = Masker(("email", "lines.tel"), {"email": "ann@x.org", "lines": [{"tel": 4711}, {"tel": None}]}, {})

    assert masker.holds("ann@x.org")
    assert masker.holds("4711")
    assert not masker.holds(None)
    assert masker.told("field e_mail: 'ann@x.org' is no double, 4711") == "field e_mail: '***' is no double, ***"
