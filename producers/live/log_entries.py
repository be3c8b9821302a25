"""From the lines of a growing log to whole entries, the lines of a stack trace joined to the one they belong to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from producers.live.server_logs import Start, orphan, parse_start
from producers.recorded.split import Line

MAX_LINES = 1000
MAX_BYTES = 256 * 1024


@dataclass(slots=True)
class Entry:
    """One entry: its first line read, the others as they are, and its last line."""

    first: Line
    start: Start
    last: Line
    more: list[bytes] = field(default_factory=list)
    size_bytes: int = 0

    def add(self, line: Line) -> None:
        """Takes one more line in."""
        self.more.append(line.text)
        self.size_bytes += len(line.text)
        self.last = line

    def is_full(self) -> bool:
        """Whether the next line has to begin an entry of its own."""
        return len(self.more) >= MAX_LINES or self.size_bytes >= MAX_BYTES

    def body(self) -> str:
        """All lines; what is no UTF-8 is escaped."""
        rest = (text.decode("utf-8", errors="backslashreplace") for text in self.more)
        return "\n".join([self.start.body, *rest]).strip() or "-"


def entries(
    lines: Iterable[Line | None], clock: Callable[[], float], patience_s: float = 1.0
) -> Iterator[Entry | None]:
    """The entries of a log; None where nothing is complete yet.

    An entry is complete when the next one begins, at the end of its file, or after ``patience_s`` without a line.
    """
    entry: Entry | None = None
    heard_s = clock()
    for line in lines:
        if line is None:
            if entry is not None and clock() - heard_s >= patience_s:
                yield entry
                entry = None
            yield None
            continue
        heard_s = clock()
        text = line.text.decode("utf-8", errors="backslashreplace")
        start = parse_start(text, datetime.fromtimestamp(heard_s, UTC))
        is_new_file = entry is not None and (line.file != entry.last.file or line.number <= entry.last.number)
        if entry is not None and start is None and not entry.is_full() and not is_new_file:
            entry.add(line)
            continue
        if entry is not None:
            yield entry
        entry = Entry(line, start or orphan(text), line) if start or text.strip() else None
    if entry is not None:
        yield entry
