"""Dead letters of the refine job: which records become one, why, and the INSERT that writes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tidegate import __version__
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import COORDINATES, HEADERS, INGESTED_AT, KEY, SCHEMA_ID
from tidegate.contracts.model import Contract, Enrich
from tidegate.contracts.topics import raw_subject
from tidegate.dead_letters.codes import RETRYABLE, Code, Stage
from tidegate.dead_letters.record import PAYLOAD_LIMIT_BYTES
from tidegate.job_names import REFINE
from tidegate.sql.job_sql import Insert
from tidegate.sql.literals import text
from tidegate.sql.rules import verdict_sql

MISSING_MESSAGE = "_missing_message"
"""Column of ``enriched`` that says which reference is missing, where it could be one of several."""
FAULT = "_fault"
"""Column of ``enriched`` that says why an item came without its fields; null for one that can be taken."""
AVRO = "avro-confluent"
_NO_ROW = "CAST(NULL AS BIGINT)"
_NO_VIOLATIONS = "violations(CAST(0 AS BIGINT), '')"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose records they are, the registry's subject of the topic that they lie in, and the job that reads them.

    ``encoding``: how they are written.
    """

    dataset: str
    subject: str
    job: str
    encoding: str = AVRO


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the rows of a relation become dead letters: SQL expressions over its columns.

    ``row`` is the number of the item, where it is not the record as a whole that fails.
    """

    relation: str
    stage: str
    code: str
    message: str
    violations: str = _NO_VIOLATIONS
    row: str = _NO_ROW


def causes(stream: Stream) -> Iterator[Cause]:
    """The causes of a dataset; no record has two of them."""
    contract = stream.contract
    verdict = verdict_sql(contract)
    is_mapped = stream.map_sql is not None
    of_mapping = f"WHEN _error_code = '{Code.MAPPING_FAILED}' THEN '{Stage.MAP}' " if is_mapped else ""
    row = f"CAST(`{contract.explode.position}` AS BIGINT)" if contract.explode else _NO_ROW
    out_of_range = f"_rejected >= {verdict.event_time_bit}"
    yield Cause(
        relation="judged WHERE _error_code IS NOT NULL OR _rejected <> 0",
        stage=f"CASE WHEN _error_code = '{Code.TRANSFORM_FAILED}' THEN '{Stage.TRANSFORM}' "
        f"{of_mapping}WHEN _error_code IS NOT NULL THEN '{Stage.DECODE}' "
        f"WHEN {out_of_range} THEN '{Stage.CONTRACT}' ELSE '{Stage.RULE}' END",
        code=f"COALESCE(_error_code, CASE WHEN {out_of_range} "
        f"THEN '{Code.EVENT_TIME_OUT_OF_RANGE}' ELSE '{Code.RULE_VIOLATED}' END)",
        message="COALESCE(_error_message, 'the record breaks the rules listed in violations')",
        violations=f"CASE WHEN _error_code IS NULL THEN {verdict.violations} ELSE {_NO_VIOLATIONS} END",
    )
    if demanded := demanded_references(contract):
        yield Cause(
            relation="enriched WHERE _reference_missing",
            stage=f"'{Stage.ENRICH}'",
            code=f"'{Code.REFERENCE_MISSING}'",
            message=MISSING_MESSAGE if len(demanded) > 1 else text(missing_message(demanded[0])),
            row=row,
        )
    if contract.explode:
        yield Cause(
            relation=f"enriched WHERE NOT _reference_missing AND {FAULT} IS NOT NULL",
            stage=f"'{Stage.TRANSFORM}'",
            code=f"'{Code.TRANSFORM_FAILED}'",
            message=FAULT,
            row=row,
        )


def demanded_references(contract: Contract) -> list[Enrich]:
    """The references without which an event is a dead letter, in the contract's order."""
    return [enrich for enrich in contract.enrich if enrich.missing == "dead_letter"]


def missing_message(enrich: Enrich) -> str:
    """What the dead letter says."""
    return f"{enrich.on} is not known in {enrich.reference} at the event's time"


def insert_dead_letters(stream: Stream) -> Insert:
    """Every record that does not fit, with its cause, coordinates and original bytes."""
    contract = stream.contract
    origin = Origin(contract.dataset, raw_subject(contract), REFINE, encoding_of(contract))
    branches = "\nUNION ALL\n".join(dead_letters_query(origin, cause) for cause in causes(stream))
    return Insert("dead_letters", f"INSERT INTO dead_letters\n{branches}")


def encoding_of(contract: Contract) -> str:
    """How the raw records are written, as a dead letter says it."""
    if contract.is_json:
        return "json"
    return AVRO if contract.file is None else "csv"


def dead_letters_query(origin: Origin, cause: Cause, *more: str) -> str:
    """The dead letters of one cause, whose relation has a record's coordinates and evidence; with ``more`` columns.

    Whatever a record's sizes are, its letter can be written: the functions keep as much of it as ``record`` says.
    """
    coordinates, retryable = ", ".join(COORDINATES), ", ".join(map(text, RETRYABLE))
    beside = "".join(f" {name}," for name in more if name not in COORDINATES)
    return f"""SELECT
  dead_letter_id({coordinates}, _stage, _row) AS dead_letter_id,
  _now AS failed_at, COALESCE(_redriven.first_failed_at, _now) AS first_failed_at,
  {text(origin.dataset)} AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ({retryable}) AS retryable, COALESCE(_redriven.attempt + 1, 1) AS attempt,
  ROW('{origin.job}', {text(__version__)}, CAST(NULL AS STRING)) AS processor,
  ROW({text(origin.subject)}, {SCHEMA_ID}) AS contract,
  ROW({coordinates}, {INGESTED_AT}, dead_letter_key({KEY}), dead_letter_headers({HEADERS}), _row) AS source,
  CAST(NULL AS ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>) AS source_file,
  _payload AS payload, '{origin.encoding}' AS payload_encoding,
  COALESCE(_payload_sha256, sha256_hex(_payload)) AS payload_sha256,
  COALESCE(_payload_bytes > {PAYLOAD_LIMIT_BYTES}, FALSE) AS payload_truncated,
  _redriven.plan AS replay_id,
  connect_headers({coordinates}, _stage, _code, _message) AS {HEADERS}{"".join(f", {name}" for name in more)}
FROM (
  SELECT {coordinates},{beside} {INGESTED_AT}, {KEY}, {HEADERS}, _payload,
    _payload_sha256, _payload_bytes, {SCHEMA_ID},
    CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)) AS _now,
    redriven({HEADERS}, _payload, _payload_sha256) AS _redriven,
    {cause.stage} AS _stage,
    {cause.code} AS _code,
    dead_letter_message({cause.message}, {KEY}, {HEADERS}, _payload_bytes) AS _message,
    {cause.violations} AS _violations,
    {cause.row} AS _row
  FROM {cause.relation}
)"""
