"""Maven is run as it is found; what it says goes to a log, and its first error to the user."""

from pathlib import Path

import pytest

from tidegate.errors import TidegateError, TransientError
from tidegate.stack.maven import maven_java_version, run_maven


@pytest.fixture
def mvn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a Maven may be put; there is no other."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder / "mvn"


def install(mvn: Path, *, java: str = "21.0.1", build: str = "exit 0") -> None:
    """A program that tells its version as Maven does, and else runs ``build``."""
    version = f"echo 'Apache Maven 3.8.7'; echo 'Java version: {java}, vendor: Debian'; exit 0"
    mvn.write_text(f'#!/bin/sh\nif [ "$2" = --version ]; then {version}; fi\n{build}\n')
    mvn.chmod(0o755)


def test_the_jdk_that_maven_runs_on_is_told(mvn: Path) -> None:
    install(mvn, java="17.0.9")

    assert maven_java_version() == 17


def test_an_old_jdk_is_refused(mvn: Path) -> None:
    install(mvn, java="11.0.2")

    with pytest.raises(TidegateError, match="JDK 11, JDK 17 or newer is needed") as caught:
        maven_java_version()
    assert "JAVA_HOME" in caught.value.remedy


def test_without_maven_it_says_how_to_get_it(mvn: Path) -> None:
    assert not mvn.exists()

    with pytest.raises(TidegateError, match="not on the PATH") as caught:
        maven_java_version()
    assert "apt install maven" in caught.value.remedy


def test_a_maven_that_does_not_run_is_quoted(mvn: Path) -> None:
    mvn.write_text("#!/bin/sh\necho 'JAVA_HOME is not defined' >&2\nexit 1\n")
    mvn.chmod(0o755)

    with pytest.raises(TidegateError, match="`mvn --version` failed: JAVA_HOME is not defined"):
        maven_java_version()


def test_every_line_is_kept_and_passed_on(mvn: Path, tmp_path: Path) -> None:
    install(mvn, build='echo "arguments: $*"; echo done >&2')
    lines: list[str] = []

    run_maven(["-q", "package"], tmp_path / "logs" / "maven.log", lines.append)

    assert lines == ["arguments: -B -q package\n", "done\n"]
    assert (tmp_path / "logs" / "maven.log").read_text() == "".join(lines)


def test_a_build_that_fails_is_told_by_its_first_error(mvn: Path, tmp_path: Path) -> None:
    install(mvn, build="echo '[INFO] building'; echo '[ERROR] no route to host'; echo '[ERROR] more'; exit 1")

    with pytest.raises(TransientError, match="Maven failed: no route to host") as caught:
        run_maven([], tmp_path / "maven.log", lambda line: None)
    assert str(tmp_path / "maven.log") in caught.value.remedy
