"""Each kind of damage to a record in JSON leads to the code that is foretold, as a job would give it."""

from dataclasses import replace

import numpy as np
import pytest

from producers.generated.from_examples import generator
from producers.generated.generator import Mix, Traffic
from producers.generated.json_poison import json_kinds_for
from producers.generated.poison import raw_time
from producers.sending.encoding import encoder_of
from tests.contracts import JSON_SCHEMAS
from tidegate.avro.binary import BadRecord
from tidegate.avro.json_records import JsonRecordReader
from tidegate.contracts.dataset import Stream
from tidegate.contracts.examples import read_examples
from tidegate.contracts.json_topics import unknown_fields
from tidegate.contracts.load import load_stream

AFTER_DECODING = {"EVENT_TIME_OUT_OF_RANGE", "RULE_VIOLATED"}


def strict(meters: Stream) -> Stream:
    topic = meters.contract.topic.model_copy(update={"unknown_fields": "reject"})
    return replace(meters, contract=meters.contract.model_copy(update={"topic": topic}))


@pytest.mark.parametrize("seed", range(20))
def test_every_damage_has_its_code(meters: Stream, seed: int) -> None:
    dataset, rng = strict(meters), np.random.default_rng(seed)
    encoder = encoder_of(dataset, 0)
    reader = JsonRecordReader(dataset.raw_type, unknown_fields(dataset.contract))
    good = encoder.encode({**read_examples(dataset)[0][0].record, "meterId": "ü-1"})
    kinds = json_kinds_for(dataset, encoder, {"reading_id_is_not_empty": {"reading_id": ""}})

    assert {kind.error_code for kind in kinds} >= {"UNKNOWN_FIELD", "NOT_JSON", "BAD_VALUE", "TRAILING_BYTES"}
    for kind in kinds:
        spoiled = kind.damage(good, rng)
        if kind.error_code in AFTER_DECODING:
            assert reader.read(spoiled)
            continue
        with pytest.raises(BadRecord) as refused:
            reader.read(spoiled)
        assert refused.value.code == kind.error_code, kind.name


def test_traffic_in_json_is_made_of_the_examples_and_foretells_what_becomes_of_it(meters: Stream) -> None:
    traffic = Traffic(meters, 0, Mix(bad_ratio=0.3, duplicate_ratio=0.2), 100.0, 1_795_000_000_000)
    made = generator(traffic, np.random.default_rng(1)).batch(np.full(200, 1_795_000_000_000, np.int64))
    reader = JsonRecordReader(meters.raw_type, "rescue")

    bad = {special.place: special.error_code for special in made.specials if special.kind == "bad"}
    assert len(bad) > 30
    for place, value in enumerate(made.values):
        code = bad.get(place)
        if code is None or code in AFTER_DECODING:
            assert reader.read(value)["reading_id"] is not None
        else:
            assert reader.read_or_none(value) is None


def test_a_time_that_a_mapping_makes_is_not_spoiled() -> None:
    machines = load_stream(JSON_SCHEMAS.parent / "mapped", "machines")

    assert raw_time(machines) is None
