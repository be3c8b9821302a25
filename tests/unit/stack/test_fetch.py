"""Fetching server files, with a stand-in for Maven on the PATH."""

import hashlib
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from rich.console import Console

from tidegate.errors import TidegateError, TransientError
from tidegate.stack.fetch import Cache
from tidegate.stack.lockfile import LockedFile
from tidegate.stack.maven import maven_java_version

CONTENT = b"the server"
CONSOLE = Console(file=io.StringIO())


def locked(content: bytes = CONTENT, group: str = "kafka", name: str = "a.jar") -> LockedFile:
    return LockedFile(group, name, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An otherwise empty PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def install_maven(tools: Path, copy: str, java_version: int = 17) -> None:
    """A `mvn` that says its version, and runs a shell line with $OUT as the folder of the jars."""
    script = tools / "mvn"
    script.write_text(
        "#!/bin/sh\n"
        f'case "$*" in *--version*) echo "Java version: {java_version}.0.1"; exit 0;; esac\n'
        'for argument in "$@"; do case "$argument" in -Djars.directory=*) OUT="${argument#*=}";; esac; done\n'
        f"{copy}\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def test_a_file_is_fetched_checked_and_kept(tools: Path, tmp_path: Path) -> None:
    install_maven(tools, 'mkdir "$OUT/kafka" && printf "the server" > "$OUT/kafka/a.jar"')
    cache = Cache(tmp_path / "cache", [locked()])
    cache.fetch(["kafka"], CONSOLE)
    assert cache.missing(["kafka"]) == []
    assert cache.files("kafka")[0].read_bytes() == CONTENT
    assert [path.name for path in cache.root.iterdir() if path.name.startswith("fetch-")] == []


def test_nothing_is_run_when_nothing_is_missing(tools: Path, tmp_path: Path) -> None:
    install_maven(tools, "exit 1")
    cache = Cache(tmp_path, [locked()])
    cache.files("kafka")[0].parent.mkdir(parents=True)
    cache.files("kafka")[0].write_bytes(CONTENT)
    cache.fetch(["kafka"], CONSOLE)
    assert cache.files("kafka")[0].read_bytes() == CONTENT


def test_another_content_is_refused_and_not_kept(tools: Path, tmp_path: Path) -> None:
    install_maven(tools, 'mkdir "$OUT/kafka" && printf "not server" > "$OUT/kafka/a.jar"')
    cache = Cache(tmp_path / "cache", [locked()])
    with pytest.raises(TidegateError, match=r"checksum of a\.jar .* do not trust"):
        cache.fetch(["kafka"], CONSOLE)
    assert not cache.files("kafka")[0].exists()


def test_an_interrupted_file_counts_as_missing(tmp_path: Path) -> None:
    cache = Cache(tmp_path, [locked()])
    cache.files("kafka")[0].parent.mkdir(parents=True)
    cache.files("kafka")[0].write_bytes(CONTENT[:-1])
    assert cache.missing(["kafka"]) == [locked()]


def test_a_failed_download_names_the_first_error_and_the_log(tools: Path, tmp_path: Path) -> None:
    install_maven(tools, 'echo "[ERROR] Unknown host"; echo "[ERROR] more"; exit 1')
    with pytest.raises(TransientError, match=r"Unknown host .*internet .*maven\.log"):
        Cache(tmp_path / "cache", [locked()]).fetch(["kafka"], CONSOLE)


def test_a_missing_maven_is_one_line_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TidegateError, match=r"not on the PATH\. Install Maven"):
        maven_java_version()


def test_a_jdk_too_old_is_named(tools: Path) -> None:
    install_maven(tools, "exit 0", java_version=11)
    with pytest.raises(TidegateError, match="JDK 11, JDK 17 or newer"):
        maven_java_version()


def test_archives_are_unpacked_once_without_what_is_skipped(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("server/lib/a", "a")
        archive.writestr("server/modules/geo/b", "b")
    cache = Cache(tmp_path, [locked(packed.getvalue(), "search", "server.zip"), locked(group="search")])
    cache.files("search")[0].parent.mkdir(parents=True)
    cache.files("search")[0].write_bytes(packed.getvalue())
    folder = cache.unpacked("search", ("/modules/geo/",))
    assert [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()] == ["server/lib/a"]
    cache.files("search")[0].unlink()
    assert cache.unpacked("search") == folder


def test_a_tar_archive_cannot_write_outside_of_its_folder(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../outside"))
    cache = Cache(tmp_path, [locked(packed.getvalue(), "registry", "app.tar.gz")])
    cache.files("registry")[0].parent.mkdir(parents=True)
    cache.files("registry")[0].write_bytes(packed.getvalue())
    with pytest.raises(TidegateError, match=r"can't be unpacked: .*outside"):
        cache.unpacked("registry")


@pytest.mark.parametrize("name", ["app.tar.gz", "app.zip"])
@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00damaged", b"PK\x03\x04damaged"])
def test_a_damaged_archive_is_one_line_and_leaves_nothing_half_unpacked(
    tmp_path: Path, name: str, content: bytes
) -> None:
    cache = Cache(tmp_path, [locked(content, "registry", name)])
    cache.files("registry")[0].parent.mkdir(parents=True)
    cache.files("registry")[0].write_bytes(content)
    with pytest.raises(TidegateError, match=rf"{name} can't be unpacked: .* Delete that file"):
        cache.unpacked("registry")
    assert list((tmp_path / "unpacked").iterdir()) == []
