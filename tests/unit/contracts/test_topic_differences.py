"""A topic that was made before is told to differ, with what that means; nothing of it is altered."""

import pytest

from tidegate.contracts.model import MAX_HOURS
from tidegate.contracts.topic_differences import setting_warnings
from tidegate.contracts.topics import TopicPlan

PLANNED = {
    "cleanup.policy": "compact,delete",
    "retention.ms": "604800000",
    "max.message.bytes": "1000",
    "message.timestamp.type": "LogAppendTime",
}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("message.timestamp.type", "CreateTime"),
        ("retention.ms", "3600000"),
        ("retention.ms", "-1"),
        ("cleanup.policy", "delete"),
        ("max.message.bytes", "999"),
    ],
)
def test_a_setting_of_a_topic_made_before_is_told_with_its_remedy(key: str, value: str) -> None:
    (line,) = setting_warnings(TopicPlan("raw.clicks", 4, PLANNED), PLANNED | {key: value})
    assert line.startswith(f"topic raw.clicks has {key}={value}, its contract calls for {PLANNED[key]} (")
    assert line.endswith(f"--entity-name raw.clicks --add-config {key}=[{PLANNED[key]}]")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cleanup.policy", "delete, compact"),
        ("max.message.bytes", "1001"),
        ("segment.ms", "1"),
        ("retention.ms", "604800000"),
    ],
)
def test_what_does_no_harm_is_not_told(key: str, value: str) -> None:
    assert setting_warnings(TopicPlan("raw.clicks", 4, PLANNED), PLANNED | {key: value}) == []


def test_a_topic_whose_settings_may_not_be_read_is_not_told_of() -> None:
    assert setting_warnings(TopicPlan("raw.clicks", 4, PLANNED), {}) == []


THEIRS = TopicPlan("raw-orders", 4, PLANNED, theirs=True)


@pytest.mark.parametrize(
    ("key", "value", "meaning"),
    [
        ("message.timestamp.type", "CreateTime", "more than event_time.max_future_s behind its stamp is a dead letter"),
        ("message.timestamp.type", "CreateTime", "an old stamp at once, though nobody has read it"),
        ("retention.ms", "5400000", "after 1.5 h records are gone"),
        ("retention.ms", "-1", "longer than the 168 h that the contract says"),
        ("cleanup.policy", "compact", "may be gone before a job has read it"),
        ("cleanup.policy", "delete", "also the newest of a key"),
        ("retention.bytes", "1000000", "beyond that size the oldest records of a partition are removed"),
    ],
)
def test_of_the_producers_own_topic_it_is_told_what_a_setting_means(key: str, value: str, meaning: str) -> None:
    (line,) = setting_warnings(THEIRS, PLANNED | {key: value})
    assert line.startswith(f"topic raw-orders has {key}={value}: ")
    assert meaning in line
    assert "--alter" not in line and line.endswith("It is its producers' topic, and stays as it is.")


def test_the_producers_say_how_large_their_records_are() -> None:
    assert setting_warnings(THEIRS, PLANNED | {"max.message.bytes": "1", "retention.bytes": "-1"}) == []


@pytest.mark.parametrize(("hours", "found"), [(MAX_HOURS, "-1"), (MAX_HOURS, str(2**63 - 1)), (2, "5400000")])
def test_a_retention_that_a_contract_can_only_tell_in_hours_does_not_differ(hours: int, found: str) -> None:
    planned = TopicPlan("raw-orders", 4, {"retention.ms": str(hours * 3_600_000)}, theirs=True)
    assert setting_warnings(planned, {"retention.ms": found}) == []
