"""The documents stay true: links lead somewhere, files that are named exist, commands are there."""

import re
from pathlib import Path

import click
import pytest

from tests.project import PROJECT
from tidegate.cli.main import COMMANDS, cli

DOCUMENTS = [
    *PROJECT.glob("*.md"),
    *(PROJECT / "docs").rglob("*.md"),
    PROJECT / "connectors" / "README.md",
    *(PROJECT / "deploy").rglob("*.md"),
]
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
FILE = re.compile(r"`((?:tidegate|flink_jobs|producers|tests|schemas|connectors|scripts)/[\w./…-]+\.\w+)`")
PATH = re.compile(r"`([\w…-]+(?:/[\w.…-]+)*/?)`")
BARE_FILE = re.compile(r"`([\w-]+\.(?:py|java|sql|avsc|yaml|lock))`")
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
COMMAND = re.compile(r"`tidegate ([a-z]+)(?: ([a-z-]+))?")

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))


@documents
def test_links_lead_to_files(document: Path) -> None:
    targets = LINK.findall(document.read_text())

    assert [target for target in targets if not (document.parent / target).exists()] == []


@documents
def test_files_that_are_named_exist(document: Path) -> None:
    """``…`` in a path stands for any folders between."""
    names = FILE.findall(document.read_text())

    assert [name for name in names if not any(PROJECT.glob(name.replace("…", "**")))] == []


@documents
def test_commands_that_are_named_exist(document: Path) -> None:
    missing = [" ".join(words) for words in COMMAND.findall(document.read_text()) if not _exists(*words)]

    assert missing == []


def test_every_command_is_in_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text()

    assert [name for name in COMMANDS if not re.search(rf"`(tidegate )?{name}\b", readme)] == []


def test_the_architecture_names_whole_paths_that_exist() -> None:
    text = ARCHITECTURE.read_text()
    paths = [path for path in PATH.findall(text) if "/" in path]

    assert [path for path in paths if not any(PROJECT.glob(path.replace("…", "**")))] == []
    assert BARE_FILE.findall(text) == []


def test_the_architecture_has_a_line_for_every_room() -> None:
    rooms = {path.parent.relative_to(PROJECT).as_posix() for path in (PROJECT / "tidegate").glob("*/__init__.py")}
    listed = re.findall(r"`(tidegate/\w+)/`", ARCHITECTURE.read_text().partition("## 1.")[0])

    assert sorted(listed) == sorted(rooms)


def _exists(name: str, word: str) -> bool:
    if name not in COMMANDS:
        return False
    command = cli.get_command(click.Context(cli), name) if isinstance(cli, click.Group) else None
    return not (word and isinstance(command, click.Group)) or word in command.commands
