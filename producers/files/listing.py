"""What a supplier puts beside the files of a day to say that they are all there."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from producers.files.bad_files import BadFile
from producers.files.tally import Tally
from tidegate.contracts.file_pattern import FilePattern
from tidegate.contracts.file_section import Complete

Made = tuple[Path, Tally, BadFile | None]


def tell(folder: Path, complete: Complete, day: date, made: Iterable[Made]) -> Path | None:
    """Writes the manifest, which keeps the files of an earlier run, or the file that says so; None where neither is."""
    match complete.by:
        case "manifest":
            path = folder / FilePattern.of_day(complete.name or "manifest.json", day)
            kept = json.loads(path.read_text())["files"] if path.exists() else []
            files = {each["name"]: each for each in (*kept, *(_promise(folder, *each) for each in made))}
            path.write_text(json.dumps({"files": [files[name] for name in sorted(files)]}, indent=1) + "\n")
        case "success":
            path = folder / FilePattern.of_day(complete.name or "_SUCCESS", day)
            path.touch()
        case _:
            return None
    return path


def _promise(folder: Path, path: Path, tally: Tally, kind: BadFile | None) -> dict[str, object]:
    sha256 = tally.sha256[::-1] if kind is BadFile.WRONG_SHA256 else tally.sha256
    rows = tally.rows + (kind is BadFile.WRONG_ROW_COUNT)
    name = path.absolute().relative_to(folder).as_posix()
    return {"name": name, "bytes": tally.size_bytes, "sha256": sha256, "rows": rows}
