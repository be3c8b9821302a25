"""The documents stay true: links lead somewhere, files that are named exist, commands are there."""

import re
from pathlib import Path

import click
import pytest

from tidegate.cli.main import COMMANDS, cli

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [
    *PROJECT.glob("*.md"),
    *(PROJECT / "docs").rglob("*.md"),
    PROJECT / "connectors" / "README.md",
    *(PROJECT / "deploy").rglob("*.md"),
]
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
FILE = re.compile(r"`((?:tidegate|flink_jobs|producers|tests|schemas|connectors|scripts)/[\w./…-]+\.\w+)`")
COMMAND = re.compile(r"`tidegate ([a-z]+)(?: ([a-z]+))?")

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


def _exists(name: str, word: str) -> bool:
    if name not in COMMANDS:
        return False
    command = cli.get_command(click.Context(cli), name) if isinstance(cli, click.Group) else None
    return not (word and isinstance(command, click.Group)) or word in command.commands
