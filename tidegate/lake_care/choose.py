"""Which of the lake's tables a word on the command line means: one table, those of a dataset, or all."""

from collections.abc import Sequence

from tidegate.contracts.naming import REPLAYS
from tidegate.errors import TidegateError

_OF_DATASETS = ("bronze.", "silver.")


def chosen_tables(tables: Sequence[str], asked: str | None) -> list[str]:
    """All if nothing is asked; ``silver.clicks`` is a table, ``clicks`` a dataset.

    Raises:
        TidegateError: the lake has no such table, or none of the dataset.
    """
    if asked is None:
        return sorted(tables)
    datasets = {name.partition(".")[2] for name in tables if name.startswith(_OF_DATASETS)}
    found = [asked] if asked in tables else sorted(name for name in tables if _dataset(name, datasets) == asked)
    if not found:
        raise TidegateError(
            f"the lake has no table or dataset {asked}.", remedy="`tidegate lake stats` lists the tables."
        )
    return found


def only_table(tables: Sequence[str], asked: str) -> str:
    """The table of this name.

    Raises:
        TidegateError: there is none.
    """
    if asked not in tables:
        raise TidegateError(
            f"the lake has no table {asked}.", remedy="`tidegate lake stats` lists them; one is called `silver.clicks`."
        )
    return asked


def _dataset(table: str, datasets: set[str]) -> str:
    """Of a metric's table ``clicks_per_minute_changes``, or a replay's ``clicks__…``, the dataset ``clicks``."""
    name = table.partition(".")[2]
    if table.startswith(f"{REPLAYS}."):
        return name.partition("__")[0]
    held = [dataset for dataset in datasets if name == dataset or name.startswith(f"{dataset}_")]
    return max(held, key=len, default=name)
