"""How a function of ``functions/`` reaches the workers, and what happens there when it fails.

The text of its file travels with the job: a worker needs the libraries that the file imports, and nothing of Tidegate.
"""

import linecache
import logging
import sys
from types import ModuleType
from typing import Any

import cloudpickle
import pandas as pd
from pyflink.table.udf import FunctionContext, ScalarFunction


class ShippedFunction(ScalarFunction):  # type: ignore[misc]
    """A function that gives null for the values it fails on, instead of ending the job.

    The first failure of a worker is in its log, all are counted in the metric ``<name>_failures``.
    ``fields`` are the names of the result's fields if that is a ROW.
    """

    def __init__(self, name: str, source: str, fields: tuple[str, ...]) -> None:
        self.name = name
        self.source = source
        self.fields = fields
        self._function: Any = None
        self._failures: Any = None
        self._logged = False

    def open(self, function_context: FunctionContext) -> None:
        """Runs the file in the worker."""
        file, module = f"<function {self.name}>", ModuleType(self.name)
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        sys.modules[self.name] = module
        exec(compile(self.source, file, "exec"), module.__dict__)
        self._function = getattr(module, self.name)
        self._failures = function_context.get_metric_group().counter(f"{self.name}_failures")

    def eval(self, *columns: Any) -> Any:
        """The result of one batch. One that fails is halved until the value at fault is alone."""
        try:
            result = self._function(*columns)
            if len(result) != len(columns[0]):
                raise ValueError(f"{len(columns[0])} values gave {len(result)} results")
            return result
        except Exception as error:  # noqa: BLE001 whatever a function raises, the job goes on
            if len(columns[0]) <= 1:
                self._count(error)
                return self._null()
        half = len(columns[0]) // 2
        parts = [self.eval(*(column.iloc[part] for column in columns)) for part in (slice(half), slice(half, None))]
        return pd.concat([part.astype(object) for part in parts], ignore_index=True)

    def _null(self) -> Any:
        if self.fields:
            return pd.DataFrame([[None] * len(self.fields)], columns=list(self.fields), dtype=object)
        return pd.Series([None], dtype=object)

    def _count(self, error: Exception) -> None:
        self._failures.inc()
        if not self._logged:
            logging.getLogger(__name__).warning("%s gives null for what it fails on: %r", self.name, error)
            self._logged = True


cloudpickle.register_pickle_by_value(sys.modules[__name__])
