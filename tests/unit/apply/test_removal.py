"""What ends with a dataset and what stays; what others need is not taken from them."""

from dataclasses import replace

import pytest

from tests.contracts import SCHEMAS
from tidegate.apply.removal import (
    Part,
    Raw,
    Removal,
    Written,
    own_raw,
    parts_of,
    refuse_what_is_needed,
    written_of,
)
from tidegate.contracts.load import load_draft, load_drafts
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs.live import LiveJob

SHARED = LiveJob("lake", "1", "lake", {"clicks": "a", "orders": "b", "readings": "c"})
OWN = LiveJob("refine.readings", "2", "refine", {"readings": "c"})
OTHER = LiveJob("refine", "3", "refine", {"clicks": "a", "orders": "b"})
TOPICS = {"sensors", "silver.readings", "dlq.readings", "gold.readings.heat", "gold.readings_of_others.x", "raw.clicks"}


def test_its_own_job_ends_and_a_shared_one_goes_on_without_it() -> None:
    parts = parts_of("readings", [SHARED, OTHER, OWN], ["clicks", "orders"])
    assert parts == (Part("lake", "lake", ("clicks", "orders")), Part("refine", "refine.readings", ()))
    assert [str(part) for part in parts] == [
        "stop lake with a savepoint and start it again without it; the events of clicks, orders wait meanwhile",
        "stop refine.readings with a savepoint",
    ]


def test_a_shared_job_is_not_stopped_that_could_not_be_started_again() -> None:
    with pytest.raises(ContractError, match="lake could not be started again: orders"):
        parts_of("readings", [SHARED], ["clicks"])


def test_a_job_that_does_not_tell_its_datasets_may_have_it() -> None:
    with pytest.raises(TidegateError, match="does not tell which datasets it has"):
        parts_of("readings", [LiveJob("refine", "1", "refine")], [])


def test_reference_data_that_others_need_is_refused_by_name() -> None:
    drafts = load_drafts(SCHEMAS)
    with pytest.raises(ContractError, match=r"products is reference data that enriches clicks, orders, transactions\."):
        refuse_what_is_needed("products", drafts)
    refuse_what_is_needed("clicks", drafts)


def test_what_was_written_is_found_by_its_names_without_a_folder() -> None:
    written = written_of("readings", Raw("sensors", "sensors-value"), TOPICS, ["tidegate-refine-readings"])
    assert written == Written(
        topics=("sensors", "silver.readings", "dlq.readings", "gold.readings.heat"),
        subjects=("sensors-value", "silver.readings-value", "dlq.readings-value", "gold.readings.heat-value"),
        tables=("bronze.readings", "silver.readings", "gold.readings_heat_changes"),
        aliases=("events-readings", "metrics-readings-heat"),
        groups=("tidegate-refine-readings",),
    )


def test_topics_of_every_version_of_silver_are_the_datasets() -> None:
    topics = {"silver.readings.v2", "silver.readings", "dropped.readings.v2", "dlq.readings", "silver.readings_v2"}
    written = written_of("readings", None, topics, [])
    assert written.topics == ("silver.readings", "silver.readings.v2", "dlq.readings", "dropped.readings.v2")
    assert "silver.readings.v2-value" in written.subjects
    assert written.tables == ("bronze.readings", "silver.readings")


def test_what_is_the_producers_own_stays_theirs() -> None:
    draft = load_draft(SCHEMAS, "clicks")
    assert own_raw("clicks", draft) == Raw("raw.clicks", "raw.clicks-value")
    topic = draft.contract.topic.model_copy(update={"registered_by": "producers", "subject": "their-clicks"})
    theirs = replace(draft, contract=draft.contract.model_copy(update={"topic": topic}))
    assert own_raw("clicks", theirs) is None
    written = written_of("clicks", None, {"raw.clicks", "silver.clicks"}, [])
    assert (written.topics, written.subjects) == (("silver.clicks",), ("silver.clicks-value",))


def test_without_a_folder_only_a_topic_of_tidegates_own_name_is_taken_for_its_own() -> None:
    assert own_raw("readings", None) == Raw("raw.readings", "raw.readings-value")


def test_all_stays_that_was_written_unless_it_is_to_be_deleted() -> None:
    written = Written(topics=("raw.readings",), aliases=("events-readings",))
    lines = ["topics: raw.readings", "search indices and templates: events-readings-*"]
    kept = Removal("readings", parts_of("readings", [OWN], []), written)
    assert (kept.ends(), kept.stays()) == (["stop refine.readings with a savepoint"], lines)
    purged = Removal("readings", (), written, purge=True)
    assert (purged.ends(), purged.stays()) == ([f"delete {line}" for line in lines], [])
