"""Copies data files of a lake table to the archive, before their rows are taken out of the table.

By the name of the file, so what is copied twice is there once. Without personal values: they are not kept any longer
because a row is. A file that has none is copied by S3 itself; others are written anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO

import pyarrow.parquet as pq
from pyiceberg.table import FileScanTask, Table

from tidegate.clients.lake_erase import emptied, has_values
from tidegate.clients.lake_pieces import read_pieces
from tidegate.clients.lake_store import plain_path
from tidegate.clients.s3 import Place, ensure_bucket, open_s3, place_of, s3_errors
from tidegate.settings import Settings


def archived_at(root: Place, table: Table, day: date, path: str) -> Place:
    """Where a file of a day is kept: below the table's name and its partition, as engines find partitions."""
    name, file = ".".join(table.name()), PurePosixPath(path).name
    return root.below(f"{name}/year={day.year}/month={day.month}/day={day.day}/{file}")


@dataclass(slots=True)
class Archive:
    """The archive for one table; ``paths`` are those of personal values, ``files`` counts what is there now."""

    settings: Settings
    root: Place
    table: Table
    paths: Sequence[str] = ()
    _done: set[str] = field(default_factory=set)

    @property
    def files(self) -> int:
        return len(self._done)

    def take(self, days: Sequence[tuple[date, FileScanTask]]) -> None:
        """Copies the files that are not there by this command yet.

        Raises:
            TransientError: S3 is out of reach. TidegateError: it refuses.
        """
        client = open_s3(self.settings)
        ensure_bucket(self.settings, client, self.root.bucket)
        for day, task in days:
            source, to = task.file.file_path, archived_at(self.root, self.table, day, task.file.file_path)
            if source in self._done:
                continue
            with s3_errors(self.settings, f"the archive {to.uri}"):
                if has_values(self.table, task, self.paths):
                    with self._without_values(task) as file:
                        client.upload_fileobj(file, to.bucket, to.key)
                else:
                    place = place_of(f"s3://{plain_path(source)}")
                    client.copy({"Bucket": place.bucket, "Key": place.key}, to.bucket, to.key)
            self._done.add(source)

    @contextmanager
    def _without_values(self, task: FileScanTask) -> Iterator[IO[bytes]]:
        known = {*self.table.schema().column_names}
        paths = [path for path in self.paths if path in known]
        pieces = (emptied(rows, paths) for rows in read_pieces(self.table, task))
        first = next(pieces)  # a file that may have values has rows
        with TemporaryFile() as file:
            with pq.ParquetWriter(file, first.schema, compression="zstd") as writer:
                for rows in chain((first,), pieces):
                    writer.write_table(rows)
            file.seek(0)
            yield file
