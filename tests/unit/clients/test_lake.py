"""The lake's errors in our words; its tables are read in tests/stack/test_prove_lake_index.py."""

import pytest
from pyiceberg.exceptions import ForbiddenError, NoSuchTableError

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings


class Catalog:
    """Holds one table."""

    def load_table(self, name: str) -> str:
        if name != "silver.clicks":
            raise NoSuchTableError(name)
        return "the table"


def test_a_table_that_is_not_there_is_none() -> None:
    assert find_table(Catalog(), "silver.clicks") == "the table"
    assert find_table(Catalog(), "silver.unheard_of") is None


def test_a_catalog_that_is_away_is_an_outage(nobody: Settings) -> None:
    with pytest.raises(TransientError, match=r"catalog at http://127\.0\.0\.1:1 does not answer") as caught:
        open_catalog(nobody)
    assert "TIDEGATE_LAKE_CATALOG_URI" in caught.value.remedy


def test_a_refusal_names_the_keys(nobody: Settings) -> None:
    with pytest.raises(TidegateError, match="refuses: not yours") as caught, lake_errors(nobody):
        raise ForbiddenError("not yours")
    assert not isinstance(caught.value, TransientError)
    assert "TIDEGATE_S3_SECRET_KEY" in caught.value.remedy
