"""A store that keeps nothing: files are read as they are when they are taken in, and stay where they are."""

from datetime import datetime

from tidegate.clients.file_store import Copying


class Nowhere:
    """Of the file at ``uri``, which is its own copy."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def begin(self, name: str | None = None) -> Copying:
        """As :class:`tidegate.clients.file_store.FileStore`."""
        return _Read(self._uri)

    def sweep(self, before: datetime) -> int:
        """Nothing was begun."""
        return 0

    def remove(self, dataset: str) -> int:
        """Nothing was copied."""
        return 0


class _Read:
    def __init__(self, uri: str) -> None:
        self._uri = uri

    def write(self, part: bytes) -> None:
        """Passes it over."""

    def finish(self, name: str) -> str:
        return self._uri

    def abandon(self) -> None:
        """There is nothing to leave."""
