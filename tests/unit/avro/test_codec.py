"""Parts that are encoded alone make up the same bytes as the whole record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clicks import click
from tidegate.avro.codec import Encoder, writing
from tidegate.avro.frame import frame
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError


@given(st.integers(1, 13))
def test_parts_add_up_to_the_record(clicks: Stream, cut: int) -> None:
    encoder = Encoder(clicks.latest, 7)
    record = click()
    names = encoder.field_names
    parts = [encoder.part(chosen).encode(*(record[name] for name in chosen)) for chosen in (names[:cut], names[cut:])]
    assert frame(7) + b"".join(parts) == encoder.encode(record)


def test_decoding_gives_back_what_was_encoded(clicks: Stream) -> None:
    encoder = Encoder(clicks.latest, 7)
    value = encoder.encode(click())
    assert encoder.encode(encoder.decode(value)) == value


def test_fields_that_are_no_neighbours_are_refused(clicks: Stream) -> None:
    with pytest.raises(ValueError, match="not neighbours"):
        Encoder(clicks.latest, 7).part(["event_id", "user_id"])


def test_a_part_without_values_has_the_defaults_of_its_fields(clicks: Stream) -> None:
    part = Encoder(clicks.latest, 7).part(["quantity", "unit_price"])
    assert part.defaults() == part.encode(None, None)


def test_a_value_without_a_place_in_the_schema_is_one_clear_error(clicks: Stream) -> None:
    with (
        pytest.raises(ContractError, match=r"newest schema of Click: .*integer.* event_time.* Do this\."),
        writing(clicks.latest, "Do this."),
    ):
        Encoder(clicks.latest, 7).encode(click(event_time=None))
