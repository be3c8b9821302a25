"""The closed list is closed, and Flink is asked for nothing else."""

import re

import yaml

from tests.project import PROJECT
from tidegate.metric_names import METRICS, flink_filter
from tidegate.monitor.describe import DOCUMENT


def test_names_follow_prometheus_conventions() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))
    for metric in METRICS:
        own = metric.name.startswith("tidegate_")
        assert own == (metric.source != "flink")
        assert re.fullmatch(r"[a-z_]+" if own else r"\w+", metric.name)
        if own:
            assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.meaning


def test_no_label_is_one_that_prometheus_sets_itself() -> None:
    assert {label for metric in METRICS for label in metric.labels} & {"job", "instance", "le", "quantile"} == set()


def test_flink_is_asked_for_the_metrics_of_the_list_only() -> None:
    exported = {
        "flink_" + scope.replace(".", "_") + "_" + name for scope, name in (part.split(":") for part in flink_filter())
    }
    assert exported == {metric.name for metric in METRICS if metric.source == "flink"}
    assert "jobmanager.job:numRestarts" in flink_filter()


def test_the_document_gives_the_same_filter_for_a_cluster_of_ones_own() -> None:
    (config,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert yaml.safe_load(config)["metrics.reporter.prom.filter.includes"] == flink_filter()


def test_the_image_has_the_same_filter() -> None:
    """Kubernetes has the image's (tests/unit/deploy/test_kubernetes.py)."""
    config = yaml.safe_load((PROJECT / "deploy" / "docker" / "flink-config.yaml").read_text())
    assert config["metrics.reporter.prom.filter.includes"] == flink_filter()
