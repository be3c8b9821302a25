"""Where recipes are kept: ``schemas/<dataset>/recipes``, or any file."""

from pathlib import Path

from tidegate.contracts.text_files import read_text
from tidegate.errors import TidegateError
from tidegate.redrive.recipe import SUFFIXES

FOLDER = "recipes"


def recipe_files(dataset_folder: Path) -> list[Path]:
    """The recipes of a dataset, by name."""
    folder = dataset_folder / FOLDER
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES) if folder.is_dir() else []


def find_recipe(dataset_folder: Path, name_or_path: str) -> tuple[str, str]:
    """Name and text of a recipe, given by its name in the dataset's folder (its suffix may be left out) or by a path.

    Raises:
        TidegateError: there is none, or there are two, or it can't be read.
    """
    kept = recipe_files(dataset_folder)
    named = [path for path in kept if name_or_path in (path.name, path.stem)]
    if len(named) > 1:
        names = " and ".join(path.name for path in named)
        raise TidegateError(f"{name_or_path} may be {names}.", remedy="Give the name with its suffix.")
    path = named[0] if named else Path(name_or_path)
    if not named and (path.suffix not in SUFFIXES or not path.is_file()):
        known = ", ".join(path.stem for path in kept) or "none"
        raise TidegateError(
            f"there is no recipe {name_or_path!r}, neither in {dataset_folder / FOLDER} nor as a file.",
            remedy=f"Known: {known}. A path to a file ends in {', '.join(SUFFIXES)}.",
        )
    return path.name, read_text(path)
