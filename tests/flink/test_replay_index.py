"""A replay into the index: rows of the lake's silver table that are of the range become documents of one version.

Flink runs within the test's process, the lake is a folder, OpenSearch and the registry are a few lines. Real servers:
``tests/jobs/test_replay_lake.py``.
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

VERSION = 1_789_990_000_000_000
RUN = """
import sys
from dataclasses import replace
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.table import StreamTableEnvironment
from flink_jobs.configured import configuration_of
from flink_jobs.dry_run import OPTIONS
from flink_jobs.job import Job, Part
from flink_jobs.submit import attach
from tests.contracts import SCHEMAS
from tests.unit.sql import visits
from tidegate.contracts.load import platform_schema
from tidegate.replay.row_range import EventTimes, RowRange
from tidegate.settings import Settings
from tidegate.sql import lake, replay_index
from tidegate.sql.connections import Connections
from tidegate.sql.job_sql import Insert, JobSql, Table

folder, server, version = sys.argv[1:]
connections = Connections(
    kafka={"bootstrap.servers": "127.0.0.1:1"}, registry={"registry.url": server}, opensearch={"hosts": server},
    opensearch_login={}, lake_catalog={"catalog-type": "hadoop", "warehouse": f"file://{folder}"},
)
platform = replace(visits.PLATFORM, connections=connections, dead_letter=platform_schema(SCHEMAS, "dead_letter"))
seen = {"type": "array", "items": visits.record("Seen", at=visits.TIME)}
silver = {**visits.SILVER, "fields": [*visits.SILVER["fields"], {"name": "seen", "type": seen}]}
stream = replace(visits.stream(), silver=silver)

def run(sql, name):
    options = {**OPTIONS, **replay_index.OPTIONS}
    environment = StreamExecutionEnvironment.get_execution_environment(configuration_of(options))
    attach(Part(Job(name, lambda *_: sql), stream, Settings()), StreamTableEnvironment.create(environment), environment)
    environment.execute(name)

def row(partition, offset, at):
    time = f"CAST(TIMESTAMP '{at}' AS TIMESTAMP_LTZ(6))"
    text, none = "CAST('/' AS STRING)", "CAST(NULL AS STRING)"
    return (f"({partition}, CAST({offset} AS BIGINT), 'v{offset}', {time}, 'me', {text}, {none}, 7, {none}, "
            f"CAST(NULL AS INT), 'raw.visits', {time}, 1, ARRAY['late'], ARRAY[ROW({time})], 2026, 9, 21)")

rows = [row(2, 9, "2026-09-21 12:00:00.123456"), row(2, 10, "2026-09-21 12:00:00.123456"),
        row(2, 11, "2026-09-22 00:00:00"), row(2, 12, "2026-09-23 00:00:00"), row(2, 20, "2026-09-21 12:00:00"),
        row(3, 10, "2026-09-21 12:00:00")]
run(JobSql(0, (
    lake.lake_catalog(connections.lake_catalog),
    Table("lake.silver", "CREATE DATABASE IF NOT EXISTS lake.`silver`"),
    lake.silver_table(stream),
), inserts=(Insert("silver", f"INSERT INTO lake.silver.visits VALUES {', '.join(rows)}"),)), "fill")
asked = RowRange({2: (10, 20), 3: (0, 0)}, EventTimes("visited_at", None, 1_790_121_600_000_000))
again = replay_index.DocumentsAgain("visits", "20260102t030405-abcd", asked.sql_condition, int(version))
run(replay_index.job_sql(stream, stream.contract.index, platform, again), "replay")
"""


class Search(HTTPServer):
    """Takes every document, and knows every schema."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.lines: list[dict[str, Any]] = []


class _Answers(BaseHTTPRequestHandler):
    server: Search

    def do_GET(self) -> None:
        self._answer({"id": 7, "schema": "{}"})

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self.path.startswith("/_bulk"):
            self._answer({"id": 7})
            return
        lines = [json.loads(line) for line in text.splitlines()]
        self.server.lines += lines
        items = [{"index": {"status": 200}} for _ in lines[::2]]
        self._answer({"errors": False, "items": items})

    def _answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def search() -> Iterator[Search]:
    server = Search()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_rows_of_the_range_become_documents_of_their_day_under_one_version(
    flink_environment: dict[str, str], search: Search, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", RUN, str(tmp_path), f"http://127.0.0.1:{search.server_port}", str(VERSION)]

    done = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False, timeout=HANGS_S)

    assert done.returncode == 0, done.stderr[-5000:]
    actions = [line["index"] for line in search.lines[::2]]
    at = {"version_type": "external_gte", "version": VERSION}
    assert sorted(actions, key=lambda action: str(action["_id"])) == [
        {"_index": "events-visits-2026.09.21", "_id": "v10", **at},
        {"_index": "events-visits-2026.09.22", "_id": "v11", **at},
    ]
    [document] = [line for line in search.lines[1::2] if line["id"] == "v10"]
    time = "2026-09-21T12:00:00.123Z"
    assert (document["visited_at"], document["_ingested_at"], document["seen"]) == (time, time, [{"at": time}])
    assert (document["_source_partition"], document["_source_offset"], document["_warnings"]) == (2, 10, ["late"])
    assert document.keys().isdisjoint({"year", "month", "day"})
