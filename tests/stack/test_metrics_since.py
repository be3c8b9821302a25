"""A metrics job without state leaves the days alone of which retention has removed rows from silver."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from flink_jobs.begun import Begun
from flink_jobs.metrics_since import begin, first_whole_day
from tidegate.clients.kafka_topics import create_topics
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.model import Topic
from tidegate.contracts.topics import plan_topics
from tidegate.settings import Settings

NOW = datetime(2026, 1, 3, tzinfo=UTC)


@pytest.fixture
def dataset(stack: Settings) -> Stream:
    """Clicks under a name of their own, with three rows in one partition of their silver topic."""
    clicks = load_stream(stack.schemas_dir, "clicks")
    name = f"cut_{uuid4().hex[:8]}"
    copy = replace(clicks, contract=clicks.contract.model_copy(update={"dataset": name, "topic": topic(clicks, name)}))
    create_topics(stack, plan_topics(copy))
    producer = Producer({"bootstrap.servers": stack.kafka_bootstrap_servers})
    for row in (b"1", b"2", b"3"):
        producer.produce(copy.contract.silver_topic, row, partition=0)
    assert producer.flush(30) == 0
    return copy


def topic(dataset: Stream, name: str) -> Topic:
    return dataset.contract.topic.model_copy(update={"name": f"raw.{name}"})


def remove_until(stack: Settings, dataset: Stream, offset: int) -> None:
    """As retention does."""
    admin = AdminClient({"bootstrap.servers": stack.kafka_bootstrap_servers})
    place = TopicPartition(dataset.contract.silver_topic, 0, offset)
    admin.delete_records([place])[place].result()


def test_all_days_are_whole_while_nothing_was_removed(stack: Settings, dataset: Stream) -> None:
    assert first_whole_day(dataset.contract, stack) is None
    assert begin(dataset, stack, NOW) == Begun(NOW, None, 144)


@pytest.mark.parametrize("offset", [1, 3], ids=["some rows are left", "no row is left"])
def test_metrics_begin_with_the_day_after_the_cut(stack: Settings, dataset: Stream, offset: int) -> None:
    future = timedelta(seconds=dataset.contract.event_time.max_future_s)
    earliest = (datetime.now(UTC) + future).date()
    remove_until(stack, dataset, offset)
    since = begin(dataset, stack, NOW).since
    assert since is not None and since.time() == datetime.min.time()
    assert since.date() - timedelta(days=1) in (earliest, (datetime.now(UTC) + future).date())


def test_a_day_that_is_set_goes_before(stack: Settings, dataset: Stream) -> None:
    remove_until(stack, dataset, 3)
    chosen = stack.model_copy(update={"metrics_since": datetime(2026, 1, 2, tzinfo=UTC)})
    assert begin(dataset, chosen, NOW) == Begun(NOW, datetime(2026, 1, 2, tzinfo=UTC), 144)


def test_a_later_version_of_silver_lacks_what_retention_had_removed_before_it_was_filled(
    stack: Settings, dataset: Stream
) -> None:
    contract = dataset.contract
    second = dataset.of_silver_version(2)
    create_topics(stack, plan_topics(second))
    producer = Producer({"bootstrap.servers": stack.kafka_bootstrap_servers})
    for partition in range(contract.topic.partitions):
        producer.produce(second.contract.silver_topic, b"1", partition=partition)
    assert producer.flush(30) == 0

    ahead = timedelta(seconds=contract.event_time.max_future_s) - timedelta(hours=contract.topic.retention_hours)
    day_after = (datetime.now(UTC) + ahead).date() + timedelta(days=1)
    since = first_whole_day(second.contract, stack)
    assert since is not None and since.time() == datetime.min.time()
    assert since.date() in (day_after, (datetime.now(UTC) + ahead).date() + timedelta(days=1))
