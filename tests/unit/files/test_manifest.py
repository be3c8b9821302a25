"""Lists of files: what they promise, which are none, and which files keep a promise."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.errors import TidegateError
from tidegate.files.manifest import Promised, broken_promise, read_manifest

URI = "s3://landing/2026-11-28/manifest.json"
SHA = "9f" * 32


def _json(*files: Any) -> bytes:
    return json.dumps({"version": 1, "files": files}).encode()


def test_a_list_in_json_says_as_much_as_it_says() -> None:
    told = _json({"name": "a.csv", "bytes": 10, "sha256": SHA.upper(), "rows": 0, "etag": "x"}, {"name": "./sub/b.csv"})

    assert read_manifest(b"\xef\xbb\xbf" + told, URI) == {
        "a.csv": Promised("a.csv", 10, SHA, 0),
        "sub/b.csv": Promised("sub/b.csv"),
    }


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum")
def test_what_sha256sum_writes_is_a_list(tmp_path: Path) -> None:
    names = ["a.csv", "b c.csv", "d\\e.csv", "f\u2028g.csv", "h\x0ci.csv", "j.csv "]
    for name in names:
        (tmp_path / name).write_text(name)
    ran = subprocess.run(["sha256sum", "./a.csv", "--", *names[1:]], cwd=tmp_path, capture_output=True, check=True)

    found = read_manifest(ran.stdout, URI)

    assert found == {name: Promised(name, sha256=hashlib.sha256(name.encode()).hexdigest()) for name in names}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "names no file"),
        (b'{"files": []}', "names no file"),
        (b'{"files": [', "Expecting value"),
        (b'["a.csv"]', 'no "files", a list'),
        (b'{"files": {"name": "a"}}', 'no "files", a list'),
        (_json("a.csv"), 'has no "name"'),
        (_json({"name": ""}), 'has no "name"'),
        (_json({"name": "a", "bytes": "10"}), '"bytes" of a is no number'),
        (_json({"name": "a", "rows": True}), '"rows" of a is no number'),
        (_json({"name": "a", "rows": -1}), '"rows" of a is no number'),
        (_json({"name": "a", "rows": 10**19}), '"rows" of a is no number'),
        (_json({"name": "a", "sha256": "abc"}), '"sha256" of a is none'),
        (_json({"name": "a"}, {"name": "./a"}), "names a twice"),
        (b"a.csv 10\n", "'a.csv 10' is no line of sha256sum"),
        (b"\xff\xfe", "can't decode"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_list_says_why_and_what_one_is(data: bytes, problem: str) -> None:
    with pytest.raises(
        TidegateError, match=r"manifest\.json is no list of files: .*or what `sha256sum` writes"
    ) as told:
        read_manifest(data, URI)
    assert problem in told.value.problem


@pytest.mark.parametrize(
    ("promised", "problem"),
    [
        (Promised("a"), None),
        (Promised("a", 10, SHA, 999), None),
        (Promised("a", 11), "it has 10 bytes, and its manifest says 11"),
        (Promised("a", sha256="0" * 64), f"its SHA-256 is {SHA}, and its manifest says {'0' * 64}"),
    ],
)
def test_a_file_keeps_the_promise_or_not(promised: Promised, problem: str | None) -> None:
    assert broken_promise(promised, 10, SHA) == problem


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_list_or_refused(data: bytes) -> None:
    try:
        assert read_manifest(data, URI)
    except TidegateError as error:
        assert "is no list of files" in error.problem
