"""The door to the lake: its catalog as pyiceberg opens it, and its errors in our words."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tidegate.clients import connection
from tidegate.clients.outage import CATALOG, outage
from tidegate.errors import TidegateError
from tidegate.settings import Settings


def open_catalog(settings: Settings) -> Any:
    """The lake's REST catalog, each of whose answers is waited for up to half a minute.

    Raises:
        TidegateError: pyiceberg is not installed.
        TransientError: the catalog does not answer.
    """
    try:
        catalogs = importlib.import_module("tidegate.clients.timed_catalog")
    except ImportError as error:
        raise TidegateError(
            "the lake can't be read without pyiceberg.",
            remedy="Install tidegate[lake], or prove with --no-lake.",
        ) from error
    with lake_errors(settings):
        return catalogs.TimedCatalog("lake", **connection.lake_catalog(settings))


def find_table(catalog: Any, name: str) -> Any:
    """The table; None if it does not exist."""
    exceptions = importlib.import_module("pyiceberg.exceptions")
    try:
        return catalog.load_table(name)
    except exceptions.NoSuchTableError:
        return None


def drop_table(settings: Settings, catalog: Any, name: str) -> bool:
    """Takes a table out of the catalog; False if there is none. Whether its files go too is the catalog's to decide.

    Raises:
        TransientError, TidegateError: as :func:`lake_errors`.
    """
    exceptions = importlib.import_module("pyiceberg.exceptions")
    with lake_errors(settings):
        try:
            catalog.purge_table(name)
        except exceptions.NoSuchTableError:
            return False
        return True


@contextmanager
def lake_errors(settings: Settings) -> Iterator[None]:
    """Around calls of pyiceberg.

    Raises:
        TransientError: the catalog or the lake's files are out of reach.
        TidegateError: the catalog refuses.
    """
    refused = importlib.import_module("pyiceberg.exceptions").RESTError
    try:
        yield
    except OSError as error:
        raise outage(CATALOG, settings, type(error).__name__) from error
    except refused as error:
        raise TidegateError(
            f"{CATALOG.title} at {CATALOG.address(settings)} refuses: {error}.",
            remedy="See TIDEGATE_S3_ACCESS_KEY, TIDEGATE_S3_SECRET_KEY and TIDEGATE_LAKE_WAREHOUSE.",
        ) from error
