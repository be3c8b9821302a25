"""What becomes of a dataset's examples: the query that judges them as records are judged, and what its masks say."""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import INGESTED_AT
from tidegate.contracts.examples import ARRIVAL, Accepted, Dropped, Expectation, Refused
from tidegate.contracts.model import EVENT_TIME_RULE, Contract, Severity
from tidegate.dead_letters.codes import Code
from tidegate.sql.literals import literal, timestamp
from tidegate.sql.rules import verdict_sql


def masks_query(stream: Stream, records: Sequence[Mapping[str, Any]]) -> str:
    """A row per record: its position, then its masks of reject, warn and drop. A field that it lacks is null."""
    fields = stream.raw_type.fields
    rows = ",\n".join(
        f"({position}, {', '.join(literal(record.get(field.name), field.type) for field in fields)})"
        for position, record in enumerate(records)
    )
    names = ", ".join(f"`{field.name}`" for field in fields)
    verdict = verdict_sql(stream.contract)
    return (
        f"SELECT _example, {verdict.reject_mask}, {verdict.warn_mask}, {verdict.drop_mask}\n"
        f"FROM (SELECT *, CAST({timestamp(ARRIVAL)} AS TIMESTAMP_LTZ(3)) AS {INGESTED_AT}\n"
        f"FROM (VALUES {rows}) AS examples (_example, {names}))"
    )


def expectation(contract: Contract, rejected: int, warned: int, dropped: int) -> Expectation:
    """What becomes of a record with these masks, by the same precedence as the refine job's."""
    if rejected:
        violations = _picked([*_names(contract, "reject"), EVENT_TIME_RULE], rejected)
        code = Code.EVENT_TIME_OUT_OF_RANGE if EVENT_TIME_RULE in violations else Code.RULE_VIOLATED
        return Refused.model_validate({"verdict": "dead_letter", "error_code": code, "violations": violations})
    if dropped:
        return Dropped(verdict="dropped", violations=_picked(_names(contract, "drop"), dropped))
    return Accepted(verdict="silver", warnings=_picked(_names(contract, "warn"), warned))


def _picked(names: list[str], mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


def _names(contract: Contract, severity: Severity) -> list[str]:
    return [rule.name for rule in contract.rules_of(severity)]
