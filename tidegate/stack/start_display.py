"""What a person sees while the servers start."""

import time

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tidegate import log
from tidegate.stack.supervisor import Phase


class StartDisplay:
    """One line per server: live in a terminal, one line for each healthy server elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began: float | None = None
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description:<12} {task.fields[phase]:<16}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def on_phase(self, name: str, phase: Phase) -> None:
        """Show what a server does now."""
        self._began = self._began or time.monotonic()
        log.event("server", server=name, phase=phase, seconds=round(time.monotonic() - self._began, 1))
        if not self._console.is_terminal:
            if phase == "healthy":
                self._console.print(f"{name:<12} healthy after {time.monotonic() - self._began:.1f} s")
            return
        self._progress.start()
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=1, phase=phase)
        self._progress.update(self._tasks[name], phase=phase, completed=int(phase == "healthy"))

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._tasks:
            self._progress.stop()
