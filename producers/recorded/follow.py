"""Lines of a file that is written while it is read, through each kind of log rotation, and on from where a run ended.

A renamed file is read on beside its successor until nobody has written to it for an hour: its writer may learn of the
rotation late. Of a file that was copied and truncated, the copy is read on from where the file was read. What was
written after the copy was made and before the truncation is in no file: no reader can have it.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from producers.recorded.position import Mark
from producers.recorded.rotation import find, identity, newer_than
from producers.recorded.split import Line
from producers.recorded.tail import Tail
from tidegate import log
from tidegate.errors import TidegateError

_QUIET_S = 3600.0


class Follower:
    """The lines of ``path`` after ``marks``.

    ``tails`` are the files that are read, oldest first; the last one has the name, or had it until the next is there.

    Raises:
        TidegateError: the file cannot be read.
    """

    def __init__(self, path: Path, marks: Sequence[Mark], clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._keys = map(str, count())
        self._done: list[Tail] = []
        self.tails = [self._opened(found, mark) for mark in marks if (found := self._find(mark))]
        self._look_for_new()
        if not self.tails:
            self._opened(path)  # says why it cannot be
        if self.tails[-1].is_whole and self.tails[-1].path == path:
            self.close()
            raise TidegateError(f"{path} is compressed, so it does not grow.", remedy="Leave out --follow.")

    def lines(self, stop: Callable[[], bool]) -> Iterator[Line | None]:
        """The lines, until ``stop``; None: nothing new for now."""
        while not stop():
            for tail in list(self.tails):
                yield from self._lines_of(tail, stop)
            yield None
            self._look_for_new()

    def marks(self, taken: Mapping[str, Line]) -> list[Mark]:
        """Where to go on after the lines ``taken``, the last of each file by ``Line.file``."""
        for tail in [tail for tail in self._done if tail.is_taken(taken.get(tail.key))]:
            self._done.remove(tail)
            tail.close()
        return [tail.mark(taken.get(tail.key)) for tail in (*self._done, *self.tails)]

    def close(self) -> None:
        """Closes all files."""
        for tail in (*self._done, *self.tails):
            tail.close()

    def _lines_of(self, tail: Tail, stop: Callable[[], bool]) -> Iterator[Line]:
        """What one file has gained."""
        while not stop():
            chunk = tail.read()
            if chunk:
                tail.quiet_since_s = self._clock()
                yield from tail.splitter.feed(chunk)
                continue
            if chunk is None:
                yield from self._replace_truncated(tail)
            elif tail is not self.tails[-1] and self._is_over(tail):
                yield from tail.splitter.rest()
                self._finish(tail)
            return

    def _is_over(self, tail: Tail) -> bool:
        return tail.is_whole or self._clock() - tail.quiet_since_s >= _QUIET_S

    def _replace_truncated(self, tail: Tail) -> Iterator[Line]:
        """Reads a truncated file on in its copy, if there is one, and then from its start."""
        copy = find(self._path, tail.read_so_far(), {each.identity for each in self.tails})
        if copy is not None:
            tail.go_on_in(copy)
            tail.quiet_since_s = self._clock()
        else:
            if tail is self.tails[-1]:
                log.tell(
                    f"{tail.path} was truncated, and no copy lies beside it: what was not read of it by then is gone",
                    "truncated",
                    "warning",
                    path=str(tail.path),
                    line=tail.splitter.number,
                )
            yield from tail.splitter.rest()
            self.tails.remove(tail)
            tail.close()

    def _finish(self, tail: Tail) -> None:
        """Reads no more of a file, but remembers it until all its lines are taken."""
        self.tails.remove(tail)
        self._done.append(tail)

    def _look_for_new(self) -> None:
        """Takes the file in that has the name now, and those that had it since the last look."""
        now = identity(self._path)
        if now is None or (self.tails and self.tails[-1].identity == now):
            return
        if self.tails:
            known = {now, *(tail.identity for tail in (*self._done, *self.tails))}
            between = newer_than(self._path, self.tails[-1].modified_ns(), known)
            self.tails += [self._opened(each) for each in between]
        self.tails.append(self._opened(self._path))

    def _find(self, mark: Mark) -> Path | None:
        found = find(self._path, mark)
        if found is None:
            log.tell(
                f"the file whose first {mark.number:,} lines were sent is not beside {self._path}: what it gained "
                "after them is not sent. Give it with --from if it lies elsewhere",
                "position_lost",
                "warning",
                path=str(self._path),
                line=mark.number,
            )
        return found

    def _opened(self, path: Path, mark: Mark | None = None) -> Tail:
        tail = Tail(path, next(self._keys), mark.offset if mark else 0, mark.number if mark else 0)
        tail.quiet_since_s = self._clock()
        return tail
