"""The closed list as tables in docs/metrics.md: ``python -m tidegate.monitor.describe`` writes them."""

from collections.abc import Iterator
from pathlib import Path

from tidegate.metric_names import Metric, Source, of_source

TITLES: dict[Source, str] = {
    "monitor": "From `tidegate monitor`",
    "flink": "From Flink's Prometheus reporter",
    "producer": "From a producer with `--metrics-port`",
}
MARKER = "<!-- What follows is made by `python -m tidegate.monitor.describe`. -->\n"
DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"


def renewed(document: str) -> str:
    """The document with its tables made again; what stands before the marker stays."""
    before, marker, _ = document.partition(MARKER)
    return "\n".join([before + marker, *(line for source in TITLES for line in _section(source))])


def _section(source: Source) -> Iterator[str]:
    yield f"## {TITLES[source]}\n"
    yield "| name | type | labels | meaning | what to do |"
    yield "|---|---|---|---|---|"
    yield from map(_row, of_source(source))
    yield ""


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} | {metric.act} |"


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text()))
