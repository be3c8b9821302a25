"""Whether one SELECT has the columns of the schema it fills; types and the rest are for Flink. Pure."""

from collections.abc import Iterator

from tidegate.avro.types import AvroSchema, columns
from tidegate.contracts.expect import Found
from tidegate.contracts.sql_outline import outline


def selection_problems(sql: str, output: AvroSchema, file: str) -> Iterator[Found]:
    """Columns that the query lacks, has beside those of ``file``, has twice or has without a name."""
    query = outline(sql)
    if query.statements != 1:
        yield "statement", f"holds {query.statements} statements", "Keep one SELECT."
        return
    wanted = [column.name for column in columns(output)]
    selected = [name for name in query.columns if name is not None]
    if len(selected) != len(query.columns):
        position = query.columns.index(None) + 1
        yield f"column {position}", "has no name", "Add `as <name>`."
    if missing := [name for name in wanted if name not in selected]:
        yield "select", f"lacks columns of {file}: {', '.join(missing)}", "Select them."
    if surplus := [name for name in selected if name not in wanted]:
        yield "select", f"has columns {file} lacks: {', '.join(surplus)}", f"Add them to {file}."
    if doubled := sorted({name for name in selected if selected.count(name) > 1}):
        yield "select", f"has columns twice: {', '.join(doubled)}", "Select each once."
