from dataclasses import replace

import pytest

from tests.unit.redrive.document_plans import ORDERS
from tests.unit.redrive.records import CLICKS
from tidegate.redrive.personal import Masker, columns_made_of, document_paths, is_personal, personal_paths, told_of


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


def test_of_a_document_a_column_is_personal_that_refine_makes_of_a_personal_field() -> None:
    sql = "select v.order_id, upper(v.customer_id) as customer, customer_id || '-1' as other, status from validated v"

    assert document_paths(replace(ORDERS, refine_sql=sql)) == ("customer_id", "customer", "other")
    assert told_of(("customer_id",), b'{"customer_id": "c-47"}', "value: 'c-47'") == "value: '***'"


def test_columns_of_one_field_are_told_from_those_of_another() -> None:
    sql = "select v.event_id, upper(v.ip) as ip, v.user_id || '-1' as session_id, v.user_id from validated v"
    made = replace(CLICKS, refine_sql=sql)

    assert columns_made_of(made, "ip") == ("ip",)
    assert columns_made_of(made, "user_id") == ("session_id", "user_id")
