"""One expression for each raw click, results thrown away: what ``benchmarks/functions.py`` submits.

Arguments: the name of a variant, and what to read, as JSON: ``{"0": [start, end], …}`` by partition.
"""

import argparse
import json

import ua_parser
from pyflink.table import EnvironmentSettings, TableEnvironment
from pyflink.table.udf import udf

from flink_jobs.python_functions import register_named
from flink_jobs.sql_functions import register_functions
from tidegate.clients import connection
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import MEASURE_GROUP
from tidegate.settings import get_settings
from tidegate.sql.sources import raw_source

DATASET = "clicks"
_MARKS = {
    "bot": "bot", "Bot": "bot", "Edg/": "Edge", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"
}  # fmt: skip
_CASES = " ".join(f"WHEN user_agent LIKE '%{mark}%' THEN '{name}'" for mark, name in _MARKS.items())
VARIANTS = {
    "none": "user_agent",
    "sql": f"CASE {_CASES} ELSE 'other' END",
    "java": f"classify(user_agent, '{','.join(f'{mark}={name}' for mark, name in _MARKS.items())}', 'other')",
    "python_vectorised": "parse_user_agent(user_agent).browser",
    "python_per_event": "browser_of_event(user_agent)",
}


def main() -> None:
    """Builds the job of one variant and starts it."""
    parser = argparse.ArgumentParser(prog="measure_function")
    parser.add_argument("variant", choices=list(VARIANTS))
    parser.add_argument("spans", type=json.loads)
    arguments = parser.parse_args()
    settings = get_settings()
    spans = {int(partition): (start, end) for partition, (start, end) in arguments.spans.items()}
    stream = load_stream(settings.schemas_dir, DATASET)
    flink = TableEnvironment.create(EnvironmentSettings.in_streaming_mode())
    flink.get_config().set("pipeline.name", f"measure {arguments.variant}")
    flink.get_config().set("parallelism.default", str(settings.parallelism))
    flink.get_config().set("pipeline.object-reuse", "true")
    expression = VARIANTS[arguments.variant]
    register_functions(flink)
    register_named(flink, [expression])
    flink.create_temporary_system_function("browser_of_event", udf(browser_of_event, result_type="STRING"))
    flink.execute_sql(raw_source(stream, connection.flink_sql(settings), MEASURE_GROUP, spans).sql)
    flink.execute_sql("CREATE TEMPORARY TABLE nowhere (id STRING, browser STRING) WITH ('connector' = 'blackhole')")
    flink.execute_sql(f"INSERT INTO nowhere SELECT event_id, {expression} FROM raw_records")


def browser_of_event(agent: str | None) -> str | None:
    """What ``parse_user_agent`` finds, one event at a time; the library remembers the latest texts."""
    found = ua_parser.parse_user_agent(agent) if agent else None
    return found.family if found else None


if __name__ == "__main__":
    main()
