"""Where the error budget's operator stands: whatever becomes of a record, it has gone through it, in the same task."""

import json
import subprocess
import sys

from tests.polling import HANGS_S

PRINT_GRAPH = """
import json, sys
from pathlib import Path
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.job import Part
from flink_jobs.submit import attach
from flink_jobs.together import job_of
from tidegate.contracts.load import load_stream
from tidegate.settings import Settings

settings = Settings(schemas_dir=Path("schemas"))
environment = StreamExecutionEnvironment.get_execution_environment(Configuration())
tables = StreamTableEnvironment.create(environment)
for name in sys.argv[1:]:
    attach(Part(job_of("refine"), load_stream(settings.schemas_dir, name), settings), tables, environment)
print(environment.get_execution_plan().replace("\\n", " "))
"""


def test_every_reader_of_raw_reads_behind_it_and_so_do_the_items_of_an_exploded_record(
    flink_environment: dict[str, str],
) -> None:
    command = [sys.executable, "-c", PRINT_GRAPH, "clicks", "orders"]
    result = subprocess.run(
        command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S
    )
    assert result.returncode == 0, result.stderr
    nodes = {node["id"]: node for node in json.loads(result.stdout.splitlines()[-1])["nodes"]}
    readers: dict[str, list[tuple[str, str]]] = {}
    for node in nodes.values():
        for edge in node.get("predecessors", []):
            readers.setdefault(nodes[edge["id"]]["type"], []).append((node["type"], edge["ship_strategy"]))

    of_raw = {name: found for name, found in readers.items() if name.endswith("raw_records")}
    assert of_raw == {
        f"Source: KafkaSource-default_catalog.{name}.raw_records": [("error_budget", "FORWARD")]
        for name in ("clicks", "orders")
    }, readers
    behind = [ship for name, ship in readers["error_budget"]]
    assert len(behind) == 3 + 2 + 1, readers
    assert set(behind) == {"FORWARD"}
