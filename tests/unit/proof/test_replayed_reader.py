"""What replays have judged is read from the lake: their tables, and the rows of their ranges; again when it grows."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.replay.lake import IDENTITY, VISITS, Lake
from tidegate.clients.replay_evidence import FILLED, REPLAYED_AT, about
from tidegate.contracts.envelope import identity_text
from tidegate.errors import TransientError
from tidegate.proof import lake_reader, replayed_reader
from tidegate.proof.replayed import Replayed
from tidegate.proof.replayed_reader import ReplayedReader
from tidegate.proof.rows import fingerprints
from tidegate.settings import Settings

SETTINGS = Settings.model_construct()
SIDE = pa.schema(
    [
        ("_source_partition", pa.int32()),
        ("_source_offset", pa.int64()),
        ("verdict", pa.string()),
        ("source_row", pa.int64()),
    ]
)
RAW = {0: (5, 100)}


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    made = Lake(tmp_path)
    made.append((9, "e9", "old"), (10, "e10", "new"), (25, "e25", "old"))
    for module in (replayed_reader, lake_reader):
        monkeypatch.setattr(module, "open_catalog", lambda _: made.catalog)
    monkeypatch.setattr(replayed_reader, "table_if_there", made.opened)
    monkeypatch.setattr(replayed_reader, "topic_spans", lambda *_: RAW)
    return made


def replayed(lake: Lake, span: tuple[int, int], at: int, *found: tuple[int, str, int | None]) -> str:
    plan_id = f"20260102t030405-{at:04x}"
    name = f"replays.{VISITS.name}__{plan_id.replace('-', '_')}"
    table = lake.catalog.create(name, SIDE, properties=about(plan_id, {0: span}, None) | {REPLAYED_AT: str(at)})
    columns = [[0] * len(found), *([row[number] for row in found] for number in range(3))]
    table.append(pa.table(columns, schema=SIDE))
    return name


def read(**options: Any) -> Replayed:
    found = ReplayedReader(SETTINGS, VISITS, **options).read_new()
    assert found is not None
    return found


def test_verdicts_are_read_by_their_names_and_rows_by_their_identities(lake: Lake) -> None:
    others = (11, "rejected", None), (12, "rejected", 2), (13, "dropped", None), (14, "duplicate", None)
    replayed(lake, (10, 20), 7, *others, (15, "other_time", None))

    found = read()

    assert found.silver.offset.tolist() == [10]
    text = identity_text(["e10"] * len(IDENTITY)).encode()
    assert found.silver.identity.tolist() == fingerprints([text]).tolist()
    assert (found.rejected.offset.tolist(), found.rejected.identity[:, 0].tolist()) == ([11, 12], [0, 2])
    assert (found.dropped.offset.tolist(), found.duplicate.offset.tolist()) == ([13], [14])
    assert found.replays[0].left.offset.tolist() == [15]


def test_only_what_is_new_is_read(lake: Lake) -> None:
    reader = ReplayedReader(SETTINGS, VISITS)
    assert reader.read_new() is None
    replayed(lake, (10, 20), 7)
    assert [each.plan_id[-1:] for each in (reader.read_new() or Replayed()).replays] == ["7"]
    assert reader.read_new() is None
    replayed(lake, (12, 30), 9)
    found = reader.read_new() or Replayed()
    assert [each.plan_id[-1:] for each in found.replays] == ["9", "7"]
    assert sorted(found.silver.offset.tolist()) == [10, 25]


@pytest.mark.parametrize(("filled", "version", "is_filled"), [("2", 1, False), ("2", 2, True), ("2", 3, True)])
def test_topics_from_the_filled_version_on_have_what_it_made(
    lake: Lake, filled: str, version: int, is_filled: bool
) -> None:
    name = replayed(lake, (10, 20), 7)
    with lake.catalog.load_table(name).transaction() as transaction:
        transaction.set_properties({FILLED: filled})
    found = ReplayedReader(SETTINGS, VISITS.of_silver_version(version)).read_new()
    assert found is not None and found.replays[0].is_filled is is_filled


def test_a_range_that_raw_has_no_more_is_left_out(lake: Lake) -> None:
    replayed(lake, (0, 5), 7)
    assert ReplayedReader(SETTINGS, VISITS).read_new() is None


def test_a_table_of_an_earlier_version_has_no_rows_of_records(lake: Lake) -> None:
    name = replayed(lake, (10, 20), 7)
    properties = lake.catalog.load_table(name).properties
    table = lake.catalog.create(name, pa.schema([*SIDE][:3]), properties=dict(properties))
    table.append(pa.table([[0], [11], ["rejected"]], schema=pa.schema([*SIDE][:3])))
    assert read().rejected.identity[:, 0].tolist() == [0]


def test_where_the_lake_may_be_away_it_is_said_and_else_an_error(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise TransientError("The catalog does not answer.", remedy="Start it.")

    monkeypatch.setattr(replayed_reader, "published_evidence", away)
    reader = ReplayedReader(SETTINGS, VISITS, may_fail=True)
    assert (reader.read_new(), reader.failed) == (None, "The catalog does not answer.")
    with pytest.raises(TransientError):
        ReplayedReader(SETTINGS, VISITS).read_new()
