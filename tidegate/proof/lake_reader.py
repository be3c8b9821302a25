"""Reads coordinates and identities of an Iceberg table: only those columns, a batch at a time."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tidegate.contracts.envelope import PLACE, identity_text
from tidegate.errors import TidegateError, TransientError
from tidegate.proof.report import LayerName
from tidegate.proof.rows import Rows, concat, fingerprints, make_rows
from tidegate.settings import Settings


class LakeSource:
    """One lake table; a table that does not exist has no rows."""

    def __init__(self, settings: Settings, name: LayerName, table: str, identity: tuple[str, ...]) -> None:
        self.name = name
        self._table_name = table
        self._identity = identity
        self._settings = settings
        self._catalog = open_catalog(settings)

    def marker(self) -> object:
        """The current snapshot's id."""
        with lake_errors(self._settings):
            table = self._table()
            snapshot = None if table is None else table.current_snapshot()
            return None if snapshot is None else snapshot.snapshot_id

    def read(self) -> Rows:
        """All rows of the current snapshot."""
        with lake_errors(self._settings):
            table = self._table()
            if table is None or table.current_snapshot() is None:
                return make_rows()
            scan = table.scan(selected_fields=(*PLACE, *self._identity))
            return concat([self._rows(batch) for batch in scan.to_arrow_batch_reader()])

    def _rows(self, batch: Any) -> Rows:
        partition, offset = (_numbers(batch, name) for name in PLACE)
        if not self._identity:
            return make_rows(partition, offset)
        columns = [batch.column(name).to_pylist() for name in self._identity]
        texts = [identity_text(values).encode() for values in zip(*columns, strict=True)]
        return make_rows(partition, offset, fingerprints(texts))

    def _table(self) -> Any:
        return find_table(self._catalog, self._table_name)


def find_table(catalog: Any, name: str) -> Any:
    """The table; None if it does not exist."""
    exceptions = importlib.import_module("pyiceberg.exceptions")
    try:
        return catalog.load_table(name)
    except exceptions.NoSuchTableError:
        return None


def _numbers(batch: Any, column: str) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(batch.column(column).to_numpy(zero_copy_only=False), np.int64)


def open_catalog(settings: Settings) -> Any:
    """The lake's REST catalog, as pyiceberg opens it.

    Raises:
        TidegateError: pyiceberg is not installed.
        TransientError: the catalog does not answer.
    """
    try:
        catalogs = importlib.import_module("pyiceberg.catalog")
    except ImportError as error:
        raise TidegateError(
            "the lake can't be read without pyiceberg.",
            remedy="Install tidegate[lake], or prove with --no-lake.",
        ) from error
    secret = settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else ""
    with lake_errors(settings):
        return catalogs.load_catalog(
            "lake",
            **{
                "type": "rest",
                "uri": settings.lake_catalog_uri,
                "warehouse": settings.lake_warehouse,
                "oauth2-server-uri": f"{settings.lake_catalog_uri.rstrip('/')}/v1/oauth/tokens",
                "credential": f"{settings.s3_access_key}:{secret}",
                "s3.endpoint": settings.s3_endpoint,
                "s3.access-key-id": settings.s3_access_key or "",
                "s3.secret-access-key": secret,
                "s3.region": settings.s3_region,
            },
        )


@contextmanager
def lake_errors(settings: Settings) -> Iterator[None]:
    refused = importlib.import_module("pyiceberg.exceptions").RESTError
    try:
        yield
    except OSError as error:
        raise TransientError(
            f"the lake at {settings.lake_catalog_uri} doesn't answer ({type(error).__name__}).",
            remedy="Start it with `tidegate up`, or prove with --no-lake.",
        ) from error
    except refused as error:
        raise TidegateError(
            f"the lake catalog at {settings.lake_catalog_uri} refuses: {error}.",
            remedy="See TIDEGATE_S3_ACCESS_KEY, TIDEGATE_S3_SECRET_KEY and TIDEGATE_LAKE_WAREHOUSE.",
        ) from error
