"""The Grafana dashboard names only metrics of the closed list, and every expression is PromQL."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.grafana import DASHBOARD, EXPRESSIONS, PANELS, as_asked
from tests.prometheus import promtool
from tidegate.metric_names import METRICS

PROVISIONING = DASHBOARD.parents[1] / "provisioning"
SERIES = {
    name
    for metric in METRICS
    for name in (
        [f"{metric.name}_bucket", f"{metric.name}_sum", f"{metric.name}_count"]
        if metric.kind == "histogram"
        else [metric.name]
    )
}
_NAME = re.compile(r"\b(?:tidegate|flink)_\w+")


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_expressions_name_metrics_of_the_closed_list(expression: str) -> None:
    named = _NAME.findall(expression)
    assert named
    assert set(named) <= SERIES


def test_every_metric_of_the_monitor_is_on_the_dashboard() -> None:
    named = {name for expression in EXPRESSIONS for name in _NAME.findall(expression)}
    exported = {metric.name for metric in METRICS if metric.kind != "histogram"}
    assert exported - named == set()


def test_every_expression_is_promql(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": as_asked(each)} for number, each in enumerate(EXPRESSIONS)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    result = promtool("check", "rules", tmp_path / "rules.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(EXPRESSIONS)} rules found" in result.stdout


def test_panels_have_ids_and_places_of_their_own() -> None:
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    ids = [panel["id"] for panel in panels]
    assert len(ids) == len(set(ids))
    cells = [
        (x, y)
        for panel in panels
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_panels_ask_the_data_source_that_is_provisioned() -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources" / "prometheus.yml").read_text())["datasources"]
    assert {panel["datasource"]["uid"] for panel in PANELS} == {source["uid"]}
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "tidegate.yml").read_text())["providers"]
    assert provider["type"] == "file"
