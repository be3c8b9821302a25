"""Where things are in an encoded click."""

import uuid

import numpy as np
import pytest

from producers.datasets.clicks.layout import FIELDS, ID_LENGTH_AT, TIME_AT, USER_AT, check_layout, event_id_of, prefixes
from tidegate.avro.frame import frame
from tidegate.contracts.dataset import Reference, Stream
from tidegate.errors import ContractError

NOW_MS = 1_800_000_000_000


def test_every_click_begins_with_its_frame_and_an_id_of_its_own() -> None:
    rows = prefixes(frame(7), np.full(50, NOW_MS), np.random.default_rng(1))

    assert {row[:ID_LENGTH_AT] for row in rows} == {frame(7)}
    assert {len(row) for row in rows} == {USER_AT}
    ids = {uuid.UUID(event_id_of(row)) for row in rows}
    assert len(ids) == 50
    assert {each.version for each in ids} == {7}


def test_times_that_do_not_fit_the_layout_are_refused() -> None:
    with pytest.raises(ValueError, match="between 1971 and 2039"):
        prefixes(frame(7), np.array([2**41]), np.random.default_rng(1))


def test_the_newest_schema_of_clicks_begins_with_the_fields_of_the_layout(clicks: Stream) -> None:
    check_layout(clicks.latest)
    assert [field["name"] for field in clicks.latest["fields"]][: len(FIELDS)] == list(FIELDS)


def test_a_schema_that_the_layout_does_not_fit_is_refused(products: Reference) -> None:
    with pytest.raises(ContractError, match=r"the clicks generator writes.*; or send a file"):
        check_layout(products.latest)


def test_the_time_starts_where_the_layout_says() -> None:
    (row,) = prefixes(frame(7), np.array([NOW_MS]), np.random.default_rng(1))
    zigzag = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(row[TIME_AT:]))
    assert zigzag >> 1 == NOW_MS
