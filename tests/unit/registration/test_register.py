"""The subjects of a dataset: what the registry is to hold of it. Registering them is tested on a real one."""

from dataclasses import replace

from tests.contracts import SCHEMAS, next_version
from tidegate.avro.compatibility import broken_promises
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.load import platform_schema, platform_schemas
from tidegate.contracts.topics import plan_topics
from tidegate.registration.register import PLATFORM_COMPATIBILITY, plan_subjects


def test_every_topic_of_a_dataset_has_a_subject(orders: Stream, products: Reference) -> None:
    for dataset in (orders, products):
        topics = [plan.name for plan in plan_topics(dataset)]
        assert [plan.subject for plan in plan_subjects(dataset, SCHEMAS)] == [f"{topic}-value" for topic in topics]


def test_raw_versions_are_registered_oldest_first(clicks: Stream) -> None:
    newer = next_version(clicks, {"name": "campaign", "type": ["null", "string"], "default": None})
    raw = plan_subjects(newer, SCHEMAS)[0]

    assert raw.schemas == [*(clicks.versions[number] for number in sorted(clicks.versions)), newer.latest]
    assert raw.compatibility == clicks.contract.compatibility


def test_what_the_producers_register_is_not_registered_here(orders: Stream) -> None:
    topic = orders.contract.topic.model_copy(update={"registered_by": "producers"})
    theirs = replace(orders, contract=orders.contract.model_copy(update={"topic": topic}))

    ours, others = ([plan.subject for plan in plan_subjects(each, SCHEMAS)] for each in (orders, theirs))

    assert ours == ["raw.orders-value", *others]
    assert [plan.theirs for plan in plan_topics(theirs)] == [True, *([False] * len(others))]


def test_records_that_belong_to_no_dataset_have_a_promise_of_their_own(clicks: Stream) -> None:
    plans = {plan.subject: plan for plan in plan_subjects(clicks, SCHEMAS)}

    for subject, name in (("dlq.clicks-value", "dead_letter"), ("dropped.clicks-value", "dropped")):
        assert plans[subject].schemas == platform_schemas(SCHEMAS, name)
        assert plans[subject].compatibility == PLATFORM_COMPATIBILITY


def test_the_versions_of_a_dead_letter_keep_their_promise() -> None:
    """Whoever reads the topic with one version reads what was written with another, both ways."""
    versions = platform_schemas(SCHEMAS, "dead_letter")

    assert versions[-1] == platform_schema(SCHEMAS, "dead_letter") and len(versions) > 1
    assert not broken_promises(dict(enumerate(versions)), PLATFORM_COMPATIBILITY)


def test_the_registry_holds_nothing_of_records_in_json(meters: Stream) -> None:
    subjects = [plan.subject for plan in plan_subjects(meters, SCHEMAS)]

    assert subjects == ["silver.meters-value", "dlq.meters-value", "dropped.meters-value"]
