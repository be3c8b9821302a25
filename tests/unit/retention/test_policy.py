"""The contract's words become days; the most sensitive field decides for bytes."""

from dataclasses import replace
from datetime import date

from tests.contracts import SCHEMAS
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.model import Privacy
from tidegate.retention.policy import Limit, due, index_limit, lake_limit, personal_fields, raw_limit

CLICKS, LOGS, ORDERS = (load_stream(SCHEMAS, name) for name in ("clicks", "app_logs", "orders"))
TODAY = date(2026, 11, 29)


def with_privacy(stream: Stream, *privacy: Privacy) -> Stream:
    return replace(stream, contract=stream.contract.model_copy(update={"privacy": [*privacy]}))


def field(name: str, days: int) -> Privacy:
    return Privacy(field=name, method="hmac", purpose="a test", retention_days=days)


def test_a_day_is_too_old_when_all_of_its_hours_are() -> None:
    assert Limit(1, "").before(TODAY) == date(2026, 11, 28)
    assert Limit(366, "").before(date(2025, 1, 1)) == date(2024, 1, 1)


def test_rows_are_kept_as_the_lakes_section_says() -> None:
    assert lake_limit(CLICKS.contract) == Limit(730, "lake.retention_days")
    assert index_limit(CLICKS.contract) == Limit(90, "index.retention_days")


def test_bytes_are_kept_no_longer_than_the_most_sensitive_field_in_them() -> None:
    assert raw_limit(CLICKS.contract) == Limit(30, "privacy.ip.retention_days")
    assert raw_limit(LOGS.contract) == Limit(90, "lake.retention_days")


def test_a_personal_field_that_may_be_kept_longer_than_rows_keeps_no_bytes() -> None:
    assert raw_limit(with_privacy(LOGS, field("body", 91)).contract) == Limit(90, "lake.retention_days")


def test_a_dataset_without_an_index_has_no_limit_of_it() -> None:
    assert index_limit(CLICKS.contract.model_copy(update={"index": None})) is None


def test_each_personal_field_has_its_own_days_and_reason() -> None:
    ip, user = personal_fields(CLICKS)
    assert (ip.field, ip.paths, ip.limit.days) == ("ip", ("ip",), 30)
    assert (user.paths, user.limit.days, user.purpose) == (
        ("user_id",),
        400,
        "follow one customer across sessions without naming them",
    )


def test_what_rows_are_known_by_is_kept_and_named() -> None:
    (found,) = personal_fields(with_privacy(ORDERS, field("order_id", 1)))
    assert (found.paths, found.kept) == ((), ("order_id",))


def test_of_two_fields_in_one_column_the_shorter_time_counts() -> None:
    sql = "select coalesce(user_id, ip) as user_id from validated"
    found = personal_fields(replace(CLICKS, refine_sql=sql))
    assert due(found, TODAY) == {"user_id": date(2026, 10, 30)}


def test_where_no_column_is_seen_to_be_made_of_a_field_that_of_its_name_counts() -> None:
    assert due(personal_fields(replace(CLICKS, refine_sql="select event_id from validated")), TODAY) == {
        "ip": date(2026, 10, 30),
        "user_id": date(2025, 10, 25),
    }
