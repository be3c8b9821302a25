"""A file that a job is told to read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileToRead:
    """A file at ``uri``, of ``size`` bytes, that stands for partition ``number`` of ``name``.

    ``arrived_ms``: ms since 1970, what its rows are ingested at. ``is_repair``: it is one of the gate's own, of mended
    rows.
    """

    uri: str
    size: int
    arrived_ms: int
    number: int
    name: str
    is_repair: bool = False

    @property
    def line(self) -> str:
        """As the connector reads it."""
        return "\t".join((self.uri, str(self.size), str(self.arrived_ms), str(self.number), self.name))
