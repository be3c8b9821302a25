"""Where a run of refine reads its records: a topic, the lake's bronze table, or files."""

from tidegate.contracts import naming
from tidegate.contracts.dataset import Files, Stream
from tidegate.sql.file_source import file_rows
from tidegate.sql.job_sql import Table, View
from tidegate.sql.platform import Platform
from tidegate.sql.scope import Scope
from tidegate.sql.sources import bronze_source, raw_source


def raw_records(stream: Stream, platform: Platform, scope: Scope) -> tuple[Table | View, ...]:
    """The relation ``raw_records``, and what it reads."""
    if isinstance(stream, Files):
        return file_rows(stream, scope.files, platform.connections)
    if scope.from_bronze:
        return (bronze_source(stream, platform.connections, scope.spans or {}),)
    return (raw_source(stream, platform.connections, naming.group(scope.name, stream.name), scope.spans),)
