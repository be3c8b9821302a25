"""What every run does besides its own work: its offsets, its summary, its schema."""

import pytest

from producers.sending import session as session_module
from producers.sending.publish import Progress
from producers.sending.session import delivery, registered_id, session, watched_offsets
from tests.broker import PARTITIONS, Broker
from tidegate.avro.types import AvroSchema
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError, TransientError
from tidegate.settings import Settings

TOPIC = "raw.some"


def test_offsets_are_those_before_and_after_the_run(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"before")])
    with watched_offsets(broker.settings, TOPIC) as offsets:
        broker.send(TOPIC, [(0, b"a"), (1, b"b"), (1, b"c")])
    assert offsets == {"0": [1, 2], "1": [0, 2], **{str(number): [0, 0] for number in range(2, PARTITIONS)}}


def test_a_broker_that_is_just_coming_back_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "POLL_S", 0.001)
    answers = iter([{0: 3}, None, None, {0: 8}])

    def ask(*_: object) -> dict[int, int]:
        answer = next(answers)
        if answer is None:
            raise TransientError("away", remedy="wait")
        return answer

    monkeypatch.setattr(session_module, "end_offsets", ask)
    with watched_offsets(Settings(), TOPIC) as offsets:
        pass
    assert offsets == {"0": [3, 8]}


def test_a_broker_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "PATIENCE_S", 0.0)
    monkeypatch.setattr(session_module, "POLL_S", 0.001)
    answers = iter([{0: 3}])

    def ask(*_: object) -> dict[int, int]:
        if (answer := next(answers, None)) is None:
            raise TransientError("away", remedy="wait")
        return answer

    monkeypatch.setattr(session_module, "end_offsets", ask)
    with pytest.raises(TransientError, match="away"), watched_offsets(Settings(), TOPIC):
        pass


def test_the_rate_is_that_of_what_was_delivered() -> None:
    summary = delivery(Progress(sent=100, delivered=90, failed=10), "too large", 2.0)
    assert (summary["rate_per_s"], summary["failed"], summary["first_failure"]) == (45.0, 10, "too large")
    assert delivery(Progress(), None, 0.0)["rate_per_s"] == 0.0


def test_progress_of_a_batch_reaches_whoever_shows_it() -> None:
    with session("some", None) as run:
        run.on_batch(None, Progress(sent=1))
        assert not run.stop()


@pytest.mark.parametrize("schema_id", [7, None])
def test_a_schema_that_the_registry_does_not_know_is_never_registered_here(
    monkeypatch: pytest.MonkeyPatch, clicks: Stream, schema_id: int | None
) -> None:
    class Registry:
        def __init__(self, *_: object) -> None:
            pass

        def __enter__(self) -> "Registry":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def lookup(self, subject: str, schema: AvroSchema) -> int | None:
            assert (subject, schema) == ("raw.clicks-value", clicks.latest)
            return schema_id

    monkeypatch.setattr(session_module, "RegistryClient", Registry)
    if schema_id is not None:
        assert registered_id(Settings(), clicks) == schema_id
        return
    with pytest.raises(ContractError, match="tidegate contract register clicks"):
        registered_id(Settings(), clicks)


def test_of_records_in_json_the_registry_is_not_asked(meters: Stream) -> None:
    assert registered_id(Settings(registry_url="http://127.0.0.1:9"), meters) == 0
