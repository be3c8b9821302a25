"""Silver rows that a job can not take further: a dead letter each, so that none leaves the topic unseen.

A row may be none of Tidegate's, of a schema that the registry has lost, or of a type that was widened while the job ran
on. The dead letter names the row's place in the silver topic. They are written at once, and after a failure again: the
same row has the same ``dead_letter_id``.
"""

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import (
    HEADERS,
    INGESTED_AT,
    KEY,
    SCHEMA_ID,
    SOURCE_OFFSET,
    SOURCE_PARTITION,
    SOURCE_TOPIC,
)
from tidegate.dead_letters.codes import Code, Stage
from tidegate.sql.dead_letters import Cause, Origin, dead_letters_query
from tidegate.sql.delivery import Delivery
from tidegate.sql.job_sql import Insert, Table
from tidegate.sql.platform import Platform
from tidegate.sql.sinks import Sink, kafka_sink

_DELIVERY = Delivery(transaction_timeout_s=60, guarantee="at-least-once")
_COLUMNS = {
    SOURCE_TOPIC: "_silver_topic",
    SOURCE_PARTITION: "_silver_partition",
    SOURCE_OFFSET: "_silver_offset",
    INGESTED_AT: "_silver_time",
    KEY: "CAST(NULL AS BYTES)",
    HEADERS: "_silver_headers",
    "_payload": "_silver_value",
    "_payload_sha256": "_silver_sha256",
    "_payload_bytes": "_silver_bytes",
    SCHEMA_ID: "_silver_schema_id",
}
"""A dead letter's columns, by what the silver table calls them."""


def dead_letters_table(stream: Stream, platform: Platform, job: str) -> Table:
    """``dead_letters``: the dataset's dead letters, written by this job."""
    topic = stream.contract.dead_letter_topic
    sink = Sink(naming.transactional_prefix(job, "dlq", stream.name), topic, platform.dead_letter, headers=True)
    return kafka_sink("dead_letters", sink, platform.connections, _DELIVERY)


def insert_unreadable(stream: Stream, job: str, stage: Stage, table: str = "silver") -> Insert:
    """What of the silver ``table`` the job could not read, or failed for."""
    columns = ", ".join(f"{source} AS {name}" for name, source in _COLUMNS.items())
    cause = Cause(
        relation=f"(SELECT {columns}, _error_code, _error_message FROM {table} WHERE _error_code IS NOT NULL)",
        stage=f"'{stage}'",
        code=f"CASE WHEN _error_code = '{Code.TRANSFORM_FAILED}' THEN _error_code ELSE '{Code.ROW_UNREADABLE}' END",
        message=f"CASE WHEN _error_code = '{Code.TRANSFORM_FAILED}' THEN _error_message "
        "ELSE _error_code || ': ' || _error_message END",
    )
    origin = Origin(stream.name, naming.subject(stream.contract.silver_topic), job)
    return Insert("dead_letters", f"INSERT INTO dead_letters\n{dead_letters_query(origin, cause)}")
