"""``tidegate dashboards make`` prints what is kept in ``opensearch/dashboards``."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.project import PROJECT
from tidegate.cli import dashboards

KEPT = sorted((PROJECT / "opensearch" / "dashboards").glob("*.ndjson"))


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_the_dashboards_that_are_kept_are_those_of_the_contracts(file: Path) -> None:
    printed = CliRunner().invoke(dashboards.command, ["make", file.stem])

    assert printed.exit_code == 0
    assert printed.stdout == file.read_text(encoding="utf-8"), "run `make export`"
