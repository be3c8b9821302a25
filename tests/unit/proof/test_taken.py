"""What retention has taken is told from what is lost, by the day of each missing record."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tidegate.clients.retention_notes import note_removed
from tidegate.proof import taken
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, fingerprints, make_rows
from tidegate.proof.taken import TakenReader, day_of

DAY = date(2026, 3, 1)
MISSING = make_rows([0, 0, 0], [0, 1, 2])


@pytest.fixture
def written(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    """Three clicks, of the days before, of and after one."""
    written = HandWritten(broker, tmp_path, monkeypatch)
    written.raw("a", "b", "c")
    for offset, (name, day) in enumerate(
        zip("abc", (DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)), strict=True)
    ):
        at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        written.silver((offset, name), event_time=int(at.timestamp() * 1000))
    return written


def noted(monkeypatch: pytest.MonkeyPatch, before: date | None) -> None:
    """In lake and index."""
    table = SimpleNamespace(properties={} if before is None else note_removed({}, before))
    monkeypatch.setattr(taken, "table_if_there", lambda *_: table)
    monkeypatch.setattr(taken, "removed_from_index", lambda *_: before)


def found(rows: Rows) -> list[int]:
    return sorted(rows.offset.tolist())


@pytest.mark.parametrize("layer", ["lake_silver", "index"])
def test_rows_of_days_before_the_noted_one_were_taken(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch, layer: LayerName
) -> None:
    noted(monkeypatch, DAY)
    reader = TakenReader(written.settings, written.dataset)
    rows = reader.of(layer, MISSING)
    assert found(rows) == [0]
    assert rows.identity.tolist() == fingerprints([b"a"]).tolist()
    assert reader.before(layer) == DAY


@pytest.mark.parametrize("layer", ["lake_silver", "lake_bronze", "index"])
def test_where_nothing_is_noted_nothing_was_taken(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch, layer: LayerName
) -> None:
    noted(monkeypatch, None)
    reader = TakenReader(written.settings, written.dataset)
    assert found(reader.of(layer, MISSING)) == []
    assert reader.before(layer) is None


def test_of_bronze_the_time_of_arrival_counts(written: HandWritten, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_ms: list[int] = []

    def first_offsets(_: object, topic: str, at_ms: int) -> dict[int, int]:
        assert topic == written.contract.topic.name
        asked_ms.append(at_ms)
        return {0: 2}

    monkeypatch.setattr(taken, "offsets_at", first_offsets)
    noted(monkeypatch, DAY)
    missing = make_rows([0, 0, 1], [1, 2, 7])
    rows = TakenReader(written.settings, written.dataset).of("lake_bronze", missing)
    assert [*zip(rows.partition.tolist(), rows.offset.tolist(), strict=True)] == [(0, 1), (1, 7)]
    assert datetime.fromtimestamp(asked_ms[0] / 1000, UTC) == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_record_is_looked_up_once(written: HandWritten, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(monkeypatch, DAY)
    reader = TakenReader(written.settings, written.dataset)
    assert found(reader.of("lake_silver", MISSING)) == [0]
    monkeypatch.setattr(taken, "silver_of", lambda *_: pytest.fail("read again"))
    assert found(reader.of("lake_silver", MISSING)) == [0]


def test_what_was_taken_meanwhile_is_seen(written: HandWritten, monkeypatch: pytest.MonkeyPatch) -> None:
    noted(monkeypatch, DAY)
    reader = TakenReader(written.settings, written.dataset)
    assert found(reader.of("lake_silver", MISSING)) == [0]
    noted(monkeypatch, DAY + timedelta(days=1))
    assert found(reader.of("lake_silver", MISSING)) == [0, 1]


def test_a_time_before_1970_and_one_that_is_none_have_their_day_or_none() -> None:
    assert day_of(-1, "timestamp-millis") == date(1969, 12, 31)
    assert day_of(86_400_000_000, "timestamp-micros") == date(1970, 1, 2)
    assert day_of(1, "date") == date(1970, 1, 2)
    assert day_of(None, "date") is None
    assert day_of(1 << 62, "timestamp-millis") is None
    assert day_of(1, "string") is None
