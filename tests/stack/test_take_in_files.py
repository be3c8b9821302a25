"""Daily files on real servers: out of S3 into the store, with their versions in the lake's table."""

import gzip
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.unit.files.made_files import files_of
from tidegate.clients import file_store
from tidegate.clients.file_store import PART_BYTES, open_store, part_bytes
from tidegate.clients.file_version import FileVersion
from tidegate.clients.file_versions import change_versions, read_history, read_versions
from tidegate.clients.landing import FileChangedError, Landing, Listed, open_landing
from tidegate.clients.s3 import ensure_bucket, open_s3, place_of
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError
from tidegate.files.intake import Intake, Wanted
from tidegate.files.take_in import Taken, look, take_in
from tidegate.files.versions import Copy, taken_in
from tidegate.settings import Settings

DAY = date(2026, 11, 28)
BUCKET = "landing"
SEVERAL_PARTS = random.Random(1).randbytes(3 * PART_BYTES + 4321)
AT_WORK = """
import sys
from tests.stack.test_take_in_files import DAY, dataset
from tidegate.files.take_in import take_in
from tidegate.settings import get_settings

def wait(_):
    print("copied", flush=True)
    sys.stdin.read()

take_in(get_settings(), dataset(sys.argv[1]), DAY, tell=wait)
"""


class Supplier:
    """Who puts files of one dataset into the bucket."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.client, self.name = settings, open_s3(settings), f"orders_{uuid4().hex[:8]}"
        ensure_bucket(settings, self.client, BUCKET)

    def put(self, name: str, data: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"{self.name}/{DAY}/{name}", Body=data)

    def remove(self, name: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=f"{self.name}/{DAY}/{name}")

    def take_in(self, **section: Any) -> Taken:
        return take_in(self.settings, dataset(self.name, **section), DAY)

    def bytes_of(self, uri: str) -> bytes:
        place = place_of(uri)
        return bytes(self.client.get_object(Bucket=place.bucket, Key=place.key)["Body"].read())


def dataset(name: str, **section: Any) -> Files:
    """Its files are below its name."""
    return files_of(f"s3://{BUCKET}/{name}/{{date:yyyy-MM-dd}}/*", name, **{"complete": {"by": "always"}, **section})


@pytest.fixture
def supplier(stack: Settings) -> Supplier:
    """Of a dataset of its own."""
    return Supplier(stack)


def _states(versions: tuple[FileVersion, ...]) -> list[tuple[int, str, str]]:
    return [(each.number, each.uri.rpartition("/")[2], each.state) for each in versions]


def test_files_of_a_manifest_go_into_the_store_and_a_corrected_one_beside_the_old(supplier: Supplier) -> None:
    contents = {"a.csv": b"id,at\n1,x\n", "b.csv.gz": gzip.compress(b"id,at\n2,x\n"), "c.bin": SEVERAL_PARTS}
    promised = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "rows": 1}
        for name, data in contents.items()
    ]
    for name, data in contents.items():
        supplier.put(name, data)
    supplier.put("d.csv", b"the manifest does not name it")
    waiting = supplier.take_in(complete={"by": "manifest", "name": "_files.json"})
    assert waiting.versions == ()
    supplier.put("_files.json", json.dumps({"files": promised}).encode())

    taken = supplier.take_in(complete={"by": "manifest", "name": "_files.json"})

    assert _states(taken.versions) == [(number, name, "checked") for number, name in enumerate(contents, 1)]
    for version, data in zip(taken.versions, contents.values(), strict=True):
        sha256 = hashlib.sha256(data).hexdigest()
        assert version.stored == f"s3://files/{supplier.name}/{sha256[:2]}/{sha256}"
        assert (version.size, version.promised_rows) == (len(data), 1)
        assert supplier.bytes_of(version.stored) == data
    assert [told.state for told in taken.days[0].files] == ["checked", "checked", "checked", "unnamed"]

    supplier.put("a.csv", b"id,at\n1,y\n")
    again = supplier.take_in()

    assert _states(again.versions)[0] == (1, "a.csv", "superseded")
    assert _states(again.versions)[3:] == [(4, "a.csv", "checked"), (5, "d.csv", "checked")]
    assert look(supplier.settings, dataset(supplier.name)).versions == again.versions


def test_a_large_file_that_is_not_what_its_manifest_says_is_under_its_own_hash(supplier: Supplier) -> None:
    promised = [{"name": "a.bin", "sha256": "0" * 64}]
    supplier.put("a.bin", SEVERAL_PARTS)
    supplier.put("manifest.json", json.dumps({"files": promised}).encode())

    (version,) = supplier.take_in(complete={"by": "manifest"}).versions

    assert (version.state, version.sha256) == ("quarantined", hashlib.sha256(SEVERAL_PARTS).hexdigest())
    assert supplier.bytes_of(version.stored) == SEVERAL_PARTS
    kept = supplier.client.list_objects_v2(Bucket="files", Prefix=f"{supplier.name}/")
    assert kept["KeyCount"] == 1
    assert supplier.client.list_multipart_uploads(Bucket="files").get("Uploads", []) == []


def test_a_large_file_gets_its_name_in_several_requests(supplier: Supplier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_store._COPY, "multipart_threshold", PART_BYTES)
    monkeypatch.setattr(file_store._COPY, "multipart_chunksize", PART_BYTES)
    supplier.put("a.bin", SEVERAL_PARTS)

    (version,) = supplier.take_in().versions

    assert supplier.bytes_of(version.stored) == SEVERAL_PARTS


def test_thousands_of_files_are_listed_over_several_pages(supplier: Supplier) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: supplier.put(f"{number:04}.csv", b"%d" % number), range(1050)))

    (found,) = look(supplier.settings, dataset(supplier.name), DAY).days

    assert len(found.files) == 1050


class Overwritten:
    """A landing in which a file is replaced by another one while it is read."""

    def __init__(self, landing: Landing, supplier: Supplier, data: bytes | None) -> None:
        self._landing, self._supplier, self._data = landing, supplier, data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._landing, name)

    def chunks(self, listed: Listed, chunk_bytes: int) -> Generator[bytes, None, None]:
        for count, chunk in enumerate(self._landing.chunks(listed, chunk_bytes)):
            yield chunk
            if count == 0 and self._data is None:
                self._supplier.remove(listed.name)
            elif count == 0:
                self._supplier.put(listed.name, self._data or b"")


@pytest.mark.parametrize("data", [SEVERAL_PARTS[::-1], b"short", None])
@pytest.mark.parametrize("size", [100, len(SEVERAL_PARTS)])
def test_a_file_that_is_replaced_or_removed_while_it_is_read_is_not_taken_in(
    supplier: Supplier, size: int, data: bytes | None
) -> None:
    supplier.put("a.csv", SEVERAL_PARTS[:size])
    settings, files = supplier.settings, dataset(supplier.name)
    landing = open_landing(settings, f"s3://{BUCKET}/")
    (listed,) = landing.below(f"s3://{BUCKET}/{supplier.name}/")
    intake = Intake(files.name, files.file, Overwritten(landing, supplier, data), open_store(settings))

    with pytest.raises(FileChangedError, match="while it was read"):
        intake.copy(Wanted(listed, DAY))

    stored = open_s3(settings).list_objects_v2(Bucket="files", Prefix=f"{files.name}/")
    assert stored["KeyCount"] == 0
    assert not read_history(settings, files.name)


def test_a_command_that_is_killed_leaves_an_unfinished_upload_at_most_and_goes_on(supplier: Supplier) -> None:
    for name in ("a.csv", "b.csv", "c.bin"):
        supplier.put(name, name.encode() if name != "c.bin" else SEVERAL_PARTS)
    command = [sys.executable, "-c", AT_WORK, supplier.name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"copied\n"
        child.kill()
    store = open_store(supplier.settings)
    upload = store.begin()
    for _ in range(2):
        upload.write(bytes(part_bytes(0)))

    taken = supplier.take_in()

    assert _states(taken.versions) == [(1, "a.csv", "checked"), (2, "b.csv", "checked"), (3, "c.bin", "checked")]
    assert store.sweep(datetime.now(UTC) - timedelta(days=1)) == 0
    assert store.sweep(datetime.now(UTC) + timedelta(days=1)) >= 1
    left = open_s3(supplier.settings).list_multipart_uploads(Bucket="files").get("Uploads", [])
    assert [each["Key"] for each in left] == []


def test_two_commands_at_once_give_each_number_once_and_lose_nothing(stack: Settings) -> None:
    name = f"orders_{uuid4().hex[:8]}"

    def add(command: int) -> None:
        for count in range(4):
            listed = Listed(f"s3://{BUCKET}/{command}-{count}", 1, 1, "e")
            copy = Copy(listed, DAY, f"{command}{count}", "s3://files/x")
            change_versions(stack, name, lambda known, copy=copy: _rows(name, copy, known))  # type: ignore[misc]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, range(2)))

    history = read_history(stack, name)
    assert [each.number for each in read_versions(stack, name)] == list(range(1, 9))
    assert [each.sequence for each in history] == list(range(1, 17))
    assert len({each.uri for each in history}) == 8


def _rows(name: str, copy: Copy, known: tuple[FileVersion, ...]) -> list[FileVersion]:
    return taken_in(name, [copy], known, datetime.now(UTC))


def test_a_bucket_that_is_not_there_is_said(stack: Settings) -> None:
    files = files_of("s3://nobodys/{date:yyyy-MM-dd}.csv", "orders")

    with pytest.raises(TidegateError, match="NoSuchBucket"):
        look(stack, files)
