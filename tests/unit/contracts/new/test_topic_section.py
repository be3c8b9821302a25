"""The topic section of a new contract says what is."""

import pytest
import yaml

from tidegate.contracts.model import MAX_HOURS, Topic
from tidegate.contracts.new.topic_section import TopicFacts, new_topic, topic_as_it_is


def read(section: str) -> Topic:
    return Topic.model_validate(yaml.safe_load(section))


def test_a_new_topic_is_named_after_the_dataset() -> None:
    assert read(new_topic("readings", "id")) == Topic(name="raw.readings", key="id", partitions=4, retention_hours=168)


@pytest.mark.parametrize(
    ("settings", "hours", "compacted"),
    [
        ({}, 168, False),
        ({"retention.ms": "5400000", "cleanup.policy": "compact,delete"}, 2, True),
        ({"retention.ms": "-1", "cleanup.policy": "delete"}, MAX_HOURS, False),
        ({"retention.ms": "1"}, 1, False),
        ({"retention.ms": str(2**63 - 1)}, MAX_HOURS, False),
    ],
)
def test_a_topic_that_is_there_is_told_as_it_is(settings: dict[str, str], hours: int, compacted: bool) -> None:
    topic = read(topic_as_it_is(TopicFacts("raw-orders", "raw-orders-value", 12, settings)))
    assert (topic.name, topic.partitions, topic.registered_by) == ("raw-orders", 12, "producers")
    assert (topic.retention_hours, topic.compacted, topic.subject, topic.key) == (hours, compacted, None, None)


def test_a_subject_of_another_name_is_told() -> None:
    assert read(topic_as_it_is(TopicFacts("orders", "shop.Order", 1, {}))).subject == "shop.Order"
