"""What only Flink can tell of a contract: whether its SQL compiles, and whether its examples behave.

Run as ``python -m flink_jobs.check_contracts JAR SCHEMAS_DIR DATASET…`` by ``tidegate contract check``; prints a
JSON list of problems. Builds a batch environment in its own process and needs no cluster or server; ``JAR`` is that of
``connectors/``, which holds the SQL functions.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyflink.table import EnvironmentSettings, TableEnvironment
from pyflink.util.exceptions import TableException

from flink_jobs.plans import repeated
from flink_jobs.python_functions import function_names, register_named
from flink_jobs.sql_functions import register_functions
from tidegate import log
from tidegate.avro.types import Column, flink_type_of
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Stream
from tidegate.contracts.examples import ARRIVAL, Accepted, Dropped, Example, Expectation, Refused, read_examples
from tidegate.contracts.load import load_reference, load_stream
from tidegate.contracts.model import EVENT_TIME_RULE, Contract, Severity
from tidegate.contracts.problem import Problem
from tidegate.errors import TidegateError
from tidegate.settings import LogSettings
from tidegate.sql.literals import literal, timestamp
from tidegate.sql.rules import verdict_sql

_POSITION = re.compile(r"(?:From|At) line (\d+), column (\d+)(?: to line \d+, column \d+)?: ?")
_PARSER_POSITION = re.compile(r"Encountered (.+?) at line (\d+), column (\d+)", re.DOTALL)


def main(argv: list[str]) -> None:
    """Check the datasets named after the contract folder and print what is wrong."""
    log.start(LogSettings())
    jar, schemas_dir, names = argv[0], Path(argv[1]), argv[2:]
    try:
        problems = [problem for name in names for problem in check(load_stream(schemas_dir, name), schemas_dir, jar)]
    except TidegateError as error:
        log.failed(error)
        sys.exit(1)
    print(json.dumps([asdict(problem) for problem in problems]))


def check(dataset: Stream, schemas_dir: Path, functions_jar: str) -> list[Problem]:
    """The problems of one stream dataset."""
    flink = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
    flink.get_config().set("table.local-time-zone", "UTC")
    flink.get_config().set("parallelism.default", "1")
    register_functions(flink, functions_jar)
    register_named(flink, [dataset.refine_sql, *(metric.sql for metric in dataset.metrics)])
    _declare(flink, "raw", [*map(_line, dataset.raw_columns), _envelope_line(envelope.INGESTED_AT)])
    _declare(flink, "validated", [*_validated_lines(dataset, schemas_dir), *map(_envelope_line, envelope.TYPES)])
    if broken := list(_rule_problems(flink, dataset)):
        return [*broken, *_refine_problems(flink, dataset)]
    return [
        *_refine_problems(flink, dataset),
        *_metric_problems(flink, dataset),
        *_example_problems(flink, dataset),
    ]


def _rule_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    file = f"{dataset.name}/contract.yaml"
    for position, rule in enumerate(dataset.contract.rules):
        place = f"rules.{position} ({rule.name})"
        try:
            # The check starts on a line of its own, so that Flink counts lines as the contract does.
            sql_type = _types(flink, f"SELECT (\n{rule.check}\n) AS checked FROM `raw`")["checked"]
        except _SqlError as error:
            yield Problem(file, f"{place} {error.place(first_line=2)}".strip(), error.reason, "Fix the check.")
            continue
        if not sql_type.startswith("BOOLEAN"):
            yield Problem(file, place, f"is {sql_type}, not a condition", "Write a boolean expression.")


def _refine_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    file = f"{dataset.name}/refine.sql"
    wanted = dataset.silver_columns
    _declare(flink, "silver", [_line(column) for column in wanted])
    names = ", ".join(f"`{column.name}`" for column in wanted)
    try:
        types = _types(flink, dataset.refine_sql)
        plan = flink.explain_sql(f"INSERT INTO silver SELECT {names} FROM (\n{dataset.refine_sql}\n)")
    except _SqlError as error:
        yield Problem(file, error.place(first_line=1) or "select", error.reason, "Fix the query.")
        return
    except (Py4JJavaError, TableException) as error:
        yield Problem(file, "select", _SqlError(error).reason, "Give the columns the types of silver.avsc.")
        return
    yield from _repeated_calls(file, plan)
    for column in wanted:
        if not column.nullable and not types[column.name].endswith("NOT NULL"):
            problem = "may come out null, which silver.avsc does not allow"
            yield Problem(file, column.name, problem, "Use coalesce, or allow null there.")


def _metric_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    """What does not compile in ``metrics/``; they read the table ``silver``, which ``refine.sql`` was checked with."""
    for metric in dataset.metrics:
        file = f"{dataset.name}/metrics/{metric.name}.sql"
        wanted = metric.columns
        _declare(flink, f"metric_{metric.name}", [_line(column) for column in wanted])
        names = ", ".join(f"`{column.name}`" for column in wanted)
        try:
            _types(flink, metric.sql)
            plan = flink.explain_sql(f"INSERT INTO `metric_{metric.name}` SELECT {names} FROM (\n{metric.sql}\n)")
            yield from _repeated_calls(file, plan)
        except _SqlError as error:
            yield Problem(file, error.place(first_line=1) or "select", error.reason, "Fix the query.")
        except (Py4JJavaError, TableException) as error:
            problem = _SqlError(error).reason
            yield Problem(file, "select", problem, f"Give the columns the types of {metric.name}.avsc.")


def _repeated_calls(file: str, plan: str) -> Iterator[Problem]:
    """Python functions that would run more than once with the same arguments (FLINK-39531)."""
    for call in repeated(plan, function_names()):
        remedy = "Call it in one place, for a WHERE too: group by its result, or filter where no function is needed."
        yield Problem(file, call, "would run in Python more than once for each row", remedy)


def _example_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    examples, _ = read_examples(dataset)
    if not examples:
        return
    fields = dataset.raw_type.fields
    rows = ",\n".join(
        f"({position}, {', '.join(literal(example.record.get(field.name), field.type) for field in fields)})"
        for position, example in enumerate(examples)
    )
    names = ", ".join(f"`{field.name}`" for field in fields)
    verdict = verdict_sql(dataset.contract)
    query = (
        f"SELECT _example, {verdict.reject_mask}, {verdict.warn_mask}, {verdict.drop_mask}\n"
        f"FROM (SELECT *, CAST({timestamp(ARRIVAL)} AS TIMESTAMP_LTZ(3)) AS _ingested_at\n"
        f"FROM (VALUES {rows}) AS examples (_example, {names}))"
    )
    with flink.execute_sql(query).collect() as results:
        for position, *masks in results:
            example = examples[position]
            actual = _expectation(dataset.contract, *masks)
            if actual != example.expect:
                yield Problem(
                    example.file, f"line {example.line}", _difference(example, actual), "Fix the example or the rules."
                )


def _expectation(contract: Contract, rejected: int, warned: int, dropped: int) -> Expectation:
    """What becomes of a record with these masks, by the same precedence as the refine job's."""
    if rejected:
        violations = _picked([*_names(contract, "reject"), EVENT_TIME_RULE], rejected)
        is_time = EVENT_TIME_RULE in violations
        code = "EVENT_TIME_OUT_OF_RANGE" if is_time else "RULE_VIOLATED"
        return Refused.model_validate({"verdict": "dead_letter", "error_code": code, "violations": violations})
    if dropped:
        return Dropped(verdict="dropped", violations=_picked(_names(contract, "drop"), dropped))
    return Accepted(verdict="silver", warnings=_picked(_names(contract, "warn"), warned))


def _picked(names: list[str], mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


def _names(contract: Contract, severity: Severity) -> list[str]:
    return [rule.name for rule in contract.rules_of(severity)]


def _difference(example: Example, actual: Expectation) -> str:
    return f"expects {_told(example.expect)}, but gets {_told(actual)}"


def _told(expectation: Expectation) -> str:
    facts = expectation.model_dump(exclude_defaults=True)
    return " ".join(str(fact) if isinstance(fact, str) else f"[{', '.join(fact)}]" for fact in facts.values())


def _validated_lines(dataset: Stream, schemas_dir: Path) -> Iterator[str]:
    emptied = {privacy.field for privacy in dataset.contract.privacy if privacy.method == "drop"}
    for column in dataset.raw_columns:
        nullable = column.nullable or column.name in emptied
        yield _line(Column(column.name, column.sql_type, nullable, ""))
    if dataset.contract.explode:
        for name, field in dataset.item_fields.items():
            yield _line(Column(name, flink_type_of(field.type), field.type.nullable, ""))
        yield f"`{dataset.contract.explode.position}` INT NOT NULL"
    for enrich in dataset.contract.enrich:
        offered = {column.name: column for column in load_reference(schemas_dir, enrich.reference).raw_columns}
        for name in enrich.columns:
            yield f"`{enrich.prefix}{name}` {offered[name].sql_type}"


def _line(column: Column) -> str:
    return f"`{column.name}` {column.sql_type}{'' if column.nullable else ' NOT NULL'}"


def _envelope_line(name: str) -> str:
    return f"`{name}` {flink_type_of(envelope.TYPES[name])} NOT NULL"


def _declare(flink: TableEnvironment, name: str, lines: list[str]) -> None:
    """A table that is planned with, never read: only its types matter."""
    options = "'connector' = 'filesystem', 'path' = 'file:///nowhere', 'format' = 'json'"
    flink.execute_sql(f"CREATE TEMPORARY TABLE `{name}` (\n{', '.join(lines)}\n) WITH ({options})")


def _types(flink: TableEnvironment, query: str) -> dict[str, str]:
    """The output columns of a query with their SQL types, as Flink's planner sees them."""
    try:
        schema = flink.sql_query(query)._j_table.getResolvedSchema()
    except (Py4JJavaError, TableException) as error:
        raise _SqlError(error) from error
    found = schema.getColumns()
    return {str(found.get(i).getName()): str(found.get(i).getDataType().toString()) for i in range(found.size())}


class _SqlError(Exception):
    """Flink's complaint about a query, reduced to where and why."""

    def __init__(self, error: Exception) -> None:
        messages = _messages(error)
        position = _POSITION.search("\n".join(messages))
        self.reason = " ".join(_POSITION.sub("", messages[-1]).split()).rstrip(".")
        self._at = (int(position[1]), int(position[2])) if position else None
        if parser := _PARSER_POSITION.search(messages[-1]):
            self.reason = f"SQL syntax: unexpected {parser[1]}"
            self._at = (int(parser[2]), int(parser[3]))
        super().__init__(self.reason)

    def place(self, first_line: int) -> str:
        """Line and column counted from ``first_line``; empty where Flink names none."""
        return f"line {self._at[0] - first_line + 1} column {self._at[1]}" if self._at else ""


def _messages(error: Exception) -> list[str]:
    """The messages of a Java error and its causes, innermost last."""
    cause = getattr(error, "java_exception", None)
    messages = [] if cause is not None else [str(error)]
    while cause is not None:
        messages.append(str(cause.getMessage()))
        cause = cause.getCause()
    return messages


if __name__ == "__main__":
    main(sys.argv[1:])
