"""Raw records of some offsets, wherever they lie."""

from pathlib import Path

import numpy as np
import pytest

from tests.broker import Broker
from tests.unit.proof.hand_written import HandWritten
from tidegate.proof import raw_reader
from tidegate.proof.raw_reader import RawReader, within, without
from tidegate.proof.rows import Offsets
from tidegate.proof.workers import Workers


def offsets(*numbers: int) -> Offsets:
    return np.array(numbers, np.int64)


@pytest.mark.parametrize("gap", [1, 100])
@pytest.mark.parametrize("explode", [False, True])
def test_only_the_offsets_are_read_however_far_they_are_apart(
    broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gap: int, explode: bool
) -> None:
    monkeypatch.setattr(raw_reader, "GAP", gap)
    written = HandWritten(broker, tmp_path, monkeypatch, explode=explode)
    written.raw(*"abcdefgh", lines=2 if explode else 0)
    reader = RawReader(written.settings, written.dataset, Workers(1))

    read = reader.read_at({0: offsets(1, 4, 7)}, {})

    assert read.rows.offset.tolist() == ([1, 1, 4, 4, 7, 7] if explode else [1, 4, 7])
    assert read.decodable.all()
    whole = reader.read({0: (0, 8)}, {})
    assert read.rows.identity.tolist() == whole.rows.where(np.isin(whole.rows.offset, [1, 4, 7])).identity.tolist()


def test_offsets_that_a_topic_does_not_have_are_left_out() -> None:
    asked = {0: offsets(3, 5, 9), 1: offsets(1), 7: offsets(2)}

    held = within(asked, {0: (4, 9), 1: (2, 3)})

    assert {number: some.tolist() for number, some in held.items()} == {0: [5]}
    rest = without(asked, {0: offsets(5), 1: offsets(1)})
    assert {number: some.tolist() for number, some in rest.items()} == {0: [3, 9], 7: [2]}
