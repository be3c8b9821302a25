"""Prometheus and promtool for tests: those on the PATH, else Debian's or Ubuntu's package, unpacked into the cache.

``apt-get`` checks a package against the distribution's signed lists. The versions known here are checked once more.
Nothing is installed, and root is not needed.
"""

import platform
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import pytest

from tests.polling import HANGS_S
from tidegate.settings import get_settings
from tidegate.stack.lockfile import sha256_of

KNOWN = {
    "prometheus_2.42.0+ds-5+deb12u1_amd64.deb": "81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55",
}
PROGRAMS = ("prometheus", "promtool")


class UnavailableError(Exception):
    """Why there is no Prometheus here."""


def promtool(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Runs promtool and returns what it said."""
    command = [str(_or_skip() / "promtool"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANGS_S, check=False)


def prometheus() -> Path:
    """The server's program."""
    return _or_skip() / "prometheus"


def _or_skip() -> Path:
    try:
        return programs()
    except UnavailableError as error:
        pytest.skip(str(error))


@lru_cache(maxsize=1)
def programs() -> Path:
    """The folder that has both programs.

    Raises:
        UnavailableError: they are not installed, and apt-get can't bring them.
    """
    found = [shutil.which(program) for program in PROGRAMS]
    if found[0] and all(found):
        return Path(found[0]).parent
    folder = get_settings().cache.absolute() / "prometheus" / platform.machine()
    if not all((folder / program).exists() for program in PROGRAMS):
        _unpack(_download(folder.parent), folder)
    return folder


def _download(cache: Path) -> Path:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise UnavailableError(
            "no Prometheus on the PATH, and no apt-get to bring one: install prometheus and promtool"
        )
    lists, packages = cache / "lists", cache / "packages"
    for needed in (lists / "partial", packages):
        needed.mkdir(parents=True, exist_ok=True)
    own_lists = ["-o", f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User=root"]
    for command in (["apt-get", "download", "prometheus"], ["apt-get", *own_lists, "update"],
                    ["apt-get", *own_lists, "download", "prometheus"]):  # fmt: skip
        result = subprocess.run(command, cwd=packages, capture_output=True, text=True, timeout=HANGS_S, check=False)
        if files := sorted(packages.glob("prometheus_*.deb")):
            return _checked(files[-1])
    raise UnavailableError(f"apt-get brings no Prometheus: {result.stderr.strip().rpartition(chr(10))[2]}")


def _checked(package: Path) -> Path:
    expected = KNOWN.get(package.name.replace("%2b", "+"))
    if expected is not None and sha256_of(package) != expected:
        package.unlink()
        raise UnavailableError(f"the checksum of {package.name} is not the known one")
    return package


def _unpack(package: Path, folder: Path) -> None:
    """All at once, so that a second test run never sees half of it."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
        subprocess.run(["dpkg-deb", "--extract", str(package), draft], check=True, timeout=HANGS_S)
        programs = Path(draft) / "usr" / "bin"
        if not folder.exists():
            programs.rename(folder)
    package.unlink()
