"""Which files of a table are to be put together, and to how many. Pure.

By the rules of Iceberg's ``BinPackRewriteFilePlanner``, with the sizes that the job is given: so a dry run tells what
the job does. Files that rows were deleted from, which the job may rewrite beside these, are not looked for here.
"""

import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from tidegate.clients.lake_contents import ListedFile
from tidegate.errors import TidegateError

_MB = 1024 * 1024
_SMALLEST, _LARGEST = 0.75, 1.8
"""Iceberg's own, of the size that is aimed at: what is between them is left alone."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """In bytes: what a file is to have, and what one task rewrites at a time; ``files``: fewer are left alone."""

    target: int = 128 * _MB
    group: int = 1024 * _MB
    files: int = 5

    @property
    def smallest(self) -> int:
        """A smaller file is put together with others."""
        return int(self.target * _SMALLEST)

    @property
    def largest(self) -> int:
        """A larger one is divided."""
        return int(self.target * _LARGEST)


@dataclass(frozen=True, slots=True)
class Small:
    """Of one partition, so many files of ``bytes`` in all are to become ``into``."""

    partition: str
    files: int
    bytes: int
    into: int


@dataclass(frozen=True, slots=True)
class Compaction:
    """What one job is asked for; the job reads it as JSON."""

    table: str
    partitions: tuple[str, ...]
    sizes: Sizes
    parallelism: int

    def to_json(self) -> str:
        """See :meth:`from_json`."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Compaction":
        """As :meth:`to_json` has written it."""
        facts = json.loads(text)
        return cls(facts["table"], tuple(facts["partitions"]), Sizes(**facts["sizes"]), facts["parallelism"])


def small_files(files: Iterable[ListedFile], sizes: Sizes) -> list[Small]:
    """By partition, in their order."""
    partitions = defaultdict[str, list[int]](list)
    for file in files:
        if not file.is_delete and not sizes.smallest <= file.bytes <= sizes.largest:
            partitions[file.partition].append(file.bytes)
    found = [_small(name, list(_groups(each, sizes)), sizes) for name, each in sorted(partitions.items())]
    return [each for each in found if each.files]


def in_partitions(files: Iterable[ListedFile], asked: str | None) -> list[ListedFile]:
    """Those of the partitions that have all that is asked: ``year=2026,month=11`` is a month.

    Raises:
        TidegateError: it is not of this form, or no file is there.
    """
    every = list(files)
    if asked is None:
        return every
    wanted = {_part(part) for part in asked.replace("/", ",").split(",")}
    found = [file for file in every if wanted <= {_part(part) for part in file.partition.split("/")}]
    if not found:
        known = sorted({file.partition for file in every})
        remedy = f"There are {known[0]} to {known[-1]}." if known else "The table has no rows."
        raise TidegateError(f"no file is in a partition {asked}.", remedy=remedy)
    return found


def by_columns(partitions: Iterable[str], columns: Container[str]) -> tuple[str, ...]:
    """The partitions, if a condition on columns can name each; else none, as where they are days of a time."""
    every = tuple(partitions)
    parts = [part.partition("=")[0] for name in every for part in name.split("/")]
    return every if all(part in columns for part in parts) else ()


def _part(text: str) -> tuple[str, str]:
    """A number may have zeros before it."""
    name, _, value = text.strip().partition("=")
    return name.strip(), str(int(value)) if value.strip().isdigit() else value.strip()


def _groups(sizes_of: Sequence[int], sizes: Sizes) -> Iterator[list[int]]:
    """One after the other, as many as go into a group; those that are worth the work."""
    group: list[int] = []
    for size in sizes_of:
        if group and sum(group) + size > sizes.group:
            yield from [group] if _worthwhile(group, sizes) else []
            group = []
        group.append(size)
    yield from [group] if group and _worthwhile(group, sizes) else []


def _worthwhile(group: Sequence[int], sizes: Sizes) -> bool:
    enough = len(group) > 1 and (len(group) >= sizes.files or sum(group) > sizes.target)
    return enough or sum(group) > sizes.largest


def _small(name: str, groups: Sequence[Sequence[int]], sizes: Sizes) -> Small:
    into = sum(_into(sum(group), sizes) for group in groups)
    return Small(name, sum(map(len, groups)), sum(map(sum, groups)), into)


def _into(size: int, sizes: Sizes) -> int:
    """A rest that is small is spread over the others, where these do not become a tenth larger by it."""
    whole, rest = divmod(size, sizes.target)
    if not whole or rest > sizes.smallest:
        return whole + bool(rest) if whole else 1
    room = min(1.1 * sizes.target, sizes.target + (sizes.largest - sizes.target) * 0.5)
    return whole if not rest or size // whole < room else whole + 1
