"""Peak resident memory of every process of the stack, by sampling."""

from contextlib import suppress
from pathlib import Path

import psutil

from tidegate.stack import process
from tidegate.stack.supervisor import SERVERS

SAMPLE_EVERY_S = 2.0


class MemoryWatch:
    """Keeps the largest resident size seen of each server, of this process, and of the producer in ``producer_pid``."""

    def __init__(self, home: Path) -> None:
        self.producer_pid: int | None = None
        self._files = [process.ProcessFiles(server.name, home) for server in SERVERS]
        self._peak_bytes: dict[str, int] = {}
        self._peak_sum_bytes = 0

    def sample(self) -> None:
        """Measures all of them once."""
        servers = {files.name: process.running(files) for files in self._files}
        sizes = {name: process.rss_bytes(alive) for name, alive in servers.items() if alive}
        self._peak_sum_bytes = max(self._peak_sum_bytes, sum(sizes.values()))
        sizes["demo"] = int(psutil.Process().memory_info().rss)
        if self.producer_pid is not None:
            with suppress(psutil.NoSuchProcess):
                sizes["producer"] = process.rss_bytes(psutil.Process(self.producer_pid))
        for name, size in sizes.items():
            self._peak_bytes[name] = max(size, self._peak_bytes.get(name, 0))

    def peak_rss_mb(self) -> dict[str, int]:
        """By process; ``stack`` is the largest sum of all servers at one moment."""
        peaks = {**self._peak_bytes, "stack": self._peak_sum_bytes}
        return {name: round(size / 2**20) for name, size in peaks.items()}
