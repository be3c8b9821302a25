"""Makes the files of ``functions/`` known to SQL: a query that names one gets it, any other stays without Python.

The file ``functions/<name>.py`` has a function ``<name>`` that takes a pandas Series per argument and returns one of
the same length, and beside it its SQL types: ``ARGUMENTS``, and ``RESULT``, which for a ROW maps names to types; the
function then returns a DataFrame.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from runpy import run_path

from pyflink.java_gateway import get_gateway
from pyflink.table import TableEnvironment
from pyflink.table.types import DataType
from pyflink.table.udf import udf

from tidegate.errors import TidegateError

FOLDER = Path(__file__).parent / "functions"
_NO_CODE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_NOT_NULL = re.compile(r"\bnot\s+null\b", re.IGNORECASE)
_CALL = r"\b({})\s*\("


def function_names(folder: Path = FOLDER) -> list[str]:
    """Names of the files, which are those of their functions."""
    return sorted(path.stem for path in folder.glob("[!_]*.py"))


def named_in(queries: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of ``names`` that the queries call; comments and texts do not count."""
    call = re.compile(_CALL.format("|".join(map(re.escape, names)) or "(?!)"), re.IGNORECASE)
    return sorted({name.lower() for query in queries for name in call.findall(_NO_CODE.sub(" ", query))})


def register_named(flink: TableEnvironment, queries: Iterable[str], folder: Path = FOLDER) -> list[str]:
    """Makes the functions known that the queries name, and no other; returns their names."""
    names = named_in(queries, function_names(folder))
    for name in names:
        _register(flink, folder / f"{name}.py")
    return names


def _register(flink: TableEnvironment, file: Path) -> None:
    # Here, not above: pandas takes half a second, which a job without Python functions need not spend.
    from flink_jobs.shipped_function import ShippedFunction  # noqa: PLC0415

    name, declared = file.stem, run_path(str(file))
    result = result_type(file, declared["RESULT"])
    function = ShippedFunction(name, file.read_text(), _sent_as(result))
    vectorised = udf(
        function, input_types=list(declared["ARGUMENTS"]), result_type=result, func_type="pandas", name=name
    )
    flink.create_temporary_system_function(name, vectorised)


def result_type(file: Path, declared: str | dict[str, str]) -> str:
    """The SQL type of a function's ``RESULT``.

    Raises:
        TidegateError: it can't be null, which a value is that the function fails on.
    """
    if isinstance(declared, dict):
        declared = f"ROW<{', '.join(f'`{field}` {sql_type}' for field, sql_type in declared.items())}>"
    if _NOT_NULL.search(declared):
        raise TidegateError(
            f"RESULT of {file} is NOT NULL, but a value that the function fails on is null.",
            remedy="Take NOT NULL away; a query replaces nulls by COALESCE.",
        )
    return declared


def _sent_as(sql_type: str) -> DataType:
    """The type as a worker gets it from Flink: PyFlink's own conversion from Java loses the digits of a TIMESTAMP."""
    from pyflink.fn_execution import flink_fn_execution_pb2  # noqa: PLC0415 as above
    from pyflink.fn_execution.coders import LengthPrefixBaseCoder  # noqa: PLC0415

    java = get_gateway().jvm
    types = java.org.apache.flink.table
    parsed = types.types.logical.utils.LogicalTypeParser.parse(
        sql_type, java.Thread.currentThread().getContextClassLoader()
    )
    sent = types.runtime.typeutils.PythonTypeUtils.toProtoType(parsed).toByteArray()
    return LengthPrefixBaseCoder._to_data_type(flink_fn_execution_pb2.Schema.FieldType.FromString(sent))
