"""Producer, monitor and Flink under a real Prometheus: names are the list's, numbers the ledger's, panels show data."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
import pytest
import yaml

from tests.grafana import EXPRESSIONS, as_asked
from tests.metrics import PrometheusApi, Scrape, parse, scrape, settled
from tests.pipeline import Pipeline, produce, tidegate
from tests.polling import wait_for
from tests.project import PROJECT
from tests.prometheus import prometheus
from tidegate import metric_names
from tidegate.stack.ports import free_ports
from tidegate.stack.state import load_state

DEPLOYED = PROJECT / "deploy" / "prometheus"
PROOF_WINDOW_S = 600
PROOFS_S = 150
QUIET_S = 5
NOT_EVERYWHERE = {
    metric_names.SINK_HELD_BACK.name,
    metric_names.SEARCH_DISK_USED.name,
    metric_names.NEW_CAUSE.name,
    metric_names.ERROR_BUDGET_STOPPED.name,
}
"""Metrics that are there only once something is held back, new or stopped, and where OpenSearch looks at its disks."""
MARKERS = 200
"""Ends of transactions at the end of silver topics, which count as lag."""


@dataclass(slots=True)
class Monitored:
    """The pipeline under watch, after a run of clicks with bad, duplicate and late events."""

    monitor: int
    flink: tuple[int, int]
    api: PrometheusApi
    began_s: float
    before: Mapping[str, float]
    summary: dict[str, Any] = field(default_factory=dict)
    producer: Scrape = field(default_factory=lambda: Scrape({}))

    def everything(self) -> Scrape:
        """All three sources: monitor and Flink as of now, the producer as it was near its end."""
        found = scrape(self.monitor, *self.flink)
        return Scrape({**found.samples, **self.producer.samples})

    def gained(self) -> dict[str, float]:
        """What the counters of clicks gained since the run began."""
        now = counters(self.monitor)
        return {name: now.get(name, 0) - self.before.get(name, 0) for name in now}


def counters(port: int) -> dict[str, float]:
    """The counters of clicks, dead letters by code and dropped records by rule."""
    found = scrape(port)
    return {
        "in": found.total("tidegate_events_in_total", dataset="clicks"),
        "silver": found.total("tidegate_silver_rows_total", dataset="clicks"),
        "duplicate": found.total("tidegate_duplicates_total", dataset="clicks"),
        **found.by("tidegate_dead_letters_total", "code", dataset="clicks"),
        **found.by("tidegate_dropped_total", "rule", dataset="clicks"),
    }


@pytest.fixture(scope="module")
def monitored(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitored]:
    folder = tmp_path_factory.mktemp("prometheus")
    ports = load_state(pipeline.settings, running=True).ports
    flink = (ports.jobmanager_metrics, ports.taskmanager_metrics)
    monitor_port, producer_port, prometheus_port = free_ports(3)
    targets = {"tidegate-monitor": [monitor_port], "tidegate-flink": [*flink], "tidegate-producer": [producer_port]}
    (folder / "prometheus.yml").write_text(configuration(targets))
    began_s = time.time()
    watch = ("monitor", "--port", str(monitor_port), "--every", "1", "--prove-every", "5",
             "--prove-window", str(PROOF_WINDOW_S))  # fmt: skip
    server = [str(prometheus()), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
              f"--web.listen-address=127.0.0.1:{prometheus_port}", "--log.level=warn"]  # fmt: skip
    with running([sys.executable, "-m", "tidegate", *watch]), running(server):
        api = PrometheusApi(prometheus_port)
        wait_for("Prometheus", api.ready)
        wait_for("the monitor's first readings", partial(first_readings, monitor_port))
        found = Monitored(monitor_port, flink, api, began_s, settled(partial(counters, monitor_port), QUIET_S))
        run_clicks(found, producer_port)
        for dataset in ("orders", "app_logs"):
            produce("--count", "300", "--rate", "600", "--bad-ratio", "0.05", dataset=dataset)
        yield found


def first_readings(port: int) -> bool:
    try:
        found = scrape(port)
    except httpx.HTTPError:
        return False
    return found.total("tidegate_up") == 5 and "tidegate_silver_rows_total" in found.names


def run_clicks(monitored: Monitored, producer_port: int) -> None:
    """Sends clicks for some seconds, and scrapes the producer while it runs."""
    command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--json", "--seconds", "12", "--rate", "400",
               "--seed", "61", "--bad-ratio", "0.05", "--duplicate-ratio", "0.1", "--late-ratio", "0.05",
               "--metrics-port", str(producer_port)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        while process.poll() is None:
            with suppress(httpx.HTTPError):
                monitored.producer = scrape(producer_port)
            time.sleep(0.2)
        assert process.stdout is not None
        monitored.summary = json.loads(process.stdout.read())


@contextmanager
def running(command: list[str]) -> Iterator[None]:
    """The program, until the block ends; it must not end before."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            yield
            assert process.poll() is None, f"{command[0]} ended by itself"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def configuration(targets: dict[str, list[int]]) -> str:
    """The deployed configuration, with other targets and often enough for a test."""
    config = yaml.safe_load((DEPLOYED / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "3s", "evaluation_interval": "3s"}
    config["rule_files"] = [str(DEPLOYED / "rules" / "*.yml")]
    jobs = {job["job_name"] for job in config["scrape_configs"]} - {"prometheus"}
    assert jobs == targets.keys()
    config["scrape_configs"] = [
        {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}]}
        for name, ports in targets.items()
    ]
    return str(yaml.safe_dump(config))


def test_counters_gain_what_the_ledger_says(monitored: Monitored) -> None:
    summary = monitored.summary
    expected: Counter[str] = Counter({"in": summary["sent"]})
    expected.update({name: summary["expected"][name] for name in ("silver", "duplicate")})
    for bad in summary["bad"].values():
        expected[bad["error_code"]] += bad["count"]
    expected.update(summary["dropped"])
    assert expected["duplicate"] > 100 and len(expected) > 10

    def gained() -> bool:
        return {name: value for name, value in monitored.gained().items() if value} == dict(expected)

    try:
        wait_for("the counters", gained)
    except AssertionError:
        assert monitored.gained() == dict(expected)


def test_producers_counters_are_those_of_its_summary(monitored: Monitored) -> None:
    producer = monitored.producer
    assert 0 < producer.total("tidegate_producer_delivered_total", dataset="clicks") <= monitored.summary["sent"]
    assert producer.total("tidegate_producer_failed_total") == 0


def test_every_name_of_the_list_is_exported_with_its_labels_and_no_other(monitored: Monitored) -> None:
    proofs = partial(scrape, monitored.monitor)
    wait_for("a proof of each dataset", lambda: len(proofs().labels_of("tidegate_proof_ok")) == 3, timeout_s=PROOFS_S)
    found = monitored.everything()
    suffixes = ("_bucket", "_sum", "_count")
    allowed = {names_of: metric for metric in metric_names.METRICS for names_of in exported_names(metric)}
    strangers = {name for name in found.names if name.startswith(("tidegate_", "flink_"))} - allowed.keys()
    assert strangers == set()
    assert allowed.keys() - found.names <= NOT_EVERYWHERE
    for name, metric in allowed.items():
        for labels in found.labels_of(name):
            own = labels.keys() - {"le"} if name.endswith(suffixes) else labels.keys()
            assert own >= set(metric.labels) if metric.source == "flink" else own == set(metric.labels), name


def exported_names(metric: metric_names.Metric) -> list[str]:
    if metric.kind == "histogram":
        return [f"{metric.name}{suffix}" for suffix in ("_bucket", "_sum", "_count")]
    return [metric.name]


def test_everything_is_up_and_proved(monitored: Monitored) -> None:
    found = scrape(monitored.monitor)
    assert found.by("tidegate_up", "server") == dict.fromkeys(("flink", "kafka", "lake", "opensearch", "registry"), 1)
    assert found.by("tidegate_job_up", "job_name") == dict.fromkeys(("index", "lake", "metrics", "refine"), 1)

    def proved() -> bool:
        now = scrape(monitored.monitor)
        records = now.by("tidegate_proof_records", "verdict", dataset="clicks")
        return records.get("raw", 0) >= monitored.summary["sent"] and now.total("tidegate_proof_ok") == 3

    wait_for("a proof with all clicks of the run", proved, timeout_s=PROOFS_S)
    records = scrape(monitored.monitor).by("tidegate_proof_records", "verdict", dataset="clicks")
    assert records.pop("raw") == sum(records.values())


def test_gauges_are_what_the_servers_say(monitored: Monitored) -> None:
    def caught_up() -> bool:
        found = scrape(monitored.monitor)
        events = found.total("tidegate_events_in_total", dataset="clicks")
        lag = found.total("tidegate_lag_records", dataset="clicks")
        return lag < MARKERS and found.total("tidegate_lake_rows", table="bronze.clicks") == events

    wait_for("jobs at the end of their topics, and every event in bronze", caught_up)
    found = scrape(monitored.monitor)
    jobs = {labels["job_name"] for labels in found.labels_of("tidegate_lag_records")}
    assert jobs == {"index", "lake", "metrics", "refine"}
    assert found.total("tidegate_checkpoint_age_seconds", job_name="refine") < 60
    assert found.total("tidegate_checkpoint_interval_seconds", job_name="refine") == 2
    files, most, average = (
        found.total(f"tidegate_lake_{name}", table="bronze.clicks")
        for name in ("files", "partition_files_max", "partition_files_avg")
    )
    assert files >= most >= average >= 1


def test_latencies_were_measured_on_samples(monitored: Monitored) -> None:
    committed, searchable = "tidegate_committed_latency_seconds", "tidegate_searchable_latency_seconds"
    wait_for("samples", lambda: scrape(monitored.monitor).total(f"{searchable}_count", dataset="clicks") > 0)
    found = scrape(monitored.monitor)
    mean = {
        name: found.total(f"{name}_sum", dataset="clicks") / found.total(f"{name}_count", dataset="clicks")
        for name in (committed, searchable)
    }
    assert 0 < mean[committed] < mean[searchable] < 120
    assert found.total("tidegate_searchable_lost_total") == 0


def test_verdicts_of_the_sink_add_up_to_its_documents(monitored: Monitored) -> None:
    prefix = "flink_taskmanager_job_task_operator"

    def agree() -> bool:
        found = scrape(*monitored.flink)
        done = sum(found.total(f"{prefix}_status_verdicts", job_name="index", status=each) for each in ("2xx", "409"))
        return 0 < done == found.total(f"{prefix}_documentsIndexed", job_name="index")

    wait_for("as many verdicts as documents", agree)


def test_a_monitor_started_again_goes_on_counting(monitored: Monitored) -> None:
    """The second one reads no dead letter again, and says the same."""
    names_kept = ("tidegate_dead_letters_total", "tidegate_dropped_total", "tidegate_events_in_total")
    settled(partial(counters, monitored.monitor), 2)
    other = parse(tidegate("monitor", "--once"))
    first = scrape(monitored.monitor)
    assert {name: other.samples[name] for name in names_kept} == {name: first.samples[name] for name in names_kept}


def test_every_panel_of_the_grafana_dashboard_shows_data(monitored: Monitored) -> None:
    def empty() -> list[str]:
        now_s = time.time()
        named = [each for each in EXPRESSIONS if not any(name in each for name in NOT_EVERYWHERE)]
        return [each for each in named if not monitored.api.range(as_asked(each), monitored.began_s, now_s)]

    with suppress(AssertionError):
        wait_for("data in every panel", lambda: not empty(), timeout_s=30)
    assert empty() == []
    assert len(EXPRESSIONS) > 40


def test_every_rule_is_evaluated_without_an_error(monitored: Monitored) -> None:
    rules = monitored.api.rules()
    assert {rule["name"]: rule.get("lastError") for rule in rules if rule["health"] != "ok"} == {}
    firing = {rule["name"] for rule in rules if rule["type"] == "alerting" and rule["state"] == "firing"}
    # A twentieth of what was sent is bad: a share at the error budget's limit, and maybe of a kind that was not there.
    assert firing - {"TidegateNewDeadLetterCause", "TidegateErrorBudgetPassed"} == set()
    assert len(rules) == len(re.findall(r"- (?:alert|record):", (DEPLOYED / "rules" / "tidegate.yml").read_text()))
