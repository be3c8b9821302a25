"""What only Flink can tell of a contract: whether its SQL compiles, its examples behave, and each job can be planned.

Run as ``python -m flink_jobs.check_contracts SCHEMAS_DIR DATASET…`` by ``tidegate contract check``; prints a JSON list
of problems. Builds environments in its own process and needs no cluster or server. The jars of connectors and functions
are on the class path (``HADOOP_CLASSPATH``).
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyflink.table import EnvironmentSettings, TableEnvironment

from flink_jobs.check_mapping import mapping_problems
from flink_jobs.check_plans import plan_problems
from flink_jobs.fallible import Risk, risks
from flink_jobs.planned_types import check_insert, declare, types_of
from flink_jobs.plans import repeated
from flink_jobs.python_functions import function_names, named_in, register_named
from flink_jobs.sql_error import FLINK_REFUSES, SqlError
from flink_jobs.sql_functions import register_functions
from tidegate import log
from tidegate.avro.types import Column
from tidegate.contracts.dataset import Metric, Stream
from tidegate.contracts.envelope import INGESTED_AT
from tidegate.contracts.examples import Example, Expectation, read_examples
from tidegate.contracts.load import load_reference, load_refined
from tidegate.contracts.problem import Problem
from tidegate.errors import TidegateError
from tidegate.settings import LogSettings, get_settings
from tidegate.sql.ddl import quoted
from tidegate.sql.examples import expectation, masks_query
from tidegate.sql.refined import refined_query
from tidegate.sql.validated import envelope_column, validated_columns


def main(argv: list[str]) -> None:
    """Check the datasets named after the contract folder and print what is wrong."""
    log.start(LogSettings())
    schemas_dir, names = Path(argv[0]), argv[1:]
    try:
        datasets = [load_refined(schemas_dir, name) for name in names]
        found = {dataset.name: check(dataset, schemas_dir) for dataset in datasets}
        problems = [problem for each in found.values() for problem in each]
        sound = [dataset for dataset in datasets if not found[dataset.name]]
        problems += plan_problems(sound, get_settings().model_copy(update={"schemas_dir": schemas_dir}))
    except TidegateError as error:
        log.failed(error)
        sys.exit(1)
    print(json.dumps([asdict(problem) for problem in problems]))


def check(dataset: Stream, schemas_dir: Path) -> list[Problem]:
    """The problems of one dataset of events, of a topic or of files."""
    flink = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
    flink.get_config().set("table.local-time-zone", "UTC")
    flink.get_config().set("parallelism.default", "1")
    register_functions(flink)
    register_named(flink, [dataset.refine_sql, *(metric.sql for metric in dataset.metrics)])
    if unmapped := [*mapping_problems(flink, dataset)]:
        return unmapped
    declare(flink, "record", [*dataset.record_columns, envelope_column(INGESTED_AT)])
    references = {enrich.reference: load_reference(schemas_dir, enrich.reference) for enrich in dataset.contract.enrich}
    declare(flink, "validated", validated_columns(dataset, references))
    if broken := list(_rule_problems(flink, dataset)):
        return [*broken, *_refine_problems(flink, dataset)]
    return [
        *_refine_problems(flink, dataset),
        *_metric_problems(flink, dataset),
        *_rule_risks(flink, dataset),
        *_judged_problems(flink, dataset),
    ]


def _rule_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    file = f"{dataset.name}/contract.yaml"
    for position, rule in enumerate(dataset.contract.rules):
        place = f"rules.{position} ({rule.name})"
        try:
            # The check starts on a line of its own, so that Flink counts lines as the contract does.
            sql_type = types_of(flink, f"SELECT (\n{rule.check}\n) AS checked FROM `record`")["checked"]
        except SqlError as error:
            yield Problem(file, f"{place} {error.place(first_line=2)}".strip(), error.reason, "Fix the check.")
            continue
        if not sql_type.startswith("BOOLEAN"):
            yield Problem(file, place, f"is {sql_type}, not a condition", "Write a boolean expression.")


def _rule_risks(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    for position, rule in enumerate(dataset.contract.rules):
        found = risks(flink, f"SELECT ({rule.check}) AS checked FROM `record`")
        yield from _risks(f"{dataset.name}/contract.yaml", f"rules.{position} ({rule.name})", found, failures=False)


def _judged_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    """Of a record of nulls and of the examples: one job of Flink, which takes seconds, and one for each if it fails."""
    examples, _ = read_examples(dataset)
    records = [example.record for example in examples]
    try:
        nulls, *found = _masks(flink, dataset, [{}, *records])
    except SqlError:
        yield from _null_problems(flink, dataset)
        yield from _example_problems(flink, dataset, examples)
    else:
        yield from _unmapped_nulls(dataset, nulls)
        yield from _differences(dataset, examples, [row[1:] for row in found])


def _null_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    """Whether a record without values can be mapped and judged, as which one comes that could not be taken."""
    try:
        [nulls] = _masks(flink, dataset, [{}])
        yield from _unmapped_nulls(dataset, nulls)
    except SqlError as error:
        remedy = "Let the checks give a value for nulls: no coalesce to a value that they fail for."
        problem = f"fail for a record whose fields are all null: {error.reason}"
        yield Problem(f"{dataset.name}/contract.yaml", "rules", problem, remedy)


def _unmapped_nulls(dataset: Stream, row: Sequence[Any]) -> Iterator[Problem]:
    _, _, _, _, *faults = row
    if any(faults):
        remedy = "Let it give a null for nulls."
        yield Problem(f"{dataset.name}/map.sql", "select", f"fails for a record of nulls: {faults[0]}", remedy)


def _refine_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    file = f"{dataset.name}/refine.sql"
    wanted = dataset.silver_columns
    declare(flink, "silver", wanted)
    try:
        types = types_of(flink, dataset.refine_sql)
        calls = _repeated_calls(
            flink, dataset.refine_sql, f"INSERT INTO silver ({quoted(wanted)}) {refined_query(dataset)}"
        )
    except SqlError as error:
        yield Problem(file, error.place(first_line=1) or "select", error.reason, "Fix the query.")
        return
    except FLINK_REFUSES as error:
        yield Problem(file, "select", SqlError(error).reason, "Give the columns the types of silver.avsc.")
        return
    yield from _repeated_problems(file, calls)
    yield from _nulls(file, wanted, types, "silver.avsc")
    yield from _risks(file, "", risks(flink, dataset.refine_sql), failures=False)


def _metric_problems(flink: TableEnvironment, dataset: Stream) -> Iterator[Problem]:
    """What does not compile in ``metrics/``; they read the table ``silver``, which ``refine.sql`` was checked with."""
    for metric in dataset.metrics:
        file = f"{dataset.name}/metrics/{metric.name}.sql"
        wanted = metric.columns
        declare(flink, f"metric_{metric.name}", wanted)
        names = quoted(wanted)
        try:
            types = types_of(flink, metric.sql)
            insert = f"INSERT INTO `metric_{metric.name}` SELECT {names} FROM (\n{metric.sql}\n)"
            yield from _repeated_problems(file, _repeated_calls(flink, metric.sql, insert))
            yield from _nulls(file, wanted, types, f"{metric.name}.avsc")
            yield from _overflows(file, metric)
            yield from _risks(file, "", risks(flink, metric.sql), failures=True)
        except SqlError as error:
            yield Problem(file, error.place(first_line=1) or "select", error.reason, "Fix the query.")
        except FLINK_REFUSES as error:
            problem = SqlError(error).reason
            yield Problem(file, "select", problem, f"Give the columns the types of {metric.name}.avsc.")


def _nulls(file: str, wanted: Iterable[Column], types: Mapping[str, str], schema: str) -> Iterator[Problem]:
    """The columns that may come out null where the schema has no null: the job would fail at the first such row."""
    for column in wanted:
        if not column.nullable and not types[column.name].endswith("NOT NULL"):
            problem = f"may come out null, which {schema} does not allow"
            yield Problem(file, column.name, problem, "Use coalesce, or allow null there.")


def _overflows(file: str, metric: Metric) -> Iterator[Problem]:
    """A decimal that overflows is null, whatever its type says, and behind an aggregation no record is at fault."""
    for name, field in metric.fields.items():
        if field.type.kind == "decimal" and not field.type.nullable:
            problem = f"is null where it overflows, which {metric.name}.avsc does not allow"
            yield Problem(file, name, problem, "Allow null there.")


def _risks(file: str, place: str, found: Iterable[Risk], *, failures: bool) -> Iterator[Problem]:
    """What gives a wrong number, and with ``failures`` also what throws: where no record can become a dead letter."""
    for risk in found:
        if failures or not risk.fails:
            yield Problem(file, f"{place} {risk.expression}".strip(), risk.problem, risk.remedy)


def _repeated_calls(flink: TableEnvironment, query: str, insert: str) -> list[str]:
    """Python functions that would run more than once with the same arguments (FLINK-39531), in the whole insert.

    Raises:
        FLINK_REFUSES: it can't be planned.
    """
    names = function_names()
    if named_in([query], names):
        return repeated(flink.explain_sql(insert), names)
    check_insert(flink, insert)
    return []


def _repeated_problems(file: str, calls: Iterable[str]) -> Iterator[Problem]:
    for call in calls:
        remedy = "Call it in one place, for a WHERE too: group by its result, or filter where no function is needed."
        yield Problem(file, call, "would run in Python more than once for each row", remedy)


def _example_problems(flink: TableEnvironment, dataset: Stream, examples: Sequence[Example]) -> Iterator[Problem]:
    if not examples:
        return
    try:
        found = _masks(flink, dataset, [example.record for example in examples])
    except SqlError as error:
        yield Problem(
            f"{dataset.name}/contract.yaml", "rules", f"fail for an example: {error.reason}", "Guard the check."
        )
        return
    yield from _differences(dataset, examples, [row[1:] for row in found])


def _differences(dataset: Stream, examples: Sequence[Example], found: Sequence[Sequence[Any]]) -> Iterator[Problem]:
    """``found``: the masks of each example."""
    for example, masks in zip(examples, found, strict=True):
        actual = expectation(dataset.contract, *masks)
        if actual != example.expect:
            yield Problem(
                example.file, f"line {example.line}", _difference(example, actual), "Fix the example or the rules."
            )


def _masks(flink: TableEnvironment, dataset: Stream, records: Sequence[Mapping[str, Any]]) -> list[Sequence[Any]]:
    """The position of each record with its masks, and why it could not be mapped where it can be; in their order."""
    try:
        with flink.execute_sql(masks_query(dataset, records)).collect() as results:
            return sorted((tuple(row) for row in results), key=lambda row: int(row[0]))
    except FLINK_REFUSES as error:
        raise SqlError(error) from error


def _difference(example: Example, actual: Expectation) -> str:
    return f"expects {_told(example.expect)}, but gets {_told(actual)}"


def _told(expectation: Expectation) -> str:
    facts = expectation.model_dump(exclude_defaults=True)
    return " ".join(str(fact) if isinstance(fact, str) else f"[{', '.join(fact)}]" for fact in facts.values())


if __name__ == "__main__":
    main(sys.argv[1:])
