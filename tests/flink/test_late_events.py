"""An event that comes when the state of its minute is gone leaves the figure as it is, and is counted.

Days are seconds here: the real view of silver with a lateness of ten seconds, over state that lives for fourteen.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.metrics import Scrape, parse
from tests.polling import HANGS_S
from tests.unit.sql.visits import stream
from tidegate.metric_names import EVENTS_NOT_COUNTED, flink_filter
from tidegate.sql.ddl import column_lines
from tidegate.sql.metrics import Counted, silver_view
from tidegate.stack.flink import METRICS_REPORTER
from tidegate.stack.ports import LOOPBACK, free_ports

VISITS_A_MINUTE = """select page, count(*) as visits
from silver group by cast(floor(visited_at to minute) as timestamp_ltz(3)), page"""
LATENESS_S, STATE_LIVES_S = 10, 14

RUN = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen
from pyflink.common import Configuration
from pyflink.table import EnvironmentSettings, TableEnvironment
from flink_jobs.sql_functions import register_functions

given, folder, metrics = json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
configuration = Configuration()
for name, value in given["settings"].items():
    configuration.set_string(name, value)
flink = TableEnvironment.create(EnvironmentSettings.new_instance().with_configuration(configuration).build())
register_functions(flink)
flink.execute_sql(given["table"].replace("FOLDER", str(folder)))
flink.execute_sql(given["view"])
figures = {}


def send(name, *visits):
    lines = [json.dumps(given["visit"] | {"page": page, "visited_at": at(visited_s), "_ingested_at": at(visited_s + 1)})
             for page, visited_s in visits]
    (folder / f".{name}").write_text("".join(line + chr(10) for line in lines))
    (folder / f".{name}").rename(folder / f"{name}.json")


def at(second):
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + "Z"


def read_until(rows, page, visits):
    while figures.get(page) != visits:
        row = next(rows)
        if row.get_row_kind().value in (0, 2):
            figures[row[0]] = row[1]


now = time.time()
send("first", ("/is-up", now + 3600))
with flink.execute_sql(given["metric"]).collect() as rows:
    read_until(rows, "/is-up", 1)
    seen = time.time()
    send("second", ("/a", seen), ("/a", seen), ("/a", seen))
    read_until(rows, "/a", 3)
    gone = time.time() + given["state_lives_s"]
    while time.time() < gone:
        time.sleep(0.2)
    send("third", ("/a", seen), ("/marker", time.time()))
    read_until(rows, "/marker", 1)
    text = urlopen(metrics, timeout=30).read().decode()
print(json.dumps({"figures": figures, "metrics": text}))
"""


class Outcome:
    """The last figure of each page, and what was exported."""

    def __init__(self, printed: dict[str, Any]) -> None:
        self.figures: dict[str, int] = printed["figures"]
        self.scrape: Scrape = parse(printed["metrics"])


def outcome(view: str, environment: dict[str, str], folder: Path) -> Outcome:
    """Three visits, and one more of their time when the state is gone."""
    (port,) = free_ports(1)
    body = ", ".join([*column_lines(stream().silver_columns), "_error_code STRING"])
    source = "'connector' = 'filesystem', 'path' = 'file://FOLDER', 'source.monitor-interval' = '200 ms'"
    settings = {
        "parallelism.default": "1",
        "restart-strategy.type": "disable",
        "table.local-time-zone": "UTC",
        "table.exec.state.ttl": f"{STATE_LIVES_S} s",
        "metrics.reporter.prom.factory.class": METRICS_REPORTER,
        "metrics.reporter.prom.port": str(port),
        "metrics.reporter.prom.filter.includes": ";".join(flink_filter()),
    }
    given = {
        "settings": settings,
        "table": f"CREATE TABLE silver_records ({body}) WITH ({source}, 'format' = 'json')",
        "view": view,
        "metric": VISITS_A_MINUTE,
        "state_lives_s": STATE_LIVES_S + 1,
        "visit": {"_warnings": []},
    }
    metrics = f"http://{LOOPBACK}:{port}/metrics"
    command = [sys.executable, "-c", RUN, json.dumps(given), str(folder), metrics]
    # A cluster inside of a program has no plugins: it takes reporters from the class path, which this adds to.
    reporter = Path(environment["FLINK_HOME"]) / "plugins" / "metrics-loopback" / "*"
    variables = environment | {"HADOOP_CLASSPATH": str(reporter)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    return Outcome(json.loads(done.stdout.splitlines()[-1]))


def test_without_a_look_at_the_clock_a_right_figure_is_overwritten(
    flink_environment: dict[str, str], tmp_path: Path
) -> None:
    """What the test below is about does happen."""
    view = "CREATE TEMPORARY VIEW silver AS SELECT * FROM silver_records WHERE _error_code IS NULL"

    assert outcome(view, flink_environment, tmp_path).figures["/a"] == 1


def test_an_event_that_outlived_its_state_is_counted_and_changes_nothing(
    flink_environment: dict[str, str], tmp_path: Path
) -> None:
    view = silver_view(stream(), Counted(LATENESS_S / 3600)).sql

    found = outcome(view, flink_environment, tmp_path)

    assert found.figures == {"/is-up": 1, "/a": 3, "/marker": 1}
    assert found.scrape.by(EVENTS_NOT_COUNTED.name, "reason", dataset="visits") == {"before_since": 0, "too_late": 1}
