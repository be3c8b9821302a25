"""The pom and the lock say the same."""

import hashlib
from pathlib import Path
from xml.etree import ElementTree

from tidegate.stack.flink_home import flink_version
from tidegate.stack.lockfile import POM_FILE, LockedFile, read_lock, write_lock
from tidegate.stack.supervisor import SERVERS

MAVEN = {"m": "http://maven.apache.org/POM/4.0.0"}


def pinned_in_pom() -> set[tuple[str, str]]:
    """(execution, file name) of every artifact."""
    pinned = set()
    for execution in ElementTree.parse(POM_FILE).getroot().iterfind(".//m:execution", MAVEN):
        for item in execution.iterfind(".//m:artifactItem", MAVEN):
            kind = item.findtext("m:type", "jar", MAVEN)
            classifier = item.findtext("m:classifier", "", MAVEN)
            parts = [item.findtext("m:artifactId", "", MAVEN), item.findtext("m:version", "", MAVEN), classifier]
            name = "-".join(part for part in parts if part) + f".{kind}"
            pinned.add((execution.findtext("m:id", "", MAVEN), name))
    return pinned


def test_every_pinned_artifact_is_locked_and_nothing_else_is() -> None:
    assert {(file.group, file.name) for file in read_lock()} == pinned_in_pom()


def test_every_server_finds_its_files_in_the_lock() -> None:
    groups = {file.group for file in read_lock()}
    assert {server.jars for server in SERVERS if server.jars} == groups


def test_checksums_are_sha256_and_no_registry_is_named() -> None:
    for file in read_lock():
        assert len(file.sha256) == 64
        assert file.size_bytes > 0
    assert "http" not in POM_FILE.read_text().replace("http://maven.apache.org/POM", "")


def test_a_lock_is_written_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "jars" / "kafka").mkdir(parents=True)
    (tmp_path / "jars" / "kafka" / "a.jar").write_bytes(b"abc")
    write_lock(tmp_path / "jars", tmp_path / "lock")
    expected = LockedFile("kafka", "a.jar", 3, hashlib.sha256(b"abc").hexdigest())
    assert read_lock(tmp_path / "lock") == [expected]


def test_the_format_jar_is_of_the_installed_flink() -> None:
    assert f"flink-sql-avro-{flink_version()}.jar" in {file.name for file in read_lock()}
