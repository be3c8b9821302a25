"""A whole proof of the topics, on a broker inside the process; lake, index and transactions are met on real servers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import NAME, HandWritten
from tests.unit.proof.test_replayed import marked
from tests.unit.proof.test_replayed import silver_rows as rows
from tidegate.clients import kafka_offsets
from tidegate.errors import TidegateError
from tidegate.proof import reconcile, taken, topics
from tidegate.proof.layers import Found
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.replayed import Replay, Replayed
from tidegate.proof.report import LayerName, ProofReport
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows

TOPICS_ONLY = Scope(lake=False, index=False, wait_s=0)


class Replays:
    """The replays that the lake tells of, read once; ``failed``: why it does not."""

    def __init__(self) -> None:
        self.found: Replayed | None = None
        self.failed = ""

    def read_new(self) -> Replayed | None:
        found, self.found = self.found, None
        return found


@pytest.fixture
def replays(monkeypatch: pytest.MonkeyPatch) -> Replays:
    made = Replays()
    monkeypatch.setattr(reconcile, "ReplayedReader", lambda *_, **__: made)
    return made


@pytest.fixture
def written(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replays: Replays) -> HandWritten:
    assert replays.found is None
    return HandWritten(broker, tmp_path, monkeypatch)


def proof_of(written: HandWritten, scope: Scope = TOPICS_ONLY) -> ProofReport:
    return prove(written.settings, NAME, scope)


def test_a_right_run_holds(written: HandWritten) -> None:
    written.raw("a", "b!", "c", "a")
    written.silver((0, "a"))
    written.letter("decode", 1)
    written.dropped(2)

    report = proof_of(written)

    assert report.holds, report.findings
    assert [report.total(count) for count in ("raw", "silver", "dead_letter", "dropped", "duplicate")] == [
        4,
        1,
        1,
        1,
        1,
    ]
    assert report.notes == ()


@pytest.mark.parametrize("entries", [1, 0])
def test_a_repaired_event_counts_once_and_its_copy_must_be_in_the_ledger(written: HandWritten, entries: int) -> None:
    written.raw("a", "b")
    written.silver((0, "a"), (2, "b"))
    written.letter("rule", 1)
    written.copy("b", 1)
    for _ in range(entries):
        written.record(written.letter_id(1), 1, copy=2)

    report = proof_of(written)

    assert [report.total(count) for count in ("raw", "silver", "repaired", "dead_letter")] == [2, 1, 1, 0]
    assert [(layer.name, layer.expected, layer.actual) for layer in report.layers] == [("ledger", 1, entries)]
    assert report.notes == ("1 redriven copies in raw are counted with the events that they repair.",)
    found = {(finding.layer, finding.fault): finding.first for finding in report.findings}
    assert found == ({} if entries else {("ledger", "missing"): ("0:2",)})
    assert report.holds is bool(entries)


def test_a_foreign_record_is_a_finding_and_the_rest_is_proved_all_the_same(written: HandWritten) -> None:
    written.raw("a", "b")
    written.silver((0, "a"))
    written.send(written.contract.silver_topic, [b"hello"])

    report = proof_of(written)

    found = {finding.fault: finding.first for finding in report.findings}
    assert found == {"missing": ("0:1",), "unexplained": ("silver.probe:0:1",)}


def test_what_an_open_transaction_hides_is_undecided_and_said_with_its_remedy(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_the_end(settings: object, topic: str) -> kafka_offsets.Spans:
        spans = kafka_offsets.topic_spans(written.settings, topic)
        if topic == written.contract.silver_topic:
            spans[0] = (0, 1)
        return spans

    monkeypatch.setattr(topics, "topic_spans", without_the_end)
    written.raw("a", "b")
    written.silver((0, "a"), (1, "b"))

    report = proof_of(written)

    assert (report.holds, report.undecided, report.faults("missing")) == (False, 1, 0)
    assert report.verdict() == "The proof does not hold: of 2 events of probe, 1 undecided."
    assert "1 offsets of silver.probe, partition 0, from 1 on" in report.notes[0]


class Index:
    """An index that lacks offset 1 and holds offset 2; ``meanwhile`` happens while it is read."""

    name: LayerName = "index"

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        self._meanwhile = meanwhile

    def marker(self) -> object:
        return 0

    def read(self, _: object) -> Found:
        self._meanwhile()
        rows = [make_rows([0], [at], fingerprints([name.encode()])) for at, name in ((0, "a"), (2, "c"))]
        return Found(concat(rows))


def test_what_comes_to_the_topics_while_a_layer_is_read_changes_both_verdicts(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile() -> None:
        written.silver((2, "c"))
        written.letter("index", 1)

    monkeypatch.setattr(reconcile, "_sources", lambda *_: [Index(meanwhile)])
    monkeypatch.setattr(taken, "removed_from_index", lambda *_: None)
    written.raw("a", "b", "c")
    written.silver((0, "a"), (1, "b"))

    report = proof_of(written, Scope(wait_s=0))

    assert report.holds, report.findings
    assert (report.layers[0].expected, report.layers[0].actual) == (1, 2)


def test_reference_data_and_an_impossible_window_are_one_clear_error(written: HandWritten) -> None:
    written.raw("a")

    with pytest.raises(TidegateError, match="ends at 1"):
        proof_of(written, Scope(start="0:5", lake=False, index=False, wait_s=0))
    with pytest.raises(TidegateError, match="'10:30' has no date"):
        proof_of(written, Scope(start="10:30", lake=False, index=False, wait_s=0))


PLAN = "20260102t030405-abcd"


def after_a_replay(written: HandWritten, replays: Replays) -> None:
    """Of three events the first is rejected now, the second is not any more; the third was not in its range."""
    written.raw("a", "b", "c")
    written.silver((0, "a"), (2, "c"))
    written.letter("rule", 1)
    replay = Replay(PLAN, {0: (0, 2)}, rejected=make_rows([0], [0]))
    replays.found = Replayed.of([replay], make_rows([0], [1], fingerprints([b"b"])))


def test_what_a_replay_has_judged_is_judged_by_it_and_the_note_says_so(written: HandWritten, replays: Replays) -> None:
    after_a_replay(written, replays)
    written.letter("rule", 0)

    report = proof_of(written)

    assert report.holds, report.findings
    assert [report.total(count) for count in ("raw", "silver", "dead_letter")] == [3, 2, 1]
    assert [(layer.name, layer.expected, layer.actual) for layer in report.layers] == [("replays", 2, 2)]
    (note,) = report.notes
    assert f"2 raw records are judged by what replays into the lake have made of them ({PLAN})" in note
    assert report.verdict() == "The proof holds: 3 events of probe are each accounted for once."
    assert report.dead_letters == {"SOME_CODE": 1}, "that of what passes now is none any more"


def test_what_it_rejects_needs_a_letter(written: HandWritten, replays: Replays) -> None:
    after_a_replay(written, replays)

    report = proof_of(written)

    assert [(each.layer, each.fault, each.first) for each in report.findings] == [("replays", "missing", ("0:0",))]
    assert report.to_json()["datasets"]["probe"]["missing"] == 1


def test_a_replay_that_comes_while_a_layer_is_read_is_taken_in(
    written: HandWritten, replays: Replays, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is read again: what it must have is another thing now."""
    written.raw("a", "b", "c")
    written.silver((0, "a"), (1, "b"), (2, "c"))
    written.letter("rule", 1)

    def meanwhile() -> None:
        replays.found = Replayed.of([Replay(PLAN, {0: (1, 2)}, rejected=make_rows([0], [1]))], make_rows())
        monkeypatch.setattr(index, "_meanwhile", lambda: None)

    index = Index(meanwhile)
    monkeypatch.setattr(reconcile, "_sources", lambda *_: [index])
    monkeypatch.setattr(taken, "removed_from_index", lambda *_: None)

    report = proof_of(written, Scope(wait_s=5))

    assert report.holds, report.findings
    assert [(layer.name, layer.expected, layer.actual) for layer in report.layers] == [
        ("replays", 1, 1),
        ("index", 2, 2),
    ]


def test_a_lake_that_is_left_out_and_does_not_answer_is_said(written: HandWritten, replays: Replays) -> None:
    written.raw("a")
    written.silver((0, "a"))
    replays.failed = "The catalog does not answer."

    report = proof_of(written)

    assert report.holds
    assert report.notes == (
        "replays into the lake are not known, so each event is judged by the topics: The catalog does not answer.",
    )


def redriven(written: HandWritten) -> None:
    """b has failed, and its copy at offset 2 has passed."""
    written.raw("a", "b")
    written.silver((0, "a"), (2, "b"))
    written.letter("rule", 1)
    written.copy("b", 1)
    written.record(written.letter_id(1), 1, copy=2)


@pytest.mark.parametrize(
    ("replay", "lake", "counts"),
    [
        (Replay(PLAN, {0: (0, 2)}, rejected=marked(1)), rows((0, "a")), (1, 1, 0, 0)),
        (Replay(PLAN, {0: (0, 2)}, duplicate=marked(1)), rows((0, "a")), (1, 0, 0, 1)),
        (Replay(PLAN, {0: (0, 3)}, duplicate=marked(1)), rows((0, "a"), (2, "b")), (1, 0, 0, 1)),
        (Replay(PLAN, {0: (0, 3)}, rejected=marked(1)), rows((0, "a"), (2, "b")), (1, 1, 0, 0)),
        (Replay(PLAN, {0: (0, 3)}, rejected=marked(1, 2)), rows((0, "a")), (1, 0, 1, 0)),
        (Replay(PLAN, {0: (2, 3)}, rejected=marked(2)), make_rows(), (1, 0, 1, 0)),
    ],
    ids=[
        "the copy behind the range repairs what is rejected still",
        "what passes now repeats its copy behind the range",
        "the copy keeps its row where both are in the range",
        "the copy alone passes",
        "both are rejected now",
        "the copy alone is in the range, and rejected now",
    ],
)
def test_a_redriven_event_counts_once_wherever_the_range_lies(
    written: HandWritten, replays: Replays, replay: Replay, lake: Rows, counts: tuple[int, int, int, int]
) -> None:
    redriven(written)
    if 2 in replay.rejected.offset:
        written.letter("rule", 2)
    replays.found = Replayed.of([replay], lake)

    report = proof_of(written)

    assert report.holds, report.findings
    assert [report.total(count) for count in ("silver", "repaired", "dead_letter", "duplicate")] == [*counts]
    assert report.total("raw") == 2
