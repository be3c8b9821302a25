"""Tables that are planned with, never read, and the types that Flink's planner gives a query over them."""

from collections.abc import Iterable

from pyflink.table import TableEnvironment

from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from tidegate.avro.types import Column


def declare(flink: TableEnvironment, name: str, columns: Iterable[Column]) -> None:
    """A table that is planned with, never read: only its types matter."""
    options = "'connector' = 'filesystem', 'path' = 'file:///nowhere', 'format' = 'json'"
    flink.execute_sql(f"CREATE TEMPORARY TABLE `{name}` (\n{', '.join(map(_line, columns))}\n) WITH ({options})")


def types_of(flink: TableEnvironment, query: str) -> dict[str, str]:
    """The output columns of a query with their SQL types, as Flink's planner sees them."""
    try:
        schema = flink.sql_query(query)._j_table.getResolvedSchema()
    except FLINK_REFUSES as error:
        raise SqlError(error) from error
    found = schema.getColumns()
    return {str(found.get(i).getName()): str(found.get(i).getDataType().toString()) for i in range(found.size())}


def check_insert(flink: TableEnvironment, insert: str) -> None:
    """Whether the table takes what is inserted, without a search for the best plan, which takes a second.

    Raises:
        FLINK_REFUSES: it does not.
    """
    planner = flink._j_tenv.getPlanner()
    planner.translateToRel(planner.getParser().parse(insert).get(0))


def _line(column: Column) -> str:
    return f"`{column.name}` {column.sql_type}{'' if column.nullable else ' NOT NULL'}"
