"""The refine job: raw records to silver rows, dead letters and dropped coordinates, exactly once.

Run by ``tidegate run refine`` or by ``flink run -py flink_jobs/refine.py``. Per dataset, in one pass over the topic:
decode → rules → personal fields hashed → reference columns as of the event's time → first of each identity →
the dataset's ``refine.sql`` → silver. What is refused or dropped leaves before the identity is looked at. A dataset
that explodes an array has its identity looked at first, and then the reference columns of each item.
"""

from flink_jobs import tables
from flink_jobs.environment import ROCKSDB, Job, main
from tidegate import __version__
from tidegate.avro.types import columns
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_reference, platform_schema
from tidegate.contracts.model import Contract
from tidegate.replay.plan import Plan
from tidegate.settings import Settings
from tidegate.sql.rules import text, verdict_sql

NAME = "refine"
_GOOD = "(SELECT * FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped = 0)"


def statements(dataset: Stream, settings: Settings, only: Plan | None = None) -> list[str]:
    """The SQL of one dataset: tables and views first, then one INSERT per sink.

    ``only``: the offsets to refine, by a job that ends, with a group and transactions of its own.
    """
    contract = dataset.contract
    name = "replay" if only else NAME
    group = f"tidegate-{name}-{dataset.name}"
    dead_letter = platform_schema(settings.schemas_dir, "dead_letter")
    dropped = platform_schema(settings.schemas_dir, "dropped")
    sinks = {
        "silver": tables.Sink(
            f"{name}-silver-{dataset.name}", contract.silver_topic, dataset.silver, silver_key(dataset)
        ),
        "dead_letters": tables.Sink(
            f"{name}-dlq-{dataset.name}", contract.dead_letter_topic, dead_letter, headers=True
        ),
        "dropped": tables.Sink(f"{name}-dropped-{dataset.name}", contract.dropped_topic, dropped),
    }
    references = [load_reference(settings.schemas_dir, enrich.reference) for enrich in contract.enrich]
    return [
        tables.raw_source(dataset, settings, group, only.spans() if only else None),
        *(tables.reference_table(reference, settings) for reference in references),
        *(tables.kafka_sink(table, sink, settings) for table, sink in sinks.items()),
        judged_view(dataset, only),
        enriched_view(dataset, [reference.contract for reference in references]),
        validated_view(dataset),
        insert_silver(dataset),
        insert_dead_letters(contract),
        *([insert_dropped(contract)] if contract.rules_of("drop") else []),
    ]


def silver_key(dataset: Stream) -> str | None:
    """The Kafka key of a silver row: the raw topic's, where silver still has that column as text."""
    key = dataset.contract.topic.key
    has_column = any(column.name == key and column.sql_type == "STRING" for column in columns(dataset.silver))
    return key if has_column else None


def judged_view(dataset: Stream, only: Plan | None = None) -> str:
    """``judged``: every raw record (or those of ``only``) with its masks; personal fields are replaced from here on."""
    contract = dataset.contract
    verdict = verdict_sql(contract)
    methods = {privacy.field: privacy.method for privacy in contract.privacy}
    body = [_private(column.name, methods.get(column.name)) for column in columns(dataset.latest)]
    envelope = (
        "_key, _source_topic, _source_partition, _source_offset, _ingested_at, _headers, "
        "_error_code, _error_message, _payload, _payload_sha256, _payload_bytes, _schema_id, _proc_time"
    )
    return f"""CREATE TEMPORARY VIEW judged AS
SELECT {", ".join(body)},
  {envelope},
  {verdict.reject_mask} AS _rejected,
  {verdict.warn_mask} AS _warned,
  {verdict.drop_mask} AS _dropped
FROM raw_records{f" WHERE {_is_among(only)}" if only else ""}"""


def _is_among(only: Plan) -> str:
    chunks = [
        f"(_source_partition = {partition} AND _source_offset BETWEEN {first} AND {last} "
        f"AND is_among(_source_offset, {text(encoded)}))"
        for partition, first, last, encoded in only.chunks()
    ]
    return " OR ".join(chunks) or "FALSE"


def enriched_view(dataset: Stream, references: list[Contract]) -> str:
    """``enriched``: the records that met their contract, with the reference columns as of their own time.

    ``references`` are the contracts of ``enrich``, in its order.
    """
    contract = dataset.contract
    names = [f"e.`{name}`" for name in record_columns(dataset)]
    joins, missing = [], []
    for position, (enrich, reference) in enumerate(zip(contract.enrich, references, strict=True)):
        alias, key = f"r{position}", reference.identity[0]
        names += [f"{alias}.`{column}` AS `{enrich.prefix}{column}`" for column in enrich.columns]
        joins.append(
            f"LEFT JOIN ref_{enrich.reference} FOR SYSTEM_TIME AS OF e._proc_time AS {alias}\n"
            f"  ON {alias}.`{key}` = e.`{enrich.on}` AND {alias}.`_as_of` = e.`{contract.event_time.field}`"
        )
        if enrich.missing == "dead_letter":
            missing.append(f"(e.`{enrich.on}` IS NOT NULL AND {alias}.`{key}` IS NULL)")
    return f"""CREATE TEMPORARY VIEW enriched AS
SELECT {", ".join(names)},
  {" OR ".join(missing) or "FALSE"} AS _reference_missing,
  e._source_topic, e._source_partition, e._source_offset, e._ingested_at, e._schema_id, e._proc_time, e._warned
  {", e._key, e._headers, e._payload, e._payload_sha256, e._payload_bytes" if missing else ""}
FROM {_items(dataset) if contract.explode else _GOOD} AS e
{chr(10).join(joins)}"""


def validated_view(dataset: Stream) -> str:
    """``validated``: what ``refine.sql`` reads: raw and reference columns, and the envelope of silver."""
    contract = dataset.contract
    names = [f"`{name}`" for name in record_columns(dataset)]
    names += [f"`{enrich.prefix}{column}`" for enrich in contract.enrich for column in enrich.columns]
    known = "(SELECT * FROM enriched WHERE NOT _reference_missing)"
    return f"""CREATE TEMPORARY VIEW validated AS
SELECT {", ".join(names)},
  _source_partition, _source_offset, _source_topic, _ingested_at, _schema_id,
  {verdict_sql(contract).warnings} AS _warnings
FROM {known if contract.explode else _first_of_identity(contract, known)}"""


def record_columns(dataset: Stream) -> list[str]:
    """The columns that a record brings: its own, and where it explodes those of the item and the item's position."""
    explode = dataset.contract.explode
    return [*dataset.raw_fields, *dataset.item_fields, *([explode.position] if explode else [])]


def _first_of_identity(contract: Contract, relation: str) -> str:
    identity = ", ".join(f"`{field}`" for field in contract.identity)
    return f"""(
  SELECT * FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY {identity} ORDER BY _proc_time) AS _occurrence
    FROM {relation}
  )
  WHERE _occurrence = 1
)"""


def _items(dataset: Stream) -> str:
    """One row per item of the first record of each identity."""
    contract = dataset.contract
    assert contract.explode is not None, "only for datasets that explode an array"
    fields = [*dataset.item_fields, contract.explode.position]
    return f"""(
  SELECT d.*, {", ".join(f"i.`{name}`" for name in fields)}
  FROM {_first_of_identity(contract, _GOOD)} AS d
  CROSS JOIN UNNEST(d.`{contract.explode.field}`) WITH ORDINALITY AS i ({", ".join(f"`{name}`" for name in fields)})
)"""


def insert_silver(dataset: Stream) -> str:
    """The dataset's own ``refine.sql`` into ``silver``, columns by name."""
    names = ", ".join(f"`{column.name}`" for column in columns(dataset.silver))
    return f"INSERT INTO silver ({names})\nSELECT {names} FROM (\n{dataset.refine_sql}\n)"


def insert_dropped(contract: Contract) -> str:
    """Coordinates and rule of what a drop rule leaves out."""
    return f"""INSERT INTO dropped
SELECT _source_partition, _source_offset, _source_topic, _ingested_at, {verdict_sql(contract).dropped_by}
FROM judged WHERE _error_code IS NULL AND _rejected = 0 AND _dropped <> 0"""


def insert_dead_letters(contract: Contract) -> str:
    """Every record that does not fit, with its cause, coordinates and original bytes."""
    verdict = verdict_sql(contract)
    rejected = _dead_letters(
        contract,
        relation="judged WHERE _error_code IS NOT NULL OR _rejected <> 0",
        stage=f"CASE WHEN _error_code IS NOT NULL THEN 'decode' "
        f"WHEN _rejected >= {verdict.event_time_bit} THEN 'contract' ELSE 'rule' END",
        code=f"COALESCE(_error_code, CASE WHEN _rejected >= {verdict.event_time_bit} "
        f"THEN 'EVENT_TIME_OUT_OF_RANGE' ELSE 'RULE_VIOLATED' END)",
        message="COALESCE(_error_message, 'the record breaks the rules listed in violations')",
        violations=f"CASE WHEN _error_code IS NULL THEN {verdict.violations} "
        f"ELSE violations(CAST(0 AS BIGINT), '') END",
    )
    branches = [rejected]
    for enrich in contract.enrich:
        if enrich.missing == "dead_letter":
            branches.append(
                _dead_letters(
                    contract,
                    relation="enriched WHERE _reference_missing",
                    stage="'enrich'",
                    code="'REFERENCE_MISSING'",
                    message=text(f"{enrich.on} is not known in {enrich.reference} at the event's time"),
                    violations="violations(CAST(0 AS BIGINT), '')",
                )
            )
            break
    return "INSERT INTO dead_letters\n" + "\nUNION ALL\n".join(branches)


def _dead_letters(contract: Contract, *, relation: str, stage: str, code: str, message: str, violations: str) -> str:
    return f"""SELECT
  dead_letter_id(_source_topic, _source_partition, _source_offset, _stage) AS dead_letter_id,
  _now AS failed_at, _now AS first_failed_at,
  {text(contract.dataset)} AS dataset, _stage AS stage, _code AS error_code, _message AS error_message,
  _violations AS violations,
  _code IN ('UNKNOWN_SCHEMA', 'REFERENCE_MISSING') AS retryable, 1 AS attempt,
  ROW('{NAME}', {text(__version__)}, CAST(NULL AS STRING)) AS processor,
  ROW({text(contract.topic.name + "-value")}, _schema_id) AS contract,
  ROW(_source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers) AS source,
  CAST(NULL AS ROW<`uri` STRING, `row` BIGINT, `checksum` STRING>) AS source_file,
  _payload AS payload, 'avro-confluent' AS payload_encoding,
  COALESCE(_payload_sha256, sha256_hex(_payload)) AS payload_sha256,
  COALESCE(_payload_bytes > {tables.PAYLOAD_LIMIT_BYTES}, FALSE) AS payload_truncated,
  CAST(NULL AS STRING) AS replay_id,
  connect_headers(_source_topic, _source_partition, _source_offset, _stage, _code, _message) AS _headers
FROM (
  SELECT _source_topic, _source_partition, _source_offset, _ingested_at, _key, _headers, _payload,
    _payload_sha256, _payload_bytes, _schema_id,
    CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3)) AS _now,
    {stage} AS _stage,
    {code} AS _code,
    {message} AS _message,
    {violations} AS _violations
  FROM {relation}
)"""


def _private(column: str, method: str | None) -> str:
    match method:
        case None:
            return f"`{column}`"
        case "hmac":
            return f"hmac_sha256(`{column}`) AS `{column}`"
        case "mask":
            return f"CASE WHEN `{column}` IS NOT NULL THEN '***' END AS `{column}`"
        case "drop":
            return f"CAST(NULL AS STRING) AS `{column}`"
        case other:
            raise ValueError(f"unknown privacy method {other}")


JOB = Job(name=NAME, statements=statements, options=ROCKSDB)

if __name__ == "__main__":
    main(JOB)
