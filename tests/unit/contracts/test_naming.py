"""Names that running systems hold state under stay as they are: written here as they stand on disk and in Kafka."""

import pytest

from tests.contracts import SCHEMAS
from tidegate.contracts import naming
from tidegate.contracts.load import load_dataset, load_stream


def test_the_topics_of_a_dataset() -> None:
    contract = load_dataset(SCHEMAS, "clicks").contract
    topics = (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
    assert topics == ("silver.clicks", "dlq.clicks", "dropped.clicks")
    assert naming.gold_topic("orders", "sales") == "gold.orders.sales"
    assert naming.subject("raw.clicks") == "raw.clicks-value"


def test_a_later_version_of_silver_has_topics_of_its_own_and_the_same_dead_letters() -> None:
    second = load_stream(SCHEMAS, "clicks").of_silver_version(2)
    contract = second.contract
    topics = (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
    assert topics == ("silver.clicks.v2", "dlq.clicks", "dropped.clicks.v2")
    assert naming.output_topic("silver", "clicks") == naming.output_topic("silver", "clicks", 1) == "silver.clicks"
    assert naming.output_topic("dlq", "clicks", 3) == "dlq.clicks"


@pytest.mark.parametrize(
    ("topic", "version"),
    [
        ("silver.clicks", 1),
        ("dropped.clicks", 1),
        ("silver.clicks.v2", 2),
        ("dropped.clicks.v10", 10),
        ("silver.clicks.v1", None),
        ("silver.clicks.v02", None),
        ("silver.clicks_of_old", None),
        ("silver.clicks.v2.x", None),
        ("dlq.clicks", None),
        ("raw.clicks", None),
    ],
)
def test_a_topic_tells_which_version_of_silver_it_is_of(topic: str, version: int | None) -> None:
    assert naming.silver_version(topic, "clicks") == version


def test_the_topics_of_an_output_are_those_of_all_its_versions() -> None:
    topics = {
        "silver.clicks.v10",
        "silver.clicks.v2",
        "silver.clicks",
        "dropped.clicks.v2",
        "silver.orders.v3",
        "dlq.clicks",
    }
    assert naming.output_topics("silver", "clicks", topics) == [
        "silver.clicks",
        "silver.clicks.v2",
        "silver.clicks.v10",
    ]
    assert naming.output_topics("dropped", "clicks", topics) == ["dropped.clicks.v2"]
    assert naming.output_topics("dlq", "clicks", topics) == ["dlq.clicks"]


def test_what_a_job_goes_by() -> None:
    assert naming.group("refine", "app_logs") == "tidegate-refine-app_logs"
    assert naming.group("refine", "app_logs").startswith(naming.group_prefix("refine"))
    assert naming.operator_prefix("metrics", "clicks") == "metrics:clicks"
    outputs: tuple[naming.Output, ...] = ("silver", "dlq", "dropped")
    made = [naming.transactional_prefix("replay", output, "clicks") for output in outputs]
    assert made == ["replay-silver-clicks", "replay-dlq-clicks", "replay-dropped-clicks"]


def test_what_searches_and_the_lake_go_by() -> None:
    alias = naming.events_alias("clicks")
    assert (alias, naming.all_indices(alias)) == ("events-clicks", "events-clicks-*")
    assert naming.index_pattern(alias, "event_time", "yyyy.MM.dd") == "events-clicks-{event_time|yyyy.MM.dd}"
    assert naming.metric_alias("orders", "sales") == "metrics-orders-sales"
    assert naming.lake_table("bronze", "clicks") == "bronze.clicks"


def test_tidegates_own_groups() -> None:
    groups = [value for name, value in vars(naming).items() if name.endswith("_GROUP")]
    assert sorted(groups) == [f"tidegate-{name}" for name in ("demo", "load", "measure", "monitor", "prove", "samples")]
