"""Maven of this machine, with this machine's own JDK: its settings know the company's mirror and certificates."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tidegate.errors import TidegateError, TransientError

MINIMUM_JDK = 17
_VERSION = re.compile(r"Java version: (\d+)")
_INSTALL = "Install Maven >= 3.8 with a JDK >= 17 (Debian, Ubuntu: `apt install maven openjdk-17-jdk-headless`)."


def maven_java_version() -> int:
    """Major version of the JDK Maven runs on. Raises an error with its remedy if there is no usable Maven."""
    mvn = _executable()
    answer = subprocess.run([mvn, "-B", "--version"], capture_output=True, text=True, check=False)
    found = _VERSION.search(answer.stdout)
    if answer.returncode != 0 or found is None:
        problem = " ".join((answer.stderr or answer.stdout).split())[:200]
        raise TidegateError(f"`mvn --version` failed: {problem}.", remedy=_INSTALL)
    version = int(found.group(1))
    if version < MINIMUM_JDK:
        raise TidegateError(
            f"Maven runs on JDK {version}, JDK {MINIMUM_JDK} or newer is needed.",
            remedy="Install one and point JAVA_HOME to it.",
        )
    return version


def run_maven(arguments: list[str], log_file: Path, on_line: Callable[[str], None]) -> None:
    """Run Maven; every line goes to the log and to ``on_line``. Raises if it fails."""
    maven_java_version()
    log_file.parent.mkdir(parents=True, exist_ok=True)
    argv = [_executable(), "-B", *arguments]
    with (
        log_file.open("w") as log,
        subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as maven,
    ):
        assert maven.stdout is not None
        errors = []
        for line in maven.stdout:
            log.write(line)
            on_line(line)
            if line.startswith("[ERROR]"):
                errors.append(line.removeprefix("[ERROR]").strip())
    if maven.returncode != 0:
        first = errors[0][:300] if errors else f"exit code {maven.returncode}"
        raise TransientError(
            f"Maven failed: {first}",
            remedy=f"Check the internet connection or the mirror in Maven's settings.xml; the whole log: {log_file}.",
        )


def _executable() -> str:
    mvn = shutil.which("mvn")
    if mvn is None:
        raise TidegateError("Maven (`mvn`) is not on the PATH.", remedy=_INSTALL)
    return mvn
