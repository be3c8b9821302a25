"""The plan of topics follows from the contract."""

from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_reference, load_stream
from tidegate.contracts.topics import DEAD_LETTER_RETENTION_HOURS, plan_topics, raw_subject

_MS_PER_HOUR = 3_600_000


def test_a_stream_has_four_topics_and_one_per_metric_of_equal_partitions() -> None:
    plans = plan_topics(load_stream(SCHEMAS, "clicks"))
    four = ["raw.clicks", "silver.clicks", "dlq.clicks", "dropped.clicks"]
    assert [plan.name for plan in plans] == [
        *four,
        "gold.clicks.browsers",
        "gold.clicks.funnel",
        "gold.clicks.page_views",
    ]
    assert {plan.partitions for plan in plans} == {4}


def test_a_metrics_topic_keeps_the_newest_row_of_each_key_for_ever() -> None:
    (gold,) = [plan for plan in plan_topics(load_stream(SCHEMAS, "orders")) if plan.name.startswith("gold.")]
    assert gold.config["cleanup.policy"] == "compact"
    assert "retention.ms" not in gold.config


def test_no_topic_of_a_stream_is_kept_for_less_than_raw() -> None:
    plans = plan_topics(load_stream(SCHEMAS, "clicks"))
    retention = {
        plan.name: int(plan.config["retention.ms"]) for plan in plans if plan.config["cleanup.policy"] == "delete"
    }
    assert len(retention) == 4
    assert min(retention.values()) == retention["raw.clicks"] == 168 * _MS_PER_HOUR
    assert retention["dlq.clicks"] == DEAD_LETTER_RETENTION_HOURS * _MS_PER_HOUR


def test_retention_goes_by_the_brokers_clock_and_not_by_the_events() -> None:
    plans = plan_topics(load_stream(SCHEMAS, "clicks"))
    assert {plan.config["message.timestamp.type"] for plan in plans} == {"LogAppendTime"}


def test_reference_data_is_one_compacted_topic_that_keeps_old_versions_for_a_while() -> None:
    (plan,) = plan_topics(load_reference(SCHEMAS, "products"))
    assert (plan.name, plan.partitions) == ("ref.products", 1)
    assert plan.config["cleanup.policy"] == "compact"
    assert plan.config["min.compaction.lag.ms"] == str(168 * _MS_PER_HOUR)
    assert "retention.ms" not in plan.config


def test_the_raw_subject_is_that_of_the_topic_unless_the_contract_names_another() -> None:
    contract = load_stream(SCHEMAS, "clicks").contract
    topic = contract.topic.model_copy(update={"subject": "shop.Click"})
    assert raw_subject(contract) == "raw.clicks-value"
    assert raw_subject(contract.model_copy(update={"topic": topic})) == "shop.Click"
