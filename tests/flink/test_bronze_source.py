"""A replay out of bronze: each record of the lake's raw bytes gets the row, or the verdict, that refine gives it.

Flink runs within the test's process, the lake is a folder, the registry two lines. That raw gives the same is seen on
real servers: ``tests/jobs/test_replay_lake.py``.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.polling import HANGS_S
from tests.unit.sql.visits import RAW
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import FRAME_BYTES, frame

Headers = dict[str, bytes | None]
RUN = """
import json, sys
from dataclasses import replace
from pathlib import Path
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from pyiceberg.table import StaticTable
from flink_jobs.configured import configuration_of
from flink_jobs.dry_run import OPTIONS
from flink_jobs.job import Job, Part
from flink_jobs.submit import attach, define, statement_set
from flink_jobs.throttle import held_to
from tests.unit.sql import visits
from tidegate.settings import Settings
from tidegate.sql import lake, replay_lake
from tidegate.sql.connections import Connections
from tidegate.sql.job_sql import Insert, JobSql, Table

folder, registry, values, spans = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
warehouse = f"{folder}/warehouse"
connections = Connections(
    kafka={}, registry={"registry.url": registry}, opensearch={}, opensearch_login={},
    lake_catalog={"catalog-type": "hadoop", "warehouse": f"file://{warehouse}"},
)
platform = replace(visits.PLATFORM, connections=connections, references={})
REFINE = visits.REFINE_SQL.replace("page_title", "cast(null as string) as page_title")
REFINE = REFINE.replace("plan_price", "cast(plan as int) as plan_price")
stream = replace(visits.stream(enrich=[]), refine_sql=REFINE)

def run(sql):
    environment = StreamExecutionEnvironment.get_execution_environment(configuration_of({**OPTIONS, **lake.OPTIONS}))
    flink = StreamTableEnvironment.create(environment)
    define(sql, Part(Job("test", lambda *_: sql), stream, Settings()), flink)
    statement_set(sql, flink).execute().wait()

def rows(name, branch=None):
    files = Path(f"{warehouse}/{name.replace('.', '/')}/metadata").glob("v*.metadata.json")
    found = StaticTable.from_metadata(str(max(files, key=lambda file: int(file.name[1:].split(".")[0]))))
    if branch and branch not in found.refs():
        return []
    snapshot = found.refs()[branch].snapshot_id if branch else None
    return found.scan(snapshot_id=snapshot).to_arrow().to_pylist()

run(JobSql(0, (
    lake.lake_catalog(connections.lake_catalog),
    Table("lake.bronze", "CREATE DATABASE IF NOT EXISTS lake.`bronze`"),
    lake.bronze_table(stream),
), inserts=(Insert("bronze", f"INSERT INTO lake.bronze.visits VALUES {values}"),)))
aside = replay_lake.Aside.of(stream.name, "bronze")
scope = replay_lake.scope_of({int(number): span for number, span in spans.items()}, from_bronze=True)
sql = replay_lake.job_sql(stream, platform, scope, aside)
environment = StreamExecutionEnvironment.get_execution_environment(configuration_of({**OPTIONS, **lake.OPTIONS}))
part = Part(held_to(Job("replay", lambda *_: sql), 1000), stream, Settings())
attach(part, StreamTableEnvironment.create(environment), environment)
nodes = json.loads(environment.get_execution_plan())["nodes"]
environment.execute("replay")
print(json.dumps({"passed": rows("silver.visits", aside.branch), "others": rows(aside.table), "nodes": nodes},
                 default=str))
"""


def visit(number: int, **changes: Any) -> bytes:
    values = {
        "id": f"v{number}",
        "visited_at": 1_789_990_000_000 + number,
        "visitor": "me",
        "page": "/home",
        "plan": None,
        "seconds": number,
    }
    return Encoder(RAW, 1).encode(values | changes)[FRAME_BYTES:]


def framed(body: bytes) -> bytes:
    return frame(1) + body


NAMED: Headers = {"__value_schema_id": frame(1), "trace": b"x", "empty": None}
RECORDS: list[tuple[bytes | None, Headers, str]] = [
    (framed(visit(0)), {}, "not of the range"),
    (framed(visit(1)), {"trace": b"y"}, ""),
    (framed(visit(1)), {}, ""),
    (visit(2), NAMED, ""),
    (visit(3)[:-2], NAMED, "TRUNCATED"),
    (b"poison", {}, "BAD_MAGIC"),
    (b"", {}, "EMPTY_VALUE"),
    (None, {}, "TOMBSTONE"),
    (framed(visit(4, plan="no number")), {}, "TRANSFORM_FAILED"),
    (framed(visit(5, plan="12")), {}, ""),
    (frame(7) + visit(6), {}, "UNKNOWN_SCHEMA"),
    (framed(visit(-7)), {}, "RULE_VIOLATED"),
    (framed(visit(8, page="/health")), {}, "no_health_check"),
    (framed(visit(9000)), {}, ""),
    (framed(visit(10, visited_at=0)), {}, "EVENT_TIME_OUT_OF_RANGE"),
    (framed(visit(11)) + b"more", {}, "TRAILING_BYTES"),
    (framed(visit(12)), {}, "not of the range"),
]
"""By offset: value, headers, and the code or rule that the record does not pass by."""
START, END = 1, len(RECORDS) - 1


def sql_row(offset: int) -> str:
    value, headers, _ = RECORDS[offset]
    pairs = ", ".join(f"'{name}', {literal(content)}" for name, content in headers.items())
    some = f"MAP[{pairs}]" if pairs else "MAP['other', X'00']"
    arrived = "CAST(TIMESTAMP '2026-09-21 12:00:00.123' AS TIMESTAMP_LTZ(6))"
    return f"('raw.visits', 2, {offset}, {arrived}, X'6b', {some}, {literal(value)}, 2026, 9, 21)"


def literal(value: bytes | None) -> str:
    return "CAST(NULL AS BYTES)" if value is None else f"CAST(X'{value.hex()}' AS BYTES)"


@pytest.fixture(scope="module")
def registry() -> Iterator[str]:
    """Knows one schema, by the id 1."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_known = self.path.startswith("/schemas/ids/1")
            body = json.dumps({"schema": json.dumps(RAW)} if is_known else {"error_code": 40403}).encode()
            self.send_response(200 if is_known else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def found(
    flink_environment: dict[str, str], registry: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    """The rows that pass, the places of the others, and the operators of the job."""
    folder: Path = tmp_path_factory.mktemp("lake")
    values = ", ".join(map(sql_row, range(len(RECORDS))))
    arguments = [str(folder), registry, values, json.dumps({0: (0, 0), 2: (START, END)})]
    environment = {**flink_environment, "TIDEGATE_PRIVACY_KEY": "a key of this test"}
    command = [sys.executable, "-c", RUN, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr[-5000:]
    told: dict[str, list[dict[str, Any]]] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_each_record_of_the_range_passes_or_has_its_code(found: dict[str, list[dict[str, Any]]]) -> None:
    passed = {row["_source_offset"]: "" for row in found["passed"]}
    others = {row["_source_offset"]: row["code"] for row in found["others"]}
    expected = {offset: code for offset, (_, _, code) in enumerate(RECORDS) if START <= offset < END}
    assert passed | others == expected
    assert len(found["passed"]) + len(found["others"]) == len(expected)


def test_a_row_has_its_values_and_its_own_coordinates(found: dict[str, list[dict[str, Any]]]) -> None:
    (row,) = (each for each in found["passed"] if each["_source_offset"] == 9)
    assert (row["id"], row["plan"], row["plan_price"], row["seconds"]) == ("v5", "12", 12, 5)
    assert (row["_source_topic"], row["_source_partition"], row["_schema_id"]) == ("raw.visits", 2, 1)
    assert row["_ingested_at"].startswith("2026-09-21 12:00:00.123")
    assert row["visitor"] != "me"
    (long,) = (each for each in found["passed"] if each["seconds"] == 9000)
    assert long["_warnings"] == ["not_too_long"]


def test_every_reader_of_the_records_is_held_to_the_rate_in_their_own_task(
    found: dict[str, list[dict[str, Any]]],
) -> None:
    nodes = {node["id"]: node for node in found["nodes"]}
    readers: dict[str, list[tuple[str, str]]] = {}
    for node in nodes.values():
        for edge in node.get("predecessors", []):
            readers.setdefault(nodes[edge["id"]]["type"], []).append((node["type"], edge["ship_strategy"]))
    (of_bytes,) = (seen for name, seen in readers.items() if "raw_bytes" in name)
    (of_records,) = (seen for name, seen in readers.items() if "raw_records" in name)
    assert [ship for _, ship in of_bytes] == ["FORWARD"]
    assert of_records == [("throttle", "FORWARD")]
    assert {ship for _, ship in readers["throttle"]} == {"FORWARD"}, readers
