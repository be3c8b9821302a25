"""Traffic made from examples has what they have, in turn, with identities and times of its own."""

from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from producers.generated.from_examples import generator, numbers_of
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


@pytest.mark.parametrize("is_long", [True, False])
@pytest.mark.parametrize("workers", [1, 3, 7])
def test_no_two_workers_make_one_number_and_none_makes_it_twice(clicks: Stream, is_long: bool, workers: int) -> None:
    each = 50_000
    made = [
        number
        for worker in range(workers)
        for traffic in [Traffic(clicks, 7, Mix(), 0, NOW_MS + worker, worker, workers)]  # they start one by one
        for number in islice(numbers_of(traffic, is_long=is_long), each)
    ]
    assert len(set(made)) == workers * each
    assert min(made) >= 0 and max(made) < 2 ** (63 if is_long else 31)


@pytest.mark.parametrize("is_long", [True, False])
def test_the_next_run_makes_others(clicks: Stream, is_long: bool) -> None:
    first = Traffic(clicks, 7, Mix(), 0, NOW_MS)
    second = replace(first, start_ms=NOW_MS + 60_000)
    known = set(islice(numbers_of(first, is_long=is_long), 60_000))
    assert known.isdisjoint(islice(numbers_of(second, is_long=is_long), 60_000))


def test_past_their_end_a_worker_keeps_to_its_own(clicks: Stream) -> None:
    made = list(islice(numbers_of(Traffic(clicks, 7, Mix(), 0, 2**31 - 7, 1, 3), is_long=False), 10))
    assert min(made) == 1
    assert {number % 3 for number in made} == {1}
