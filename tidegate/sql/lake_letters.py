"""Dead letters of all datasets in one lake table, so that causes are counted in SQL.

Each dataset's part of the job writes its own rows and commits them for itself: Iceberg keeps of each writer how far it
has come, and one that was overtaken tries again. The table is partitioned by dataset and by the day of the failure.
"""

from collections.abc import Sequence

from tidegate.avro.types import AvroSchema, columns
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.topics import DERIVED_MAX_BYTES
from tidegate.sql.ddl import column_lines, contract_avro, kafka_source, quoted
from tidegate.sql.job_sql import Insert, Table
from tidegate.sql.lake_schema import PARTITIONS
from tidegate.sql.lake_tables import lake_lines, lake_table, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.sources import ERROR_CODE, resumable

PART = "dead_letters"
_SOURCE = "letter_records"
_PLACE = ("`_dlq_partition` INT", "`_dlq_offset` BIGINT")
"""Where the dead letter lies in its own topic."""
_OPTIONS = {
    # Every dataset's writer commits to it, one after the other where they meet.
    "commit.retry.num-retries": "50",
    "commit.retry.max-wait-ms": "2000",
    # A writer without rows has nothing to commit; many of them would fill the history with nothing.
    "flink.max-continuous-empty-commits": "1000",
}


def letters_table(dead_letter: AvroSchema) -> Table:
    """``lake.bronze.dead_letters``."""
    body = [*lake_lines(columns(dead_letter)), *_PLACE, *(f"`{part}` INT" for part in PARTITIONS)]
    return lake_table(naming.LAKE_DEAD_LETTERS, body, ("dataset", *PARTITIONS), _OPTIONS)


def letters_source(stream: Stream, platform: Platform, group: str) -> Table:
    """The dataset's dead letters, of any stage."""
    options = {
        **kafka_source(stream.contract.dead_letter_topic, platform.connections, group),
        **contract_avro("value.", platform.dead_letter, platform.connections),
        "value.contract-avro.max-record-bytes": str(DERIVED_MAX_BYTES),
    }
    place = (
        "`_dlq_partition` INT METADATA FROM 'partition' VIRTUAL",
        "`_dlq_offset` BIGINT METADATA FROM 'offset' VIRTUAL",
    )
    return resumable(_SOURCE, [*column_lines(columns(platform.dead_letter)), ERROR_CODE, *place], options)


def insert_letters(stream: Stream, dead_letter: AvroSchema) -> Insert:
    """Every dead letter; what else somebody may have put into its topic is left out."""
    names = quoted(columns(dead_letter))
    into: Sequence[str] = (names, "`_dlq_partition`", "`_dlq_offset`", *(f"`{part}`" for part in PARTITIONS))
    days = ", ".join(f"CAST(EXTRACT({part.upper()} FROM failed_at) AS INT)" for part in PARTITIONS)
    return Insert(
        f"lake.{naming.LAKE_DEAD_LETTERS}",
        f"""INSERT INTO {quoted_name(naming.LAKE_DEAD_LETTERS)} ({", ".join(into)})
SELECT {names}, `_dlq_partition`, `_dlq_offset`,
  {days}
FROM {_SOURCE} WHERE _error_code IS NULL""",
        PART,
    )
