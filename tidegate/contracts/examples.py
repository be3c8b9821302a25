"""Examples of a contract: ``schemas/<dataset>/examples/{valid,invalid}.jsonl``, records with the verdict they get.

One JSON object a line::

    {"record": {…}, "expect": {"verdict": "silver", "warnings": ["country_is_iso_code"]}, "note": "why"}
    {"record": {…}, "expect": {"verdict": "dropped", "violations": ["no_heartbeats"]}}
    {"record": {…}, "expect": {"verdict": "dead_letter", "error_code": "RULE_VIOLATED", "violations": […]}}
    {"record": {…}, "expect": {"verdict": "dead_letter", "error_code": "MAPPING_FAILED"}}

``record`` is written as :mod:`tidegate.avro.json_values` says. ``valid.jsonl`` holds silver and dropped,
``invalid.jsonl`` dead letters; reference data has ``valid.jsonl`` only, each with the verdict ``reference``. The
verdict is that of a record which arrives at ``ARRIVAL``; rules are listed in the contract's order.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tidegate.avro.json_text import read_json
from tidegate.avro.json_values import from_json
from tidegate.contracts.dataset import DatasetFolder
from tidegate.contracts.json_lines import lines_of
from tidegate.contracts.model import EVENT_TIME_RULE, Contract
from tidegate.contracts.problem import Problem
from tidegate.errors import ContractError, TidegateError

ARRIVAL = datetime(2026, 1, 1, 12, tzinfo=UTC)
MAPPING_FAILED = "MAPPING_FAILED"
EXAMPLE_FILES = ("valid.jsonl", "invalid.jsonl")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Accepted(_Part):
    """The record becomes a silver row."""

    verdict: Literal["silver"]
    warnings: tuple[str, ...] = ()


class Dropped(_Part):
    """A drop rule leaves the record out; ``violations`` holds the rules, the first of which is reported."""

    verdict: Literal["dropped"]
    violations: tuple[str, ...] = Field(min_length=1)


class Refused(_Part):
    """The record becomes a dead letter."""

    verdict: Literal["dead_letter"]
    error_code: Literal["RULE_VIOLATED", "EVENT_TIME_OUT_OF_RANGE", "MAPPING_FAILED"]
    violations: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _violations_are_of_rules(self) -> "Refused":
        if (self.error_code == MAPPING_FAILED) == bool(self.violations):
            raise ValueError(f"{self.error_code} comes {'with' if not self.violations else 'without'} violations")
        return self


class Loaded(_Part):
    """The record becomes a version of its key in the reference data."""

    verdict: Literal["reference"]


Expectation = Accepted | Dropped | Refused | Loaded


class _Line(_Part):
    record: dict[str, Any]
    expect: Annotated[Expectation, Field(discriminator="verdict")]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One example: where it stands, the record in Python values, and what must become of it."""

    file: str
    line: int
    record: dict[str, Any]
    expect: Expectation


def read_examples(dataset: DatasetFolder) -> tuple[list[Example], list[Problem]]:
    """The examples of ``dataset``, and one problem for each line that is wrong in itself."""
    examples: list[Example] = []
    problems: list[Problem] = []
    for name in EXAMPLE_FILES[: 1 if dataset.contract.kind == "reference" else None]:
        file = f"{dataset.name}/examples/{name}"
        path = dataset.folder / "examples" / name
        if not path.exists():
            problems.append(Problem(file, "file", "missing", "Add at least one example, one a line."))
            continue
        for number, text in lines_of(path):
            try:
                line = _parse(text)
                _refuse_wrong_file(name, line, dataset.contract)
                _refuse_unknown_rules(line, dataset.contract)
                examples.append(Example(file, number, from_json(line.record, dataset.raw_type), line.expect))
            except TidegateError as error:
                problems.append(Problem(file, f"line {number}", error.problem.rstrip("."), error.remedy))
    return examples, problems


def _parse(text: bytes) -> _Line:
    try:
        value = read_json(text)
    except ValueError as error:
        raise ContractError(str(error), remedy="One JSON object a line, in UTF-8.") from error
    try:
        return _Line.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ContractError(f"{place}: {first['msg']}", remedy=_FORMAT) from error


_FORMAT = 'An example is {"record": {…}, "expect": {"verdict": …}}; see tidegate/contracts/examples.py.'


def _refuse_wrong_file(name: str, line: _Line, contract: Contract) -> None:
    if isinstance(line.expect, Loaded) != (contract.kind == "reference"):
        raise ContractError(
            f"a {contract.kind} record never becomes {line.expect.verdict}",
            remedy="Reference data expects the verdict reference, and only it.",
        )
    is_refused = isinstance(line.expect, Refused)
    if is_refused != (name == "invalid.jsonl"):
        raise ContractError(f"expects {line.expect.verdict}", remedy=f"Move it to {EXAMPLE_FILES[is_refused]}.")


def _refuse_unknown_rules(line: _Line, contract: Contract) -> None:
    match line.expect:
        case Accepted(warnings=names):
            known = [rule.name for rule in contract.rules_of("warn")]
        case Dropped(violations=names):
            known = [rule.name for rule in contract.rules_of("drop")]
        case Refused(violations=names):
            known = [*(rule.name for rule in contract.rules_of("reject")), EVENT_TIME_RULE]
        case Loaded():
            return
    if unknown := [name for name in names if name not in known]:
        raise ContractError(
            f"the contract has no rule {unknown[0]} of that severity", remedy=f"Known: {', '.join(known)}."
        )
