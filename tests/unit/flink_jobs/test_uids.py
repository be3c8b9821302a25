"""Whose an operator is; the uids are those of real savepoints."""

import pytest

from flink_jobs.uids import dataset_of, is_of, silver_version, versioned


@pytest.mark.parametrize(
    ("job", "uid", "dataset"),
    [
        ("refine", "refine:app_logs:KafkaSource-default_catalog.app_logs.raw_records:1", "app_logs"),
        ("refine", "Sink Committer: refine:orders:dead_letters:1", "orders"),
        ("metrics", "metrics:clicks:page_views:GlobalGroupAggregate:1", "clicks"),
        ("lake", "lake.bronze.clicks", "clicks"),
        ("lake", "lake.silver.app_logs: Sink pre-commit aggregator: lake.silver.app_logs", "app_logs"),
        ("lake", "Sink Committer: lake.bronze.clicks", "clicks"),
        ("lake", "lake:clicks:dead_letters:lake.bronze.dead_letters", "clicks"),
        (
            "lake",
            "lake:clicks:dead_letters:lake.bronze.dead_letters: Sink pre-commit aggregator: lake.bronze.dead_letters",
            "clicks",
        ),
        ("lake", "refine:clicks:Calc:1", None),
        ("lake", "", None),
        ("index", "Sink Committer: somebody's", None),
    ],
)
def test_the_dataset_of_an_operator_is_in_its_uid(job: str, uid: str, dataset: str | None) -> None:
    assert dataset_of(uid, job) == dataset


def test_a_name_that_begins_like_another_is_another() -> None:
    assert is_of("Sink Committer: lake.bronze.clicks", "lake:clicks")
    assert not is_of("Sink Committer: lake.bronze.clicks_of_old", "lake:clicks")
    assert not is_of("lake:clicks_of_old:Calc:1", "lake:clicks")


def test_a_metrics_operators_are_told_from_those_of_another() -> None:
    assert is_of("metrics:clicks:page_views:GlobalGroupAggregate:1", "metrics:clicks:page_views")
    assert is_of("Sink Committer: metrics:clicks:page_views:page_views_topic:1", "metrics:clicks:page_views")
    assert not is_of("metrics:clicks:page_views_of_old:Calc:1", "metrics:clicks:page_views")
    assert not is_of("metrics:clicks:MiniBatchAssigner:1", "metrics:clicks:page_views")


@pytest.mark.parametrize(
    ("uid", "version"),
    [
        ("lake:clicks:KafkaSource-default_catalog.clicks.silver:1", 1),
        ("metrics:clicks:KafkaSource-default_catalog.clicks.silver_records:1", 1),
        ("index:clicks:KafkaSource-default_catalog.clicks.silver.v12:2", 12),
        ("lake:clicks:KafkaSource-default_catalog.clicks.raw_records:1", None),
        ("lake:silver:KafkaSource-default_catalog.silver.raw_records:1", None),
        ("Sink Committer: refine:clicks:silver:1", None),
        ("lake.silver.clicks", None),
    ],
)
def test_a_source_of_silver_is_told_by_its_uid_with_its_version(uid: str, version: int | None) -> None:
    assert silver_version(uid) == version


def test_the_first_version_of_silver_has_the_uid_that_it_always_had() -> None:
    label = "lake:clicks:KafkaSource-default_catalog.clicks.silver"
    assert versioned(label, 1) == label
    assert silver_version(f"{versioned(label, 3)}:1") == 3
    assert dataset_of(f"{versioned(label, 3)}:1", "lake") == "clicks"
