"""The view of a moment, with a terminal and without."""

import io

import pytest
from rich.console import Console

from tidegate.demo.view import Moment, View, line, table
from tidegate.measure.percentiles import percentiles

MOMENT = Moment(
    phase="traffic",
    elapsed_s=35,
    produced=175_120,
    silver=165_000,
    dropped=4_950,
    in_per_s=5003.2,
    out_per_s=4741.0,
    committed=percentiles([1400.0]),
    searchable=percentiles([]),
    lags={"refine": 9812, "lake": 48_120, "index": 24_410},
    dead_letters={"RULE_VIOLATED": 300, "TRUNCATED": 95},
)
FACTS = ("5,003/s", "4,741/s", "9,812", "48,120", "24,410", "395", "p50 1.4 s")


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_shows_every_number_whole_at_common_widths(width: int) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    console.print(table(MOMENT))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()

    assert [fact for fact in (*FACTS, "175,120", "RULE_VIOLATED 300", "TRUNCATED 95") if fact not in shown] == []
    assert max(map(len, shown.splitlines())) <= width


def test_the_line_has_rates_lag_dead_letters_and_latency() -> None:
    assert [fact for fact in FACTS if fact not in line(MOMENT)] == []


def test_without_a_terminal_two_moments_of_one_second_make_one_line() -> None:
    console = Console(file=io.StringIO(), width=80)
    with View(console) as view:
        view.show(MOMENT)
        view.show(MOMENT)

    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().count("\n") == 1
