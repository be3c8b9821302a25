"""The index job's SQL: committed silver rows to OpenSearch, one document per identity."""

from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.codes import Stage
from tidegate.job_names import INDEX
from tidegate.sql.ddl import quoted
from tidegate.sql.job_sql import Insert, JobSql
from tidegate.sql.platform import Platform
from tidegate.sql.sinks import index_sink
from tidegate.sql.sources import silver_source
from tidegate.sql.state import dedup_ttl_ms
from tidegate.sql.unreadable import dead_letters_table, insert_unreadable


def job_sql(stream: Stream, platform: Platform) -> JobSql:
    """The SQL of one dataset; it inserts nothing if its contract has no ``index`` section."""
    index, state_ttl_ms = stream.contract.index, dedup_ttl_ms(stream.contract)
    if index is None:
        return JobSql(state_ttl_ms)
    names = quoted(stream.silver_columns)
    return JobSql(
        state_ttl_ms,
        definitions=(
            silver_source(stream, platform.connections, naming.group(INDEX, stream.name)),
            index_sink(stream, index, platform),
            dead_letters_table(stream, platform, INDEX),
        ),
        inserts=(
            Insert("documents", f"INSERT INTO documents SELECT {names} FROM silver WHERE _error_code IS NULL"),
            insert_unreadable(stream, INDEX, Stage.INDEX),
        ),
    )
