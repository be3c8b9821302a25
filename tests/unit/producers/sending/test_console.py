"""The line that tells of a run."""

import io

from rich.console import Console

from producers.sending.console import reporting, status_line
from producers.sending.publish import Progress


def test_the_line_names_all_numbers() -> None:
    line = status_line(Progress(sent=12_000, delivered=11_500, failed=3, behind_s=2.25), 5000, 7)
    assert line.plain == "    7 s  sent 12,000  delivered 11,500  5,000/s  behind schedule 2.2 s  errors 3"


def test_being_late_and_failures_stand_out() -> None:
    late = status_line(Progress(sent=1, behind_s=5.0, failed=1), 1, 1)
    fine = status_line(Progress(sent=1), 1, 1)
    assert {str(span.style) for span in late.spans} == {"yellow", "red"}
    assert not fine.spans


def test_nothing_is_said_before_the_first_record() -> None:
    out = io.StringIO()
    with reporting(Console(file=out)) as report:
        report(Progress())
        report(Progress(sent=1))
    assert out.getvalue() == ""
