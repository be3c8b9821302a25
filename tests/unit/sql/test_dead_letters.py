"""How dead letters are written; which records become one is tested with the verdicts of refine."""

import re

from tests.unit.sql.visits import CONTRACT, stream
from tidegate import __version__
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.codes import CODES, Stage
from tidegate.dead_letters.record import PAYLOAD_LIMIT_BYTES
from tidegate.sql.dead_letters import causes, insert_dead_letters


def test_every_code_that_the_job_writes_is_in_the_list() -> None:
    written = {code for cause in causes(stream()) for code in re.findall(r"'([A-Z_]+)'", cause.code)}

    listed = {code for stage in (Stage.CONTRACT, Stage.RULE, Stage.ENRICH) for code in CODES[stage]}
    assert written == listed


def test_several_demanded_references_are_one_cause() -> None:
    assert [cause.relation for cause in causes(stream())] == [
        "judged WHERE _error_code IS NOT NULL OR _rejected <> 0",
        "enriched WHERE _reference_missing",
    ]


def test_without_a_demanded_reference_there_is_no_cause_for_it() -> None:
    kept = [enrich | {"missing": "keep"} for enrich in CONTRACT["enrich"]]

    assert len([*causes(stream(enrich=kept))]) == 1


def test_a_dead_letter_has_what_is_needed_to_find_its_record_and_to_try_it_again() -> None:
    insert = insert_dead_letters(stream())

    assert insert.into == "dead_letters"
    for part in (
        "dead_letter_id(_source_topic, _source_partition, _source_offset, _stage, _row)",
        "'visits' AS dataset",
        f"ROW('refine', '{__version__}', CAST(NULL AS STRING)) AS processor",
        "ROW('raw.visits-value', _schema_id) AS contract",
        "ROW(_source_topic, _source_partition, _source_offset, _ingested_at, dead_letter_key(_key), "
        "dead_letter_headers(_headers), _row) AS source",
        "_code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable",
        f"COALESCE(_payload_bytes > {PAYLOAD_LIMIT_BYTES}, FALSE) AS payload_truncated",
    ):
        assert insert.sql.count(part) == 2, part


def test_a_quote_in_a_message_ends_no_text() -> None:
    enrich = [CONTRACT["enrich"][0] | {"on": "page"}]

    assert "'page is not known in pages at the event''s time'" in insert_dead_letters(stream(enrich=enrich)).sql


def test_no_part_of_a_record_goes_into_its_dead_letter_without_a_limit() -> None:
    """``raw.max-bytes`` bounds the payload; key, headers and message go through functions that bound them."""
    for branch in insert_dead_letters(stream()).sql.split("UNION ALL"):
        letter, _, inner = branch.partition("FROM (")
        assert re.search(r"dead_letter_message\(.*, _key, _headers, _payload_bytes\) AS _message", inner)
        bounded = re.sub(r"dead_letter_(key|headers)\(_\w+\)", "", letter).replace(" AS _headers", "")
        assert "_key" not in bounded and "_headers" not in bounded.replace("connect_headers", "")


def test_a_letter_says_how_its_payload_is_written(meters: Stream) -> None:
    assert "'json' AS payload_encoding" in insert_dead_letters(meters).sql
    assert "'avro-confluent' AS payload_encoding" in insert_dead_letters(stream()).sql
