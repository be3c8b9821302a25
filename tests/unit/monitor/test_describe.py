"""The document says what the closed list says."""

from tidegate.metric_names import METRICS
from tidegate.monitor.describe import DOCUMENT, MARKER, renewed


def test_the_document_has_the_tables_of_the_list() -> None:
    document = DOCUMENT.read_text()
    assert document == renewed(document), "run `python -m tidegate.monitor.describe`"
    assert all(f"`{metric.name}`" in document for metric in METRICS)


def test_what_people_wrote_before_the_tables_stays() -> None:
    text = renewed(f"# Metrics\n{MARKER}an older table")

    assert text.startswith(f"# Metrics\n{MARKER}")
    assert "an older table" not in text
