"""The runbook as a reader follows it: the blocks of a section."""

import re

from tests.project import PROJECT

_BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(title: str) -> list[tuple[str, str, str]]:
    """Of each block in order: its language, the file that it is or changes ('' of commands), and its text."""
    page = (PROJECT / "docs" / "runbook.md").read_text()
    [section] = re.findall(rf"^## {re.escape(title)}\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    return _BLOCK.findall(section)
