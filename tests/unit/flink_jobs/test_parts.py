"""What each dataset's part of a job begins with."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from flink_jobs import parts
from flink_jobs.begun import Begun
from flink_jobs.job import ComputedAgain, Job, Part, StateFacts
from flink_jobs.parts import Begin, Progress, part_of, reading_of
from tests.unit.sql.visits import stream
from tidegate.contracts.dataset import Stream
from tidegate.contracts.model import Contract
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs.silver_versions import Versions
from tidegate.settings import Settings
from tidegate.sql.job_sql import JobSql, Table

SETTINGS = Settings.model_construct()
NOW = datetime(2026, 1, 2, tzinfo=UTC)
FROM_NOTHING, GONE_ON = Begun(empty_at=NOW), Begun(since=NOW)
REFINE = Job("refine", lambda _stream, _settings, _begun: JobSql(0))
METRICS = Job(
    "metrics",
    lambda _stream, _settings, _begun: JobSql(0),
    computed_again=ComputedAgain(
        begin=lambda _stream, _settings, _now: FROM_NOTHING,
        go_on=lambda _stream, _settings, begun: begun,
        unusable=lambda _streams, _settings, _state: None,
    ),
)


def state(*uids: str, begun: Mapping[str, Begun] | None = None) -> StateFacts:
    return StateFacts(frozenset(uids), begun or {}, timedelta(hours=1))


def part(job: Job, facts: StateFacts | None, *, told_none: bool = False) -> Part:
    return part_of(job, stream(), SETTINGS, Begin(facts, told_none, NOW))


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> dict[str, Progress]:
    """What Kafka says of a dataset; asking for another one fails."""
    known: dict[str, Progress] = {}

    def asked(_job: Job, dataset: Stream, _settings: Settings) -> Progress:
        return known[dataset.name]

    monkeypatch.setattr(parts, "progress", asked)
    return known


@pytest.fixture(autouse=True)
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[str, Versions]:
    """What Kafka says of the versions of a dataset's silver topic; asking for another dataset fails."""
    known = {"visits": Versions()}

    def asked(_settings: Settings, contract: Contract) -> Versions:
        return known[contract.dataset]

    monkeypatch.setattr(parts, "versions_of", asked)
    return known


def test_a_dataset_that_the_state_holds_goes_on_from_it(found: dict[str, Progress]) -> None:
    assert part(REFINE, state("refine:visits:Source: raw_records:1")) == Part(REFINE, stream(), SETTINGS)
    assert found == {}


@pytest.mark.parametrize("held", ["refine:orders:Source:1", "refine:visits_of_old:Source:1"])
def test_a_dataset_that_comes_back_goes_on_at_its_committed_offsets(found: dict[str, Progress], held: str) -> None:
    found["visits"] = Progress(committed=True, written=True)

    assert part(REFINE, state(held)).from_committed


def test_a_new_dataset_is_read_from_its_beginning(found: dict[str, Progress]) -> None:
    found["visits"] = Progress(committed=False, written=False)

    assert not part(REFINE, state("refine:orders:Source:1")).from_committed
    assert not part(REFINE, None).from_committed


def test_a_dataset_that_was_written_is_not_written_again_silently(found: dict[str, Progress]) -> None:
    found["visits"] = Progress(committed=False, written=True)

    with pytest.raises(TidegateError, match="has written rows of visits before") as error:
        part(REFINE, state("refine:orders:Source:1"))
    assert "--recover-from PATH" in error.value.remedy


def test_who_says_none_means_it(found: dict[str, Progress]) -> None:
    assert part(REFINE, None, told_none=True) == Part(REFINE, stream(), SETTINGS)
    assert found == {}


def test_results_that_can_be_computed_again_are_begun_from_nothing_where_the_state_lacks_them() -> None:
    assert part(METRICS, state("metrics:orders:Source:1")).begun == FROM_NOTHING
    assert part(METRICS, None).begun == FROM_NOTHING
    assert not part(METRICS, None).from_committed


def test_they_go_on_with_what_their_state_was_begun_with() -> None:
    facts = state("metrics:visits:Source:1", begun={"visits": GONE_ON})

    assert part(METRICS, facts).begun == GONE_ON


@pytest.mark.parametrize(
    ("progress", "expected"),
    [
        (Progress(committed=True, written=True), "committed"),
        (Progress(committed=True, written=False), "committed"),
        (Progress(committed=False, written=False), "beginning"),
    ],
)
def test_where_a_dataset_is_read_from_that_no_state_holds(progress: Progress, expected: str) -> None:
    assert reading_of("refine", "visits", progress) == expected


SOURCE = "index:visits:KafkaSource-default_catalog.visits.silver"
INDEX = Job("index", lambda _stream, _settings, _begun: JobSql(0))


@pytest.mark.parametrize(
    ("version", "uid", "switched"), [(1, f"{SOURCE}:1", False), (2, f"{SOURCE}:1", True), (2, f"{SOURCE}.v2:1", False)]
)
def test_a_state_of_before_the_switch_begins_the_new_topic_at_committed_offsets(
    versions: dict[str, Versions], version: int, uid: str, switched: bool
) -> None:
    versions["visits"] = Versions({"index": frozenset({1, version})}, held=frozenset(range(1, version)))
    made = part_of(INDEX, stream().of_silver_version(version), SETTINGS, Begin(state(uid), False, NOW))

    assert made.switched is switched
    assert made.begins_at_committed(Table("silver", "", "resumed", version)) is switched
    assert not made.begins_at_committed(Table("raw_records", "", "resumed"))


@pytest.mark.parametrize("job", [REFINE, METRICS, INDEX])
@pytest.mark.parametrize("told_none", [True, False])
def test_no_job_begins_with_a_version_that_nobody_was_switched_to(
    versions: dict[str, Versions], job: Job, told_none: bool
) -> None:
    versions["visits"] = Versions({"index": frozenset({1})}, held=frozenset({1}))

    with pytest.raises(ContractError, match=r"its jobs were not switched from silver\.visits"):
        part_of(job, stream().of_silver_version(2), SETTINGS, Begin(None, told_none, NOW))


def test_a_job_that_ends_is_not_asked_about_versions(versions: dict[str, Versions]) -> None:
    versions.clear()
    ends = Job("replay", lambda _stream, _settings, _begun: JobSql(0))

    assert not part_of(ends, stream().of_silver_version(2), SETTINGS, Begin(None, True, NOW)).switched


def test_a_job_that_would_take_all_again_goes_on_only_where_it_is_told_to_begin_anew(
    versions: dict[str, Versions], found: dict[str, Progress]
) -> None:
    versions["visits"] = Versions({"lake": frozenset({2}), "index": frozenset({1})}, held=frozenset({1}))
    second = stream().of_silver_version(2)

    for facts in (state(f"{SOURCE}:1"), None):
        with pytest.raises(TidegateError, match="it would take all of them again"):
            part_of(INDEX, second, SETTINGS, Begin(facts, False, NOW))
    assert part_of(INDEX, second, SETTINGS, Begin(None, True, NOW)) == Part(INDEX, second, SETTINGS)
    assert found == {}


def test_figures_that_are_computed_anew_are_of_all_that_the_new_topic_holds(versions: dict[str, Versions]) -> None:
    versions["visits"] = Versions({"metrics": frozenset({1, 2})}, held=frozenset({1}))

    made = part_of(METRICS, stream().of_silver_version(2), SETTINGS, Begin(None, False, NOW))

    assert not made.begins_at_committed(Table("silver_records", "", "resumed", 2))


FORGOTTEN = Versions({"index": frozenset()}, held=frozenset({1}))
"""All jobs stood still for longer than Kafka keeps offsets."""


def test_a_state_tells_which_version_a_job_was_switched_to_after_kafka_has_forgotten_it(
    versions: dict[str, Versions], found: dict[str, Progress]
) -> None:
    versions["visits"] = FORGOTTEN
    facts = state(f"{SOURCE}.v2:1")

    assert part_of(INDEX, stream().of_silver_version(2), SETTINGS, Begin(facts, False, NOW)).switched is False
    versions["visits"] = Versions()
    with pytest.raises(ContractError, match="its jobs were switched to 2"):
        part_of(INDEX, stream(), SETTINGS, Begin(facts, False, NOW))
    assert found == {}
