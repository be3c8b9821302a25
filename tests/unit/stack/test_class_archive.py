"""Class archives in the cache."""

from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.stack import class_archive as module
from tidegate.stack.class_archive import ClassArchive, base_archive, class_archive


@pytest.fixture
def archive(tmp_path: Path) -> ClassArchive:
    kept = tmp_path / "cache" / "kafka-2.jsa"
    kept.parent.mkdir()
    return ClassArchive(base=tmp_path / "java.jsa", kept=kept, draft=tmp_path / "draft.jsa")


def test_the_first_run_makes_the_archive_and_the_next_uses_it(archive: ClassArchive) -> None:
    assert f"-XX:ArchiveClassesAtExit={archive.draft}" in archive.options()
    archive.draft.write_bytes(b"classes")
    archive.keep()
    assert archive.options()[-1] == f"-XX:SharedArchiveFile={archive.kept}"
    assert not archive.draft.exists()


def test_a_new_archive_replaces_those_of_older_jars(archive: ClassArchive) -> None:
    older, other = archive.kept.with_name("kafka-1.jsa"), archive.kept.with_name("registry-1.jsa")
    older.touch()
    other.touch()
    archive.draft.touch()
    archive.keep()
    assert not older.exists()
    assert other.exists()


def test_a_jvm_that_was_killed_leaves_none(archive: ClassArchive) -> None:
    archive.keep()
    assert not archive.kept.exists()


def test_the_name_changes_with_the_jars(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    (tmp_path / "java").mkdir()
    (tmp_path / "java" / "java-21.jsa").touch()
    names = []
    for content in ("one", "three"):
        jar.write_text(content)
        names.append(class_archive(tmp_path, "kafka", [jar], tmp_path).kept.name)
    assert names[0] != names[1]


def test_javas_own_archive_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'No space left on device'; exit 1\n")
    java.chmod(0o755)
    monkeypatch.setattr(module, "java", lambda: str(java))
    with pytest.raises(TidegateError, match=r"No space left on device.*TIDEGATE_CACHE"):
        base_archive(tmp_path / "cache")
