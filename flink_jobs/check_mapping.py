"""What only Flink can tell of a ``map.sql``: whether it compiles, and gives the types of ``mapped.avsc``."""

import re
from collections.abc import Iterator

from pyflink.table import TableEnvironment

from flink_jobs.fallible import risks
from flink_jobs.planned_types import declare, types_of
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from tidegate.avro.types import Column
from tidegate.contracts.dataset import Stream
from tidegate.contracts.problem import Problem
from tidegate.sql.conversions import planned
from tidegate.sql.mapped import mapped_query

_LENGTH = re.compile(r"\b(VAR)?(CHAR|BINARY)\(\d+\)")
_NOT_NULL = re.compile(r" NOT NULL")
_WIDER = {("INT", "BIGINT"), ("FLOAT", "DOUBLE"), ("SMALLINT", "INT"), ("SMALLINT", "BIGINT")}
"""What becomes another type without a loss."""


def mapping_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    """Why the mapping can't run; declares the table ``raw``, the record as it came."""
    declare(flink, "raw", dataset.raw_columns)
    if dataset.map_sql is None:
        return
    file, query = f"{dataset.name}/map.sql", planned(dataset.map_sql)
    try:
        types = types_of(flink, query)
    except SqlError as error:
        yield Problem(file, error.place(first_line=1) or "select", error.reason, "Fix the query.")
        return
    wrong = [*_type_problems(file, dataset.record_columns, types)]
    yield from wrong
    for risk in risks(flink, query):
        if not risk.fails:
            yield Problem(file, risk.expression, risk.problem, risk.remedy)
    if not wrong:
        yield from _running_problems(flink, dataset, file)


def _type_problems(file: str, wanted: list[Column], types: dict[str, str]) -> Iterator[Problem]:
    for column in wanted:
        found = types.get(column.name)
        if found is None:
            continue  # a column that is made of a path behind the mapping
        given = _comparable(found)
        if given != _comparable(column.sql_type) and (given, column.sql_type) not in _WIDER and given != "NULL":
            problem = f"is {given}, which mapped.avsc has as {column.sql_type}"
            remedy = f"Write cast(… as {column.sql_type.lower()}) as {column.name}, or give mapped.avsc that type."
            yield Problem(file, column.name, problem, remedy)


def _comparable(sql_type: str) -> str:
    """The type without what makes no difference: lengths of texts, the precision of moments, nulls within."""
    text = _NOT_NULL.sub("", sql_type).replace("`", "")
    text = _LENGTH.sub(lambda found: "STRING" if found[2] == "CHAR" else "BYTES", text)
    return re.sub(r"TIMESTAMP_LTZ\(\d\)", "TIMESTAMP_LTZ", text).replace(", ", ",")


def _running_problems(flink: TableEnvironment, dataset: Stream, file: str) -> Iterator[Problem]:
    """The query as the job has it, whose conversions fail by name."""
    try:
        flink.explain_sql(mapped_query(dataset, "(SELECT *, 1 AS _one FROM `raw`)", ["_one"]))
    except FLINK_REFUSES as error:
        yield Problem(file, "select", SqlError(error).reason, "Fix the query.")
