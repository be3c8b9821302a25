"""Silver's next version under traffic: filled by a replay, switched to by a command that is killed again and again."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.contracts import copy_of_clicks, spoil
from tests.pipeline import produce, run_tidegate, tidegate
from tests.polling import wait_for
from tests.topics import read_committed
from tidegate.avro.codec import decode
from tidegate.clients.audit import read_actions
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import read_messages
from tidegate.clients.kafka_topics import existing_topics
from tidegate.clients.lake import open_catalog
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.job_names import NAMES, REFINE, job_of
from tidegate.jobs.live import live_jobs, of_dataset
from tidegate.measure.child import Child
from tidegate.own_files import one_at_a_time
from tidegate.replay.store import COMMITTING, DONE, FILLED, SWITCHED, SWITCHING, Status, load_status
from tidegate.settings import Settings, get_settings

pytestmark = pytest.mark.long
EVENTS = 1500
MINUTES_SQL = """-- Grain: one row per minute.
select
    cast(floor(event_time to minute) as timestamp_ltz(3)) as `minute`,
    count(*) as clicks
from silver
group by floor(event_time to minute)
"""
MINUTES = {
    "type": "record",
    "name": "Minutes",
    "namespace": "tidegate.clicks",
    "doc": "Clicks per minute. Grain: one row per minute.",
    "key": ["minute"],
    "fields": [
        {
            "name": "minute",
            "type": {"type": "long", "logicalType": "timestamp-millis"},
            "doc": "start of the minute, UTC",
        },
        {"name": "clicks", "type": "long", "doc": "clicks of any type"},
    ],
}
NO_BULK = """  - name: no_bulk
    field: quantity
    check: "coalesce(quantity, 1) < 1000"
    severity: reject
    description: nobody buys a thousand
"""


@dataclass(frozen=True, slots=True)
class Two:
    """``name`` is replayed and switched; ``other`` shares refine, lake and index with it."""

    folder: Path
    name: str
    other: str

    @property
    def settings(self) -> Settings:
        return get_settings()

    @property
    def contract(self) -> Path:
        return self.folder / self.name / "contract.yaml"

    def stream(self, version: int) -> Stream:
        return load_stream(self.folder, self.name).of_silver_version(version)

    def homes(self) -> dict[str, set[str]]:
        """By the jobs that have one of the two, their datasets."""
        found = {job.name: set(job.fingerprints) for job in live_jobs(self.settings)}
        return {job: names for job, names in found.items() if names & {self.name, self.other}}

    def runs(self, job: str, name: str) -> bool:
        return of_dataset(live_jobs(self.settings), job, name) is not None


@pytest.fixture
def two(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """In jobs of their own: beside the pipeline's, where that runs."""
    assert stack
    mark = uuid4().hex[:6]
    two = Two(tmp_path / "schemas", f"switched_{mark}", f"with_it_{mark}")
    for name in (two.name, two.other):
        copy_of_clicks(two.folder, name)
    metrics = two.folder / two.name / "metrics"
    metrics.mkdir()
    (metrics / "minutes.sql").write_text(MINUTES_SQL)
    (metrics / "minutes.avsc").write_text(json.dumps(MINUTES))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(two.folder))
    monkeypatch.setenv("TIDEGATE_LAKE_CHECKPOINT_INTERVAL_S", "5")
    tidegate("contract", "register", "products", two.name, two.other)
    tidegate("index", "apply", two.name, two.other)
    tidegate("run", *NAMES, "--dataset", two.name, "--dataset", two.other)
    try:
        yield two
    finally:
        for job in two.homes():
            run_tidegate("stop", job, "--no-savepoint")


@contextmanager
def traffic(two: Two) -> Iterator[None]:
    """Events of both, until the end."""
    children = [
        Child(two.settings, two.folder / f"{name}.log", "produce", name, "--rate", rate, "--seconds", "1200")
        for name, rate in ((two.name, "20"), (two.other, "5"))
    ]
    try:
        yield
        assert all(child.running() for child in children)
    finally:
        for child in children:
            child.stop()


def test_a_bug_is_mended_in_silver_itself_and_no_event_is_lost_or_doubled_on_the_way(two: Two) -> None:
    produce("--count", str(EVENTS), "--rate", str(EVENTS), "--duplicate-ratio", "0.1", dataset=two.name)
    spans = topic_spans(two.settings, f"raw.{two.name}")
    homes = two.homes()
    with traffic(two):
        the_bug_is_mended(two)
        plan = the_next_topics_are_filled(two, spans)
        assert two.homes() == homes
        it_is_refused_before_the_contract_says_so(two, plan)
        set_version(two, 2)
        before = it_is_killed_and_goes_back_and_is_killed(two, plan)
        switched = json.loads(switch(two, plan, "--json").stdout)["status"]
        assert (switched["state"], switched["proof_holds"]) == (DONE, True), switched
        assert two.homes() == homes
        wait_for("new events in the new topic", lambda: records(two, 2) > sum(switched["begin_at"].values()) + 100)
    it_has_all_of_it_once(two, spans)
    each_row_was_counted_once(two, switched["begin_at"])
    assert topic_spans(two.settings, f"silver.{two.name}") == before, "the old topic is as it was"
    it_is_forgotten(two, plan)


def the_bug_is_mended(two: Two) -> None:
    spoil(two.folder / two.name / "refine.sql", "upper(country)", "lower(country)")
    spoil(two.contract, "rules:\n", f"rules:\n{NO_BULK}")
    (job,) = [name for name in two.homes() if job_of(name) == REFINE]
    tidegate("stop", job)
    tidegate("run", "refine", "--dataset", two.name, "--dataset", two.other)


def the_next_topics_are_filled(two: Two, spans: dict[int, tuple[int, int]]) -> str:
    asked = ",".join(f"{number}:{start}-{end}" for number, (start, end) in spans.items() if start < end)
    options = ("--offsets", asked, "--target", "lake,index,silver", "--json")
    plan = str(json.loads(tidegate("replay", "plan", two.name, *options))["plan_id"])
    told = tidegate("replay", "run", plan, "--yes")
    assert f"tidegate replay switch {plan}" in told, told
    status = load_status(two.settings, plan)
    assert status.state == FILLED
    assert status.counts["now_rejected"] > 0
    return plan


def it_is_refused_before_the_contract_says_so(two: Two, plan: str) -> None:
    refused = run_tidegate("replay", "switch", plan, "--yes")
    assert refused.returncode == 1
    assert "silver: {version: 2}" in refused.stderr, refused.stderr
    assert load_status(two.settings, plan).state == FILLED


def it_is_killed_and_goes_back_and_is_killed(two: Two, plan: str) -> dict[int, tuple[int, int]]:
    """Returns the old topic as it was when nobody wrote to it any more."""
    killed(two, plan, lambda status: status.state == SWITCHING and not two.runs(REFINE, two.name))
    refused = run_tidegate("run", "refine", "--dataset", two.name)
    assert "were not switched from" in refused.stderr, refused.stderr

    set_version(two, 1)
    switch(two, plan, "--back")
    assert load_status(two.settings, plan).state == FILLED
    old = records(two, 1)
    wait_for("the old topic to go on", lambda: records(two, 1) > old)

    set_version(two, 2)
    filled = load_status(two.settings, plan).fill_started_at
    killed(two, plan, lambda status: status.fill_started_at != filled and status.fill_job_id is not None)
    before = topic_spans(two.settings, f"silver.{two.name}")
    killed(two, plan, lambda status: status.state in (COMMITTING, SWITCHED))
    return before


def set_version(two: Two, version: int) -> None:
    text = two.contract.read_text().partition("silver:\n")[0]
    two.contract.write_text(text + (f"silver:\n  version: {version}\n" if version > 1 else ""))


def killed(two: Two, plan: str, when: Callable[[Status], bool]) -> None:
    """kill -9 of ``replay switch``, once it is so far."""
    command = [sys.executable, "-m", "tidegate", "replay", "switch", plan, "--yes"]
    wait_for("its turn", lambda: not is_taken(two))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            wait_for("the step", lambda: when(load_status(two.settings, plan)) or process.poll() is not None, 240)
            assert process.poll() is None, process.stderr and process.stderr.read()
        finally:
            os.kill(process.pid, signal.SIGKILL)


def is_taken(two: Two) -> bool:
    """Whether a client of Flink still plans that a command has left behind when it was killed."""
    try:
        with one_at_a_time(two.settings.home / "replays" / "lock", "It is taken.", "Wait."):
            return False
    except TidegateError:
        return True


def switch(two: Two, plan: str, *options: str) -> subprocess.CompletedProcess[str]:
    wait_for("its turn", lambda: not is_taken(two))
    done = run_tidegate("replay", "switch", plan, "--yes", *options, timeout_s=480)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


def it_has_all_of_it_once(two: Two, spans: dict[int, tuple[int, int]]) -> None:
    """The proof of both; and the new topic itself, row by row, is the lake's table."""
    for name in (two.name, two.other):
        report = json.loads(tidegate("prove", name, "--wait", "120", "--json"))
        facts = report["datasets"][name]
        assert (report["holds"], facts["missing"], facts["doubled"]) == (True, 0, 0), report
    topic, lake = topic_rows(two), lake_rows(two)
    assert topic == lake
    assert set(topic.values()) == {1}
    of_range = [country for number, offset, country in topic if spans[number][0] <= offset < spans[number][1]]
    assert any(of_range) and all(country == country.lower() for country in of_range)


def topic_rows(two: Two) -> Counter[tuple[int, int, str]]:
    stream = two.stream(2)
    rows = read_committed(two.settings, stream.contract.silver_topic, stream.silver)
    return Counter((row["_source_partition"], row["_source_offset"], row["country"] or "") for row in rows)


def lake_rows(two: Two) -> Counter[tuple[int, int, str]]:
    names = ("_source_partition", "_source_offset", "country")
    table = open_catalog(two.settings).load_table(f"silver.{two.name}")
    rows = table.scan(selected_fields=names).to_arrow().to_pylist()
    return Counter((row["_source_partition"], row["_source_offset"], row["country"] or "") for row in rows)


def each_row_was_counted_once(two: Two, begin_at: dict[str, int]) -> None:
    """By metrics: those of the old topic before the switch, and those of the new one since."""
    new = two.stream(2).contract.silver_topic
    since = sum(
        (message.offset() or 0) >= begin_at[str(message.partition())]
        for message in read_messages(two.settings, "test", new, topic_spans(two.settings, new))
    )
    wanted = records(two, 1) + since
    assert since > 100
    (metric,) = two.stream(2).metrics
    wait_for(f"{wanted} clicks counted", lambda: counted(two.settings, metric) == wanted)


def counted(settings: Settings, metric: Metric) -> int:
    """The newest figure of each minute, summed."""
    newest: dict[bytes, int] = {}
    for message in read_messages(settings, "test", metric.topic, topic_spans(settings, metric.topic)):
        key, value = message.key(), message.value()
        assert isinstance(key, bytes) and value is not None
        newest[key] = decode(value, metric.schema)["clicks"]
    return sum(newest.values())


def records(two: Two, version: int) -> int:
    topic = two.stream(version).contract.silver_topic
    return sum(1 for _ in read_messages(two.settings, "test", topic, topic_spans(two.settings, topic)))


def it_is_forgotten(two: Two, plan: str) -> None:
    told = tidegate("replay", "forget", plan, "--yes")
    assert f"silver.{two.name}, dropped.{two.name}" in told
    old = {f"silver.{two.name}", f"dropped.{two.name}"}
    wait_for("the old topics to go", lambda: not old & existing_topics(two.settings))
    assert json.loads(tidegate("prove", two.name, "--wait", "60", "--json"))["holds"]
    actions = [action.action for action in read_actions(two.settings) if action.plan_id == plan]
    assert actions.count("replay forget") == 2
