"""Who reads now: readers come and go while the monitor runs, and those that stay are not disturbed."""

import threading
from collections.abc import Sequence

from tidegate.monitor.board import Board
from tidegate.monitor.reading import Reader
from tidegate.monitor.watch import Say, Watch


class Crew:
    """A watch for each reader; what one that goes has told is taken from the board."""

    def __init__(self, board: Board, say: Say) -> None:
        self._board = board
        self._say = say
        self._lock = threading.Lock()
        self._watches: dict[Reader, Watch] = {}
        self._is_dismissed = False

    def man(self, readers: Sequence[Reader]) -> None:
        """From now on these read: those that did before go on, the others of before end."""
        with self._lock:
            if self._is_dismissed:
                return
            names = {reader.name for reader in readers}
            for reader in [known for known in self._watches if known not in readers]:
                self._watches.pop(reader).stop()
                self._board.forget(reader, replaced=reader.name in names)
            for reader in readers:
                if reader not in self._watches:
                    self._watches[reader] = Watch(reader, self._board, self._say)
                    self._watches[reader].start()

    def dismiss(self) -> None:
        """No further reading is begun."""
        with self._lock:
            self._is_dismissed = True
            for watch in self._watches.values():
                watch.stop()
