"""``tidegate load`` of a file, as far as it goes without a server."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tidegate.cli.load import command

ROWS = """product_id,name,category,list_price,currency,updated_at
L1,Lamp,Home,12.50,EUR,
L2,Sun,Home,1.00,EUR,2026-01-01T00:00:00Z
"""
LOADED = "2 rows would be loaded, 0 would be deleted, 0 rejected\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "products.csv"
    path.write_text(ROWS)
    return str(path)


def test_rows_that_take_effect_only_now_are_told_of(file: str) -> None:
    result = CliRunner().invoke(command, ["products", file, "--dry-run"])

    assert result.stdout.startswith(LOADED + "1 rows have no time: they hold from now on, no event of before sees them")
    assert "--since" in result.stdout


def test_since_says_from_when_they_hold(file: str) -> None:
    result = CliRunner().invoke(command, ["products", file, "--dry-run", "--since", "2026-01-01"])

    assert (result.exit_code, result.stdout) == (0, LOADED)


def test_since_is_of_rows_that_a_file_has() -> None:
    result = CliRunner().invoke(command, ["products", "--sample", "--dry-run", "--since", "2026-01-01"])

    assert result.exit_code == 2
    assert "--since goes with FILE" in result.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--date", "2026-11-28", "--sample"], "--date goes with --from DATASET"),
        (["--from", "catalog", "--table", "t"], "--table and --mass-delete go with --from postgresql"),
        (["--from", "catalog", "--since", "always"], "--since goes with FILE"),
        (["--from", "mysql://shop"], "the name of a dataset"),
    ],
)
def test_options_of_loaded_files_go_with_them_alone(words: list[str], problem: str) -> None:
    result = CliRunner().invoke(command, ["products", *words, "--dry-run"])

    assert result.exit_code == 2
    assert problem in result.stderr


def test_rows_may_hold_from_always_or_from_now_without_a_word(file: str) -> None:
    for since in ("always", "now"):
        result = CliRunner().invoke(command, ["products", file, "--dry-run", "--since", since])
        assert (result.exit_code, result.stdout) == (0, LOADED)


def test_a_file_of_other_columns_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text("id,title,kind,price,cur\nL1,Lamp,Home,12.50,EUR\n")
    options = ["--map", "product_id=id,name=title,category=kind,list_price=price,currency=cur", "--since", "always"]
    result = CliRunner().invoke(command, ["products", str(path), "--dry-run", *options])
    assert (result.exit_code, result.stdout) == (0, "1 rows would be loaded, 0 would be deleted, 0 rejected\n")


def test_a_map_is_of_a_files_columns() -> None:
    result = CliRunner().invoke(command, ["products", "--sample", "--dry-run", "--map", "name=x"])
    assert result.exit_code == 2
    assert "--map with FILE" in result.stderr
