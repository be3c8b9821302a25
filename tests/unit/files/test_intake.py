"""Files on their way into the store: whole and hashed, or left as they are. S3: tests/stack/test_take_in_files.py."""

import gzip
import hashlib
import tracemalloc
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from tidegate.clients import file_store
from tidegate.clients.file_store import INCOMING, open_store
from tidegate.clients.landing import FileChangedError, Landing, Listed, open_landing
from tidegate.contracts.file_section import FileSection
from tidegate.errors import TidegateError
from tidegate.files.intake import AT_ONCE, Intake, Left, Wanted, wanted_files
from tidegate.files.manifest import Promised
from tidegate.files.versions import Copy
from tidegate.settings import Settings

DAY = date(2026, 11, 28)
PART = 1000
ROWS = b"a,b\n1,2\n"
ROWS_SHA = hashlib.sha256(ROWS).hexdigest()


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that small files have several."""
    monkeypatch.setattr(file_store, "PART_BYTES", PART)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files arrive."""
    (tmp_path / "in").mkdir()
    return tmp_path


def _intake(folder: Path) -> Intake:
    settings = Settings(files_store=f"file://{folder}/store")
    section = FileSection(format="csv", pattern=f"{folder}/in/{{date:yyyy-MM-dd}}_*")
    return Intake("orders", section, open_landing(settings, f"file://{folder}/in/"), open_store(settings))


def _wanted(folder: Path, name: str, data: bytes, promised: Promised | None = None) -> Wanted:
    (folder / "in" / name).write_bytes(data)
    listed = open_landing(Settings(), f"file://{folder}/in/").look(f"file://{folder}/in/{name}")
    assert listed is not None
    return Wanted(listed, DAY, promised)


def _stored(folder: Path) -> list[Path]:
    return [path for path in (folder / "store").rglob("*") if path.is_file()]


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1, 10 * PART + 7])
def test_a_file_is_in_the_store_byte_for_byte_under_its_hash(folder: Path, size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    sha256 = hashlib.sha256(data).hexdigest()

    copy = _intake(folder).copy(wanted := _wanted(folder, "a", data))

    assert copy == Copy(wanted.listed, DAY, sha256, f"file://{folder}/store/orders/{sha256[:2]}/{sha256}")
    assert [path.read_bytes() for path in _stored(folder)] == [data]


def test_a_packed_file_is_kept_as_it_came(folder: Path) -> None:
    data = gzip.compress(b"a,b\n1,2\n" * 5000, mtime=0)

    copy = _intake(folder).copy(_wanted(folder, "a.csv", data))

    assert (copy.sha256, copy.fault) == (hashlib.sha256(data).hexdigest(), None)


def test_a_file_with_a_fault_is_kept_too(folder: Path) -> None:
    data = gzip.compress(bytes(range(256)) * 100)[:-3]

    copy = _intake(folder).copy(_wanted(folder, "a.csv.gz", data))

    assert copy.fault == "its gzip ends too soon: it is cut off"
    assert [path.read_bytes() for path in _stored(folder)] == [data]


@pytest.mark.parametrize(
    ("promised", "fault", "rows"),
    [
        (Promised("a", 8, ROWS_SHA, 1), None, 1),
        (Promised("a", 9), "it has 8 bytes, and its manifest says 9", None),
        (Promised("a", sha256="0" * 64), f"its SHA-256 is {ROWS_SHA}, and its manifest says {'0' * 64}", None),
    ],
)
def test_a_file_is_held_against_its_manifest(
    folder: Path, promised: Promised, fault: str | None, rows: int | None
) -> None:
    copy = _intake(folder).copy(_wanted(folder, "a", ROWS, promised))

    assert (copy.fault, copy.promised_rows, copy.sha256) == (fault, rows, ROWS_SHA)
    assert [path.name for path in _stored(folder)] == [ROWS_SHA]


class Changing:
    """A landing in which somebody changes a file once its first chunk was read."""

    def __init__(self, landing: Landing, change: Callable[[], object]) -> None:
        self._landing, self._change = landing, change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._landing, name)

    def chunks(self, listed: Listed, chunk_bytes: int) -> Generator[bytes, None, None]:
        for count, chunk in enumerate(self._landing.chunks(listed, chunk_bytes)):
            yield chunk
            if count == 0:
                self._change()


def _grow(path: Path) -> None:
    with path.open("ab") as opened:
        opened.write(b"more")


def _cut(path: Path) -> None:
    with path.open("r+b") as opened:
        opened.truncate(PART + 1)


@pytest.mark.parametrize("size", [10, 100 * PART])
@pytest.mark.parametrize("change", [_grow, _cut, Path.unlink, lambda path: path.write_bytes(b"another")])
def test_a_file_that_changes_while_it_is_read_is_not_taken_in(
    folder: Path, size: int, change: Callable[[Path], object]
) -> None:
    wanted = _wanted(folder, "a", bytes(size))
    intake = _intake(folder)
    intake = replace(intake, landing=Changing(intake.landing, lambda: change(folder / "in" / "a")))

    with pytest.raises(FileChangedError, match="while it was read"):
        intake.copy(wanted)
    assert _stored(folder) == []


def test_files_come_in_their_order_and_one_that_is_gone_does_not_keep_the_others(folder: Path) -> None:
    wanted = [_wanted(folder, f"{number:02}", b"%d" % number * 3000) for number in range(20)]
    (folder / "in" / "07").unlink()

    found = list(_intake(folder).copies(wanted))

    assert [each.listed for each in found] == [each.listed for each in wanted]
    left = [each for each in found if isinstance(each, Left)]
    assert [(each.listed.name, each.reason) for each in left] == [
        ("07", f"file://{folder}/in/07 was removed while it was read")
    ]
    assert len(_stored(folder)) == 19


def test_a_store_that_fails_ends_it_and_leaves_no_half_of_a_file(folder: Path) -> None:
    wanted = [_wanted(folder, f"{number:02}", b"%d" % number * 3000) for number in range(20)]
    intake = _intake(folder)
    (folder / "store" / "orders").write_text("a file where the folder would be")

    with pytest.raises(TidegateError, match="the store of files"):
        list(intake.copies(wanted))
    assert list((folder / "store" / INCOMING).iterdir()) == []


def test_who_takes_no_more_leaves_no_half_of_a_file(folder: Path) -> None:
    wanted = [_wanted(folder, f"{number:02}", b"%d" % number * 3000) for number in range(20)]

    copies = _intake(folder).copies(wanted)
    next(copies)
    copies.close()

    assert list((folder / "store" / INCOMING).iterdir()) == []


class Endless(Changing):
    """A landing with a file that never ends, as far as this test goes."""

    ended = False

    def chunks(self, listed: Listed, chunk_bytes: int) -> Generator[bytes, None, None]:
        if listed.name == "first":
            yield from self._landing.chunks(listed, chunk_bytes)
            return
        for _ in range(1_000_000):
            yield bytes(10)
        self.ended = True


def test_who_takes_no_more_does_not_wait_for_large_files(folder: Path) -> None:
    wanted = [_wanted(folder, "first", b"1"), _wanted(folder, "large", bytes(3 * PART))]
    intake = _intake(folder)
    landing = Endless(intake.landing, lambda: None)

    copies = replace(intake, landing=landing).copies(wanted)
    next(copies)
    copies.close()

    assert not landing.ended
    assert list((folder / "store" / INCOMING).iterdir()) == []


def test_memory_does_not_grow_with_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store, "PART_BYTES", 100_000)
    small, large = (_wanted(folder, name, bytes(size)) for name, size in (("a", 1_000_000), ("b", 20_000_000)))
    peaks = []
    for wanted in (small, large):
        tracemalloc.start()
        _intake(folder).copy(wanted)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 300_000


def test_files_of_a_date_are_wanted_with_what_is_promised_of_them() -> None:
    listed = [Listed(f"s3://landing/{name}", 1, 1, "e") for name in "ab"]
    promised = Promised("a", rows=3)

    assert wanted_files(listed, DAY, {listed[0].uri: promised}) == [
        Wanted(listed[0], DAY, promised),
        Wanted(listed[1], DAY),
    ]


def test_several_files_are_on_their_way_at_once(folder: Path) -> None:
    wanted = [_wanted(folder, f"{number}", b"%d" % number) for number in range(AT_ONCE)]
    intake = _intake(folder)
    all_read = Barrier(AT_ONCE)
    intake = replace(intake, landing=Changing(intake.landing, lambda: all_read.wait(timeout=30)))

    assert [type(each) for each in intake.copies(wanted)] == [Copy] * AT_ONCE


@pytest.mark.parametrize("name", ["a\tb.csv", "a\nb.csv", "a\rb.csv"])
def test_a_file_that_no_job_could_be_told_to_read_is_left(folder: Path, name: str) -> None:
    [left] = _intake(folder).copies([_wanted(folder, name, ROWS)])

    assert isinstance(left, Left)
    assert "has a tab or a line break" in left.reason
    assert "\n" not in left.reason
    assert _stored(folder) == []
