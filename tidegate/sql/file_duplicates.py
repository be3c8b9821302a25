"""The SQL that finds duplicates among the rows of a load: rows whose identity a row before them has.

Published rows come first, then files by their number and rows by their place. It is a batch query over the columns of
identity alone; only rows of the same days are compared, since a row that comes twice brings its event's time with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tidegate.contracts import naming
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE, SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.sql import lake
from tidegate.sql.job_sql import Insert, JobSql
from tidegate.sql.lake_schema import PARTITIONS
from tidegate.sql.lake_tables import quoted_name
from tidegate.sql.number_ranges import among
from tidegate.sql.platform import Platform
from tidegate.sql.replay_lake import DUPLICATE

OPTIONS: Mapping[str, str] = {**lake.OPTIONS, "execution.runtime-mode": "BATCH"}
COMPARED = "compared"
"""In the place of a verdict: of a file, how many records were compared. With it the job has written all it found."""
MOST_DAYS = 200
"""Of more days than these the condition names the first and the last, and all between are read."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """Rows of the files ``loaded`` on a branch, with those of other files but ``replaced``.

    ``days``: (year, month, day) of the rows of ``loaded``, in order.
    """

    dataset: str
    branch: str
    loaded: tuple[int, ...]
    replaced: tuple[int, ...]
    days: tuple[tuple[int, int, int], ...]


def job_sql(dataset: Files, platform: Platform, comparing: Comparing) -> JobSql:
    """The SQL of one run."""
    verdicts = naming.files_table(dataset.name, "verdicts")
    return JobSql(
        0,
        definitions=(lake.lake_catalog(platform.connections.lake_catalog),),
        inserts=(
            Insert(
                f"lake.{verdicts}",
                f"INSERT INTO {quoted_name(verdicts)} /*+ OPTIONS('branch' = '{comparing.branch}') */\n"
                + duplicates_query(dataset, comparing),
            ),
        ),
    )


def duplicates_query(dataset: Files, comparing: Comparing) -> str:
    """A row per record whose identity an earlier one has: its place, and as the code where that one lies.

    Beside them a row per file, of which the offset is a count.
    """
    identity = [f"`{name}`" for name in dataset.contract.identity_columns]
    place = ", ".join(PLACE)
    silver = quoted_name(naming.lake_table("silver", dataset.name))
    is_loaded = among(SOURCE_PARTITION, comparing.loaded)
    others = f" AND NOT {among(SOURCE_PARTITION, comparing.replaced)}" if comparing.replaced else ""
    by = f"PARTITION BY {', '.join(identity)} ORDER BY _is_new, {place}"
    first = "CONCAT(CAST(_first_partition AS STRING), ':', CAST(_first_offset AS STRING))"
    # Items of one record may have an identity in common, and are one candidate; else each row lies at its own place.
    distinct = "DISTINCT " if dataset.contract.explode else ""
    candidates = f"""SELECT {distinct}{", ".join(identity)}, {place}, CASE WHEN {is_loaded} THEN 1 ELSE 0 END AS _is_new
    FROM {silver} /*+ OPTIONS('branch' = '{comparing.branch}') */
    WHERE ({of_days(comparing.days)}){others}"""
    return f"""SELECT {place}, '{DUPLICATE}', {first}, CAST(NULL AS BIGINT)
FROM (
  SELECT {place}, _is_new,
    ROW_NUMBER() OVER ({by}) AS _occurrence,
    FIRST_VALUE({SOURCE_PARTITION}) OVER ({by}) AS _first_partition,
    FIRST_VALUE({SOURCE_OFFSET}) OVER ({by}) AS _first_offset
  FROM (
    {candidates}
  )
)
WHERE _occurrence > 1 AND _is_new = 1
UNION ALL
SELECT {SOURCE_PARTITION}, COUNT(*), '{COMPARED}', CAST(NULL AS STRING), CAST(NULL AS BIGINT)
FROM (
    {candidates}
)
WHERE _is_new = 1 GROUP BY {SOURCE_PARTITION}"""


def of_days(days: Sequence[tuple[int, int, int]]) -> str:
    """SQL over the columns of a table's partitions."""
    if len(days) <= MOST_DAYS:
        return " OR ".join(map(_of_day, days)) or "FALSE"
    return f"`{PARTITIONS[0]}` BETWEEN {min(days)[0]} AND {max(days)[0]}"


def _of_day(day: tuple[int, int, int]) -> str:
    parts = (f"`{part}` = {value}" for part, value in zip(PARTITIONS, day, strict=True))
    return f"({' AND '.join(parts)})"
