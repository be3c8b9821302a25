"""Starting servers as text, where there is no terminal."""

import io

from rich.console import Console

from tidegate.stack.start_display import StartDisplay


def test_without_a_terminal_each_healthy_server_is_one_line() -> None:
    text = io.StringIO()
    display = StartDisplay(Console(file=text, width=80))
    display.on_phase("kafka", "starting")
    display.on_phase("registry", "starting")
    display.on_phase("kafka", "healthy")
    display.close()
    (line,) = text.getvalue().splitlines()
    assert line.startswith("kafka        healthy after 0.")
