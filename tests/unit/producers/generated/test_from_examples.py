"""Traffic made from examples has what they have, in turn, with identities and times of its own."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from producers.generated.from_examples import generator
from producers.generated.generator import Mix, Traffic
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError

NOW_MS = 1_795_000_000_000
MADE = 200


def made(dataset: Stream) -> list[dict[str, object]]:
    batch = generator(Traffic(dataset, 7, Mix(), 0, NOW_MS), np.random.default_rng(1)).batch(np.full(MADE, NOW_MS))
    decode = Encoder(dataset.latest, 7).decode
    return [decode(value) for value in batch.values if value is not None]


def test_the_examples_come_in_turn_each_time_as_a_new_event(clicks: Stream) -> None:
    records = made(clicks)
    pages = Counter(str(record["page_url"]) for record in records)
    assert len({str(record["event_id"]) for record in records}) == MADE
    assert len(pages) > 1
    assert {record["event_time"].timestamp() for record in records} == {NOW_MS / 1000}  # type: ignore[attr-defined]


def test_one_in_twenty_is_of_a_drop_rule(clicks: Stream) -> None:
    batch = generator(Traffic(clicks, 7, Mix(), 0, NOW_MS), np.random.default_rng(1)).batch(np.full(MADE, NOW_MS))
    dropped = [special for special in batch.specials if special.kind == "dropped"]
    assert 0 < len(dropped) <= MADE / 20


def test_without_an_example_the_error_says_where_to_add_one(clicks: Stream, tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match=r"no example to make traffic from.*valid\.jsonl"):
        made(replace(clicks, folder=tmp_path))
