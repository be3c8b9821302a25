"""The SQL by which metrics of files are counted: whole days of silver, out of the lake, by the metrics' own SQL.

The figures go to a branch of ``gold.<dataset>_<metric>``, of which each day is replaced as a whole. Beside them is a
row without a day: a batch that has written it has written all, also where a metric has no figure.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta

from tidegate.contracts import naming
from tidegate.contracts.dataset import Files, Metric
from tidegate.contracts.envelope import CHANGED_DAY
from tidegate.sql import lake
from tidegate.sql.ddl import quoted
from tidegate.sql.job_sql import Insert, JobSql, Table, View
from tidegate.sql.lake_tables import lake_lines, lake_table, lake_type, namespace, quoted_name
from tidegate.sql.platform import Platform
from tidegate.sql.replay_metrics import Times, among, silver_view

OPTIONS: Mapping[str, str] = {**lake.OPTIONS, "execution.runtime-mode": "BATCH"}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counting:
    """Days of a dataset, in order, and the branch that their figures are written to."""

    dataset: str
    plan_id: str
    branch: str
    days: tuple[date, ...]

    @property
    def times(self) -> Times:
        """The days as event times; those that follow upon each other as one span."""
        spans: list[tuple[int, int]] = []
        for day in self.days:
            start, end = _ms(day), _ms(day + _DAY)
            if spans and spans[-1][1] == start:
                start = spans.pop()[0]
            spans.append((start, end))
        return spans

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self) | {"days": [day.isoformat() for day in self.days]}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Counting":
        """The one that ``to_json`` wrote."""
        found = json.loads(text)
        return cls(**{**found, "days": tuple(map(date.fromisoformat, found["days"]))})


def job_sql(dataset: Files, platform: Platform, counting: Counting) -> JobSql:
    """The SQL of one turn, of a dataset that has metrics."""
    return JobSql(
        0,
        definitions=(
            lake.lake_catalog(platform.connections.lake_catalog),
            *map(namespace, ("silver", naming.GOLD)),
            lake.silver_table(dataset),
            *map(figures_table, dataset.metrics),
            silver_view(dataset, counting.times),
        ),
        shared_views=tuple(View(metric.name, metric.sql) for metric in dataset.metrics),
        inserts=tuple(_insert(metric, counting) for metric in dataset.metrics),
    )


def figures_table(metric: Metric) -> Table:
    """``lake.gold.<dataset>_<metric>``: a row per key, by the day of its time."""
    body = [*lake_lines(metric.columns), f"`{CHANGED_DAY}` DATE"]
    return lake_table(_name(metric), body, (CHANGED_DAY,), {naming.LAKE_KEY: ",".join(metric.key)})


def _insert(metric: Metric, counting: Counting) -> Insert:
    names, time_of = quoted(metric.columns), f"CAST(`{metric.key[0]}` AS TIMESTAMP_LTZ(3))"
    into = f"{quoted_name(_name(metric))} /*+ OPTIONS('branch' = '{counting.branch}') */"
    text = f"INSERT INTO {into} ({names}, `{CHANGED_DAY}`)\n" + "\nUNION ALL\n".join(
        [
            f"SELECT {', '.join(_as_in_lake(metric))}, CAST({time_of} AS DATE)\nFROM `{metric.name}`\n"
            f"WHERE {among(time_of, counting.times)}",
            f"SELECT {', '.join(_nothing(metric))}, CAST(NULL AS DATE)",
        ]
    )
    return Insert(f"lake.{_name(metric)}", text, part=metric.name)


def _as_in_lake(metric: Metric) -> Iterator[str]:
    return (f"CAST(`{column.name}` AS {lake_type(column)}) AS `{column.name}`" for column in metric.columns)


def _nothing(metric: Metric) -> Sequence[str]:
    return [f"CAST(NULL AS {lake_type(column)})" for column in metric.columns]


def _name(metric: Metric) -> naming.TableName:
    return naming.lake_figures(metric.dataset, metric.name)


def _ms(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)
