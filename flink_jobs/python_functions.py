"""Makes the files of ``functions/`` known to SQL: a query that names one gets it, any other stays without Python.

The file ``functions/<name>.py`` has a function ``<name>`` that takes a pandas Series per argument and returns one of
the same length, and beside it its SQL types: ``ARGUMENTS``, and ``RESULT``, which for a ROW maps names to types; the
function then returns a DataFrame.
"""

import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from pyflink.table import TableEnvironment
from pyflink.table.udf import udf

FOLDER = Path(__file__).parent / "functions"
_NO_CODE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_CALL = r"\b({})\s*\("


def function_names(folder: Path = FOLDER) -> list[str]:
    """Names of the files, which are those of their functions."""
    return sorted(path.stem for path in folder.glob("[!_]*.py"))


def named_in(queries: Iterable[str], names: Iterable[str]) -> list[str]:
    """Those of ``names`` that the queries call; comments and texts do not count."""
    call = re.compile(_CALL.format("|".join(map(re.escape, names)) or "(?!)"), re.IGNORECASE)
    return sorted({name.lower() for query in queries for name in call.findall(_NO_CODE.sub(" ", query))})


def register_named(flink: TableEnvironment, queries: Iterable[str]) -> list[str]:
    """Makes the functions known that the queries name, and no other; returns their names."""
    names = named_in(queries, function_names())
    for name in names:
        _register(flink, name)
    return names


def _register(flink: TableEnvironment, name: str) -> None:
    # Here, not above: pandas takes half a second, which a job without Python functions need not spend.
    from flink_jobs.shipped_function import ShippedFunction  # noqa: PLC0415

    module = import_module(f"flink_jobs.functions.{name}")
    result = module.RESULT
    fields = tuple(result) if isinstance(result, dict) else ()
    sql_type = f"ROW<{', '.join(f'`{field}` {result[field]}' for field in fields)}>" if fields else result
    function = ShippedFunction(name, (FOLDER / f"{name}.py").read_text(), fields)
    declared = udf(function, input_types=list(module.ARGUMENTS), result_type=sql_type, func_type="pandas", name=name)
    flink.create_temporary_system_function(name, declared)
