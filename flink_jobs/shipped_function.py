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
import pyarrow as pa
from pyflink.table.types import DataType, RowType, create_arrow_schema
from pyflink.table.udf import FunctionContext, ScalarFunction
from pyflink.table.utils import pandas_to_arrow

_TIME_ZONE = "UTC"  # the jobs' own, `table.local-time-zone`


class ShippedFunction(ScalarFunction):  # type: ignore[misc]
    """A function that gives null for the values it fails on, instead of ending the job.

    A result that is not of the declared type is a failure too. The first failure of a worker is in its log, all are
    counted in the metric ``failures`` of the group ``function``, which has the function's name as its label.
    """

    def __init__(self, name: str, source: str, result_type: DataType) -> None:
        self.name = name
        self.source = source
        self.result_type = result_type
        self.fields: list[str] = result_type.field_names() if isinstance(result_type, RowType) else []
        self._schema: Any = None
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
        self._schema = create_arrow_schema(["result"], [self.result_type])
        self._failures = function_context.get_metric_group().add_group("function", self.name).counter("failures")

    def eval(self, *arguments: Any) -> Any:
        """The result of one batch. One that fails is halved until the value at fault is alone."""
        self._failures.inc(0)  # Flink knows a counter from its first use on: 0 is to be seen before the first failure
        size = next(len(argument) for argument in arguments if _is_column(argument))
        columns = [each if _is_column(each) else pd.Series([each] * size, dtype=object) for each in arguments]
        try:
            return self._result(columns)[0]
        except Exception as error:  # noqa: BLE001 whatever a function raises, the job goes on
            return self._joined(self._halved(columns, error))

    def _halved(self, columns: list[Any], error: Exception) -> list[pa.Array]:
        size = len(columns[0])
        if size <= 1:
            self._count(error)
            return [pa.nulls(size, self._schema.types[0])]
        halves = ([column.iloc[part] for column in columns] for part in (slice(size // 2), slice(size // 2, None)))
        return [array for half in halves for array in self._arrays(half)]

    def _arrays(self, columns: list[Any]) -> list[pa.Array]:
        try:
            return [self._result(columns)[1]]
        except Exception as error:  # noqa: BLE001 as above
            return self._halved(columns, error)

    def _result(self, columns: list[Any]) -> tuple[Any, pa.Array]:
        """What the function gives, and the same as PyFlink will send it: that raises now if it would raise then."""
        result = self._function(*columns)
        expected = pd.DataFrame if self.fields else pd.Series
        if type(result) is not expected:
            raise TypeError(f"the result is a {type(result).__name__}, not a {expected.__name__}")
        if len(result) != len(columns[0]):
            raise ValueError(f"{len(columns[0])} values gave {len(result)} results")
        result = self._with_its_fields(result) if self.fields else _plain(result)
        array = pandas_to_arrow(self._schema, _TIME_ZONE, [self.result_type], [result]).column(0)
        if self.fields:
            for column, part in zip(self.fields, array.flatten(), strict=True):
                _refuse_fractions(result[column], part)
        else:
            _refuse_fractions(result, array)
        return result, array

    def _with_its_fields(self, result: pd.DataFrame) -> pd.DataFrame:
        """By name: PyFlink takes columns by their place, whatever they are called."""
        if sorted(map(str, result.columns)) != sorted(self.fields):
            raise ValueError(f"the result has the columns {list(result.columns)}, not {self.fields}")
        return pd.DataFrame({field: _plain(result[field]) for field in self.fields}, copy=False)

    def _joined(self, arrays: list[pa.Array]) -> Any:
        """Objects, since numbers beside nulls would become floats."""
        values = [value for array in arrays for value in array.to_pylist()]
        if not self.fields:
            return pd.Series(values, dtype=object)
        rows = [[row and row[field] for field in self.fields] for row in values]
        return pd.DataFrame(rows, columns=self.fields, dtype=object)

    def _count(self, error: Exception) -> None:
        self._failures.inc()
        if not self._logged:
            logging.getLogger(__name__).warning("%s gives null for what it fails on: %r", self.name, error)
            self._logged = True


def _is_column(argument: Any) -> bool:
    """Not a constant of the query: PyFlink gives those as they are, and a ROW as a DataFrame."""
    return isinstance(argument, pd.Series | pd.DataFrame)


def _plain(column: pd.Series) -> pd.Series:
    """PyFlink can't send what has a conversion to Arrow of its own, as pandas' ``Int64`` and ``string`` have."""
    return column.astype(object) if hasattr(column.values, "__arrow_array__") else column


def _refuse_fractions(column: pd.Series, array: pa.Array) -> None:
    """Where whole numbers are wanted, Arrow cuts off fractions of objects, though not of columns of floats."""
    if column.dtype == object and pa.types.is_integer(array.type):
        given, sent = column[column.notna()].to_numpy(), array.drop_null().to_numpy(zero_copy_only=False)
        if (given != sent).any():
            raise ValueError(f"{given[given != sent][0]!r} is no {array.type}")


cloudpickle.register_pickle_by_value(sys.modules[__name__])
