"""The source of files in a process of its own (``ReadFiles`` of the connectors' tests): it reads files to compare."""

import json
import subprocess
from pathlib import Path
from typing import Any, cast

from tests.project import PROJECT

TEST_CLASSES = PROJECT / "connectors/sql/target/test-classes"
Rows = list[dict[str, Any]]


class Java:
    """The source in a process of its own."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        classpath = f"{environment['FLINK_HOME']}/lib/*:{TEST_CLASSES}"
        self._file = folder / "file.csv"
        self._process = subprocess.Popen(
            [f"{environment['JAVA_HOME']}/bin/java", "-cp", classpath, "io.tidegate.connectors.files.ReadFiles"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def read(self, content: bytes, options: dict[str, str], layout: str | None = None) -> Rows:
        """What comes of all splits, in their order; ``layout``: if the file's is another than its table's."""
        self._file.write_bytes(content)
        task = {"options": options, "file": str(self._file)} | ({"layout": layout} if layout else {})
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the reader has ended"
        return cast(Rows, json.loads(line))

    def end(self) -> None:
        self._process.communicate(timeout=10)


def ends_of(found: Rows) -> Rows:
    """Of the splits."""
    return [row for row in found if row["kind"] == "split"]
