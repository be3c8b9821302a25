"""Records are counted by their leading fields; a topic is read from where its tally ends."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from tests.project import PROJECT
from tidegate import metric_names
from tidegate.avro.codec import Encoder
from tidegate.avro.leading_fields import layouts
from tidegate.avro.types import AvroSchema
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_records import Batch, Scan
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.dead_letters.codes import CODES
from tidegate.errors import TransientError
from tidegate.monitor import outputs
from tidegate.monitor.causes import UNREADABLE
from tidegate.monitor.outputs import OutputReader, fitting, reasons_of, unread
from tidegate.monitor.tally import Reason, Tally
from tidegate.settings import Settings

SCHEMAS = PROJECT / "schemas"
CONTRACT = load_stream(SCHEMAS, "clicks").contract
DEAD_LETTER, DROPPED = (platform_schema(SCHEMAS, name) for name in ("dead_letter", "dropped"))
LETTER: dict[str, Any] = {
    "dead_letter_id": "0" * 32,
    "failed_at": 1_795_000_000_000,
    "first_failed_at": 1_795_000_000_000,
    "dataset": "clicks",
    "stage": "decode",
    "error_code": "TRUNCATED",
    "error_message": "…",
    "retryable": False,
    "attempt": 1,
    "processor": {"name": "refine", "version": "1"},
    "contract": {"subject": "raw.clicks-value"},
    "payload": b"\x00" * 1000,
    "payload_encoding": "avro-confluent",
    "payload_truncated": False,
}
DROP = {
    "source_partition": 1,
    "source_offset": 300,
    "source_topic": "raw.clicks",
    "source_timestamp": 1,
    "rule": "no_x",
}


def framed(schema: AvroSchema, record: dict[str, Any], schema_id: int = 7) -> bytes:
    return Encoder(schema, schema_id).encode(record)


def batch(*values: bytes) -> Batch:
    return Batch("dlq.clicks", np.zeros(len(values), np.int32), np.arange(len(values)), list(values))


class Registry:
    """Knows one schema, by the id 7."""

    def __init__(self, schema: AvroSchema = DEAD_LETTER) -> None:
        self.schema = schema

    def by_id(self, schema_id: int) -> AvroSchema | None:
        return self.schema if schema_id == 7 else None


def test_dropped_records_are_told_by_rule() -> None:
    assert reasons_of(batch(framed(DROPPED, DROP)), 1, layouts(Registry(DROPPED).by_id, ("rule",))) == [("no_x",)]


@pytest.mark.parametrize("value", [b"", b"hello", framed(DROPPED, DROP, 8), framed(DROPPED, DROP)[:9]])
def test_what_no_job_wrote_is_counted_too(value: bytes) -> None:
    whole = framed(DROPPED, DROP)
    found = reasons_of(batch(whole, value, whole), 1, layouts(Registry(DROPPED).by_id, ("rule",)))
    assert found == [("no_x",), (UNREADABLE,), ("no_x",)]


def test_a_topic_is_read_from_where_its_tally_ends() -> None:
    tallies = {("dlq", 0): Tally(10), ("dlq", 1): Tally(5)}
    starts = {("dlq", 0): 0, ("dlq", 1): 0, ("dlq", 2): 3, ("other", 0): 0}
    ends = {("dlq", 0): 12, ("dlq", 1): 5, ("dlq", 2): 8, ("other", 0): 9}
    assert unread("dlq", tallies, starts, ends) == {0: (10, 12), 2: (3, 8)}


def test_what_retention_took_before_it_was_counted_is_left_out() -> None:
    assert unread("dlq", {("dlq", 0): Tally(10)}, {("dlq", 0): 20}, {("dlq", 0): 30}) == {0: (20, 30)}


def test_a_topic_made_anew_is_counted_anew() -> None:
    tallies = {("dlq", 0): Tally(100)}
    tallies["dlq", 0].counts["decode", "TRUNCATED"] = 4
    assert unread("dlq", tallies, {("dlq", 0): 0}, {("dlq", 0): 2}) == {0: (0, 2)}
    assert tallies["dlq", 0] == Tally()


class Log(OffsetReader):
    """One partition of dead letters, which ends at an offset; nothing once the topic is gone."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.topics = {"dlq.clicks"}

    def places(self, topics: Iterable[str]) -> list[Place]:
        return [(topic, 0) for topic in topics if topic in self.topics]

    def starts(self, places: Iterable[Place]) -> Offsets:
        return dict.fromkeys(places, 0)

    def ends(self, places: Iterable[Place]) -> Offsets:
        return dict.fromkeys(places, self.end)


def reader(monkeypatch: pytest.MonkeyPatch, log: Log, before: Tally) -> OutputReader:
    """Goes on from a tally that was kept."""

    def kept(_: Settings, places: Sequence[Place]) -> dict[Place, Tally]:
        return dict.fromkeys(places, before)

    monkeypatch.setattr(outputs, "kept", kept)
    monkeypatch.setattr(outputs, "keep", lambda *_: None)
    monkeypatch.setattr(outputs, "RegistryClient", lambda _: Registry())
    return OutputReader(Settings(), log, [CONTRACT], 5)


def counts(reader: OutputReader) -> dict[tuple[str, ...], Any]:
    samples = list(reader.read())
    assert {sample.metric for sample in samples} == {metric_names.DEAD_LETTERS}
    return {tuple(sample.labels): sample.value for sample in samples}


def test_a_code_without_a_dead_letter_is_counted_as_0(monkeypatch: pytest.MonkeyPatch) -> None:
    found = counts(reader(monkeypatch, Log(0), Tally()))
    rules = {("clicks", "rule", "RULE_VIOLATED", rule.name): 0 for rule in CONTRACT.rules_of("reject")}
    others = {("clicks", stage, code, ""): 0 for stage in CODES for code in CODES[stage] if stage != "rule"}
    assert found == rules | others


def test_codes_that_were_counted_stand_beside_those_at_0(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = {
        ("decode", "TRUNCATED", "", ""): 4,
        ("decode", "TRUNCATED", "", "12"): 3,
        ("unreadable", "unreadable", "", ""): 2,
    }
    before = Tally(9, Counter(counted))
    found = counts(reader(monkeypatch, Log(9), before))
    assert {labels: count for labels, count in found.items() if count} == {
        ("clicks", "decode", "TRUNCATED", ""): 7,
        ("clicks", "unreadable", "unreadable", ""): 2,
    }
    assert found["clicks", "rule", "RULE_VIOLATED", "price_is_not_negative"] == 0


def test_no_0_is_told_while_dead_letters_are_yet_to_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prometheus would take what lies there from before for an increase."""
    told: list[Any] = []
    read = reader(monkeypatch, Log(2), Tally())

    def batches(_: Scan) -> Iterator[Batch]:
        assert told == []
        yield batch(*[framed(DEAD_LETTER, LETTER)] * 2)

    monkeypatch.setattr(outputs, "read_batches", batches)
    told += read.read()
    assert {sample.value for sample in told} == {0, 2}


def test_nothing_is_told_of_a_topic_that_is_gone_and_nothing_committed_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not 0, not the last count; and Kafka would refuse an offset of a partition that is gone, at every reading."""
    log, committed = Log(9), list[Any]()
    read = reader(monkeypatch, log, Tally(9, Counter({("decode", "TRUNCATED", "", ""): 7})))
    monkeypatch.setattr(outputs, "keep", lambda _, tallies: committed.append(dict(tallies)))
    assert counts(read)["clicks", "decode", "TRUNCATED", ""] == 7

    log.topics = set()
    monkeypatch.setattr(outputs, "KEEP_EVERY_S", -1.0)

    assert list(read.read()) == []
    assert committed[-1] == {}


def test_a_partition_that_comes_later_is_counted_from_what_was_kept_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(9)
    log.topics = set()
    read = reader(monkeypatch, log, Tally(9, Counter({("decode", "TRUNCATED", "", ""): 7})))
    assert list(read.read()) == []
    log.topics = {"dlq.clicks"}
    assert counts(read)["clicks", "decode", "TRUNCATED", ""] == 7


def test_a_topic_in_trouble_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(2)
    log.topics = {"dlq.clicks", "dropped.clicks"}
    read = reader(monkeypatch, log, Tally())

    def batches(scan: Scan) -> Iterator[Batch]:
        if scan.topic == "dlq.clicks":
            raise KeyError("a bug")
        yield batch(b"", b"")

    monkeypatch.setattr(outputs, "read_batches", batches)
    told: list[Any] = []
    with pytest.raises(KeyError):
        told.extend(read.read())
    assert [(sample.metric, sample.value) for sample in told] == [(metric_names.DROPPED, 2)]


def test_a_long_count_is_made_in_parts_each_of_which_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop of the monitor, or its deadline, does not begin a count of weeks anew; half of it is shown as nothing."""
    log, kept = Log(25), list[int]()
    read = reader(monkeypatch, log, Tally())
    monkeypatch.setattr(outputs, "CHUNK_OFFSETS", 10)
    monkeypatch.setattr(outputs, "keep", lambda _, tallies: kept.append(tallies["dlq.clicks", 0].reached))

    def batches(scan: Scan) -> Iterator[Batch]:
        ((start, end),) = scan.spans.values()
        yield batch(*[framed(DEAD_LETTER, LETTER)] * (end - start))

    monkeypatch.setattr(outputs, "read_batches", batches)
    monkeypatch.setattr(outputs, "BUDGET_S", -1.0)
    told: list[Any] = []
    with pytest.raises(TransientError, match=r"dlq\.clicks is still being counted, 25 offsets are left"):
        told.extend(read.read())
    assert told == []
    monkeypatch.setattr(outputs, "BUDGET_S", 60.0)
    assert counts(read)["clicks", "decode", "TRUNCATED", ""] == 25
    assert kept[-3:] == [10, 20, 25]


def test_counts_are_committed_also_while_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka forgets a group's offsets, and with them the counts, a week after the last commit."""
    commits: list[Any] = []
    read = reader(monkeypatch, Log(9), Tally(9))
    monkeypatch.setattr(outputs, "keep", lambda *_: commits.append(1))
    list(read.read())
    list(read.read())
    assert len(commits) == 1
    monkeypatch.setattr(outputs, "KEEP_EVERY_S", -1.0)
    list(read.read())
    assert len(commits) == 2


def test_counts_by_other_values_are_made_again() -> None:
    """As an earlier version kept them."""
    assert fitting(Tally(9, Counter({("decode", "TRUNCATED"): 7})), 4) == Tally()
    assert fitting(Tally(9, Counter({("no_x",): 7})), 1).reached == 9


def new_causes(reader: OutputReader) -> list[tuple[str, ...]]:
    return [tuple(sample.labels) for sample in reader.read() if sample.metric is metric_names.NEW_CAUSE]


@pytest.fixture
def two_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each two letters, one of stage map with its offset as its id."""

    def batches(scan: Scan) -> Iterator[Batch]:
        ((start, end),) = scan.spans.values()
        stages = ["map" if offset % 2 else "decode" for offset in range(start, end)]
        letters = [{**LETTER, "stage": stage, "dead_letter_id": str(start + row)} for row, stage in enumerate(stages)]
        yield batch(*(framed(DEAD_LETTER, letter) for letter in letters))

    monkeypatch.setattr(outputs, "read_batches", batches)


@pytest.mark.usefixtures("two_causes")
def test_what_lies_there_before_the_first_monitor_is_not_new_and_what_comes_then_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Log(1)
    read = reader(monkeypatch, log, Tally())
    assert new_causes(read) == []
    log.end = 5
    assert new_causes(read) == [("clicks", "map", "TRUNCATED", "", "", "1")]
    log.end = 9
    assert new_causes(read) == [("clicks", "map", "TRUNCATED", "", "", "1")]


@pytest.mark.usefixtures("two_causes")
def test_a_restarted_monitor_knows_what_was_seen_before_and_tells_what_came_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: Counter[Reason] = Counter({("decode", "TRUNCATED", "", ""): 1})
    assert new_causes(reader(monkeypatch, Log(4), Tally(2, seen, is_kept=True))) == [
        ("clicks", "map", "TRUNCATED", "", "", "3")
    ]
    both: Counter[Reason] = Counter({**seen, ("map", "TRUNCATED", "", ""): 1})
    assert new_causes(reader(monkeypatch, Log(4), Tally(2, both, is_kept=True))) == []
