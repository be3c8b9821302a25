"""How a difference is shown."""

from tidegate.cli.files_diff import lines
from tidegate.files.diff import FileDiff, Side
from tidegate.files.row_diff import RowChange, RowDiff

URI = "file:///in/a.csv"


def test_each_row_is_shown_by_what_became_of_it() -> None:
    changed = RowChange({"id": "b"}, {"id": "b", "page": "/", "n": "1"}, {"id": "b", "page": None, "n": "1"})
    added, removed = RowChange({"id": "n"}, None, {"id": "n", "page": "/x"}), RowChange({"id": "g"}, {"id": "g"}, None)
    rows = RowDiff(1_000, 1, 1, 4, {"added": (added,), "removed": (removed,), "changed": (changed,)})
    before, after = Side(1, URI, "loaded", 6, 1, 0, None), Side(None, URI, "new", 5, 0, 0, "few rows")

    assert [*lines(FileDiff("visits", before, after, rows, ("page is not looked up",)))] == [
        "version 1 (loaded) file:///in/a.csv: 6 rows, 1 rejected, 0 dropped",
        "new file file:///in/a.csv: 5 rows, 0 rejected, 0 dropped: few rows",
        "silver of visits: 1,000 rows added, 1 removed, 1 changed, 4 the same",
        "  + id=n page=/x",
        "  - id=g",
        "  ~ id=b: page / → null",
        "not checked: page is not looked up",
    ]
