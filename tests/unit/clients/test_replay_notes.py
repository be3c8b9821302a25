"""What the command of a replay adds to the table that its job has written; done again it is there once."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.unit.clients.strict_catalog import StrictCatalog
from tidegate.avro.leading_fields import Ints
from tidegate.clients import replay_notes
from tidegate.clients.replay_evidence import FILLED, REPLAYED_AT
from tidegate.clients.replay_notes import note_filled, note_judged, note_not_filled, note_published
from tidegate.settings import Settings

SETTINGS = Settings.model_construct()
NAME = "replays.clicks__20260102t030405_abcd"
SIDE = pa.schema(
    [
        ("_source_partition", pa.int32()),
        ("_source_offset", pa.int64()),
        ("verdict", pa.string()),
        ("code", pa.string()),
        ("source_row", pa.int64()),
    ]
)


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StrictCatalog:
    made = StrictCatalog(tmp_path)
    made.create(NAME, SIDE, ("verdict",))
    monkeypatch.setattr(replay_notes, "open_catalog", lambda _: made)
    monkeypatch.setattr(
        replay_notes, "find_table", lambda _, name: made.load_table(name) if name in made.tables else None
    )
    return made


def places(*offsets: int) -> tuple[Ints, Ints]:
    return np.zeros(len(offsets), np.int64), np.array(offsets, np.int64)


def held(catalog: StrictCatalog) -> list[tuple[int, str]]:
    rows = catalog.load_table(NAME).scan().to_arrow().to_pylist()
    return sorted((row["_source_offset"], row["verdict"]) for row in rows)


def test_what_was_added_before_goes_and_what_the_job_wrote_stays(catalog: StrictCatalog) -> None:
    note_judged(SETTINGS, NAME, {"duplicate": places(1)}, {"a": "b"})
    catalog.load_table(NAME).append(pa.table([[0], [5], ["rejected"], ["X"], [None]], schema=SIDE))

    note_judged(SETTINGS, NAME, {"duplicate": places(2), "other_time": places(3)}, {"a": "c"})

    assert held(catalog) == [(2, "duplicate"), (3, "other_time"), (5, "rejected")]
    assert catalog.load_table(NAME).properties == {"a": "c"}


def test_nothing_to_add_is_nothing_but_properties(catalog: StrictCatalog) -> None:
    note_judged(SETTINGS, NAME, {"duplicate": places(), "other_time": places()}, {"a": "b"})
    assert catalog.load_table(NAME).current_snapshot() is None
    assert catalog.load_table(NAME).properties == {"a": "b"}


def test_a_table_of_before_has_no_column_of_rows(catalog: StrictCatalog) -> None:
    catalog.create(NAME, pa.schema([*SIDE][:3]), ("verdict",))
    note_judged(SETTINGS, NAME, {"duplicate": places(1)}, {})
    assert held(catalog) == [(1, "duplicate")]


def test_when_it_was_published_and_which_topics_were_filled_is_noted(catalog: StrictCatalog) -> None:
    note_published(SETTINGS, NAME, 77)
    note_filled(SETTINGS, NAME, 2)
    assert catalog.load_table(NAME).properties == {REPLAYED_AT: "77", FILLED: "2"}


def test_topics_that_are_deleted_are_filled_no_more(catalog: StrictCatalog) -> None:
    note_published(SETTINGS, NAME, 77)
    note_filled(SETTINGS, NAME, 2)
    for _ in range(2):
        note_not_filled(SETTINGS, NAME)
    assert catalog.load_table(NAME).properties == {REPLAYED_AT: "77"}


def test_of_a_replay_of_an_earlier_version_there_is_no_table_to_note_it_in(catalog: StrictCatalog) -> None:
    del catalog.tables[NAME]
    note_published(SETTINGS, NAME, 77)
    note_filled(SETTINGS, NAME, 2)
    note_not_filled(SETTINGS, NAME)
    assert catalog.tables == {}
