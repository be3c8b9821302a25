"""The Grafana dashboard as tests read it."""

import json
from typing import Any

from tests.project import PROJECT

DASHBOARD = PROJECT / "deploy" / "grafana" / "dashboards" / "tidegate.json"
PANELS: list[dict[str, Any]] = [
    panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel["type"] != "row"
]
EXPRESSIONS: list[str] = [target["expr"] for panel in PANELS for target in panel["targets"]]


def as_asked(expression: str, rate_interval: str = "1m") -> str:
    """The expression as Grafana sends it, with all datasets chosen."""
    return expression.replace("$__rate_interval", rate_interval).replace("$dataset", ".*")
