from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.redrive.recipe_files import find_recipe, recipe_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes/prices.yaml").write_text("a")
    (tmp_path / "recipes/README.md").write_text("b")
    return tmp_path


@pytest.mark.parametrize("name", ["prices", "prices.yaml"])
def test_a_recipe_is_found_by_its_name(folder: Path, name: str) -> None:
    assert find_recipe(folder, name) == ("prices.yaml", "a")


def test_a_recipe_is_found_by_its_path(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("c")

    assert find_recipe(folder, str(other)) == ("other.py", "c")


@pytest.mark.parametrize("name", ["price", "recipes/README.md", "nothing.py"])
def test_one_that_is_not_there_is_told_with_those_that_are(folder: Path, name: str) -> None:
    with pytest.raises(TidegateError, match=r"there is no recipe .* Known: prices\."):
        find_recipe(folder, name)


def test_of_two_with_a_name_the_suffix_is_asked_for(folder: Path) -> None:
    (folder / "recipes/prices.py").write_text("d")

    with pytest.raises(TidegateError, match=r"prices may be prices\.py and prices\.yaml"):
        find_recipe(folder, "prices")
    assert find_recipe(folder, "prices.py") == ("prices.py", "d")


def test_a_dataset_without_the_folder_has_none(tmp_path: Path) -> None:
    assert recipe_files(tmp_path) == []
