"""Lake tables on this machine's own disk, without a catalog's server."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pyarrow as pa
from pyiceberg.io.pyarrow import PyArrowFileIO, _pyarrow_to_schema_without_ids
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC
from pyiceberg.schema import Schema, assign_fresh_schema_ids
from pyiceberg.table import Table
from pyiceberg.table.metadata import new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.table.update import update_table_metadata
from pyiceberg.transforms import IdentityTransform

import tidegate.clients.lake_scans  # noqa: F401 as the catalog of servers does


class DiskCatalog:
    """As much of a catalog as changing and finding tables takes; what a table is now, it keeps in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tables: dict[str, Table] = {}

    def create(
        self,
        name: str,
        schema: pa.Schema | Schema,
        parts: tuple[str, ...] = (),
        properties: dict[str, str] | None = None,
    ) -> Table:
        """A new table, partitioned by these columns."""
        location = f"file://{self._folder}/{name}-{uuid4().hex}"
        found = schema if isinstance(schema, Schema) else _pyarrow_to_schema_without_ids(schema)
        fields = assign_fresh_schema_ids(found)
        metadata = new_table_metadata(
            fields, UNPARTITIONED_PARTITION_SPEC, UNSORTED_SORT_ORDER, location, properties or {}
        )
        table = Table(tuple(name.split(".")), metadata, "", PyArrowFileIO(), self)  # type: ignore[arg-type]
        self.tables[name] = table
        if parts:
            with table.update_spec() as spec:
                for part in parts:
                    spec.add_field(part, IdentityTransform(), part)
        return table

    def commit_table(self, table: Table, _requirements: Any, updates: Any) -> Any:
        """Every commit succeeds."""
        metadata = update_table_metadata(self.tables[".".join(table.name())].metadata, updates)
        return SimpleNamespace(metadata=metadata, metadata_location="")

    def list_namespaces(self) -> list[tuple[str]]:
        return sorted({(name.split(".")[0],) for name in self.tables})

    def list_tables(self, namespace: tuple[str]) -> list[tuple[str, ...]]:
        return [tuple(name.split(".")) for name in self.tables if name.startswith(f"{namespace[0]}.")]

    def load_table(self, name: str | tuple[str, ...]) -> Table:
        return self.tables[name if isinstance(name, str) else ".".join(name)]
