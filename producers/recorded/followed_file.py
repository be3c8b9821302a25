"""A growing file as a source that keeps its place: its position is written once Kafka has all lines before it."""

from collections.abc import Callable, Iterator

from producers.recorded.follow import Follower
from producers.recorded.lines import Replay
from producers.recorded.position import Mark, PositionFile
from producers.recorded.split import Line
from producers.sending.batch import Batch


class FollowedFile:
    """The lines of ``follower`` as ``replay`` makes records of them, until ``stop``."""

    def __init__(
        self,
        follower: Follower,
        replay: Replay,
        position: PositionFile,
        speed: float | None,
        stop: Callable[[], bool],
    ) -> None:
        self._follower = follower
        self._replay = replay
        self._position = position
        self._speed = speed
        self._stop = stop
        self._sent: dict[str, Line] = {}
        self._saved: list[Mark] | None = None
        self._is_new = True

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        """What the file holds and gains."""
        return self._replay.batches(self._follower.lines(self._stop), self._speed, clock)

    def sent(self) -> None:
        """Takes down how far what was handed out reaches; rejected lines are kept by then, and count as sent."""
        self._is_new = self._is_new or self._sent != self._replay.taken
        self._sent = dict(self._replay.taken)

    def delivered(self) -> None:
        """Writes the position."""
        if not self._is_new:
            return
        marks = self._follower.marks(self._sent)
        if marks != self._saved:
            self._position.write(marks)
        self._saved, self._is_new = marks, False
