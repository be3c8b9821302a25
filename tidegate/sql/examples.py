"""What becomes of a dataset's examples: the query that judges them as records are judged, and what its masks say."""

from collections.abc import Mapping, Sequence
from typing import Any

from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import INGESTED_AT
from tidegate.contracts.examples import ARRIVAL, Accepted, Dropped, Expectation, Refused
from tidegate.contracts.model import EVENT_TIME_RULE, Contract, Severity
from tidegate.dead_letters.codes import Code
from tidegate.sql.literals import literal, timestamp
from tidegate.sql.mapped import mapped_query
from tidegate.sql.rules import verdict_sql

_ARRIVED = f"CAST({timestamp(ARRIVAL)} AS TIMESTAMP_LTZ(3)) AS {INGESTED_AT}"


def masks_query(stream: Stream, records: Sequence[Mapping[str, Any]]) -> str:
    """A row per record: its position, then its masks of reject, warn and drop. A field that it lacks is null.

    Of a dataset with a mapping a fourth column follows: why the record could not be mapped, null if it could.
    """
    verdict = verdict_sql(stream.contract)
    masks = f"{verdict.reject_mask}, {verdict.warn_mask}, {verdict.drop_mask}"
    examples = _mapped(stream, records) if stream.is_mapped else _plain(stream, records)
    return f"SELECT _example, {masks}{', _fault' if stream.map_sql is not None else ''}\nFROM ({examples})"


def _plain(stream: Stream, records: Sequence[Mapping[str, Any]]) -> str:
    """The records as a table, with the time of their arrival."""
    rows = ",\n".join(f"({position}, {_values(stream, record)})" for position, record in enumerate(records))
    return f"SELECT *, {_ARRIVED}\nFROM (VALUES {rows}) AS examples (_example, {_names(stream)})"


def _mapped(stream: Stream, records: Sequence[Mapping[str, Any]]) -> str:
    """As :func:`_plain`, as rules see the records. One that fails comes again, without values and with the reason.

    A record without fields is none that could be read, of which no value is demanded.
    """
    if stream.map_sql is None:
        return mapped_query(stream, f"({_plain(stream, records)})", ("_example", INGESTED_AT))
    rows = ", ".join(f"ROW({_values(stream, record)})" for record in records)
    names = f"{_names(stream)}, _position, _fault"
    items = f"(VALUES (ARRAY[{rows}])) AS g (given) CROSS JOIN LATERAL TABLE(items(g.given)) AS i ({names})"
    table = f"(SELECT i.*, _position - 1 AS _example, {_ARRIVED}\nFROM {items})"
    unread = ", ".join(str(position) for position, record in enumerate(records) if not record)
    undecoded = "_fault IS NOT NULL" + (f" OR _example IN ({unread})" if unread else "")
    return mapped_query(stream, table, ("_example", "_fault", INGESTED_AT), undecoded)


def _values(stream: Stream, record: Mapping[str, Any]) -> str:
    return ", ".join(literal(record.get(field.name), field.type) for field in stream.raw_type.fields)


def _names(stream: Stream) -> str:
    return ", ".join(f"`{name}`" for name in stream.raw_fields)


def expectation(
    contract: Contract, rejected: int, warned: int, dropped: int, unmapped: str | None = None
) -> Expectation:
    """What becomes of a record with these masks, by the same precedence as the refine job's."""
    if unmapped is not None:
        return Refused(verdict="dead_letter", error_code="MAPPING_FAILED")
    if rejected:
        violations = _picked([*_rules(contract, "reject"), EVENT_TIME_RULE], rejected)
        code = Code.EVENT_TIME_OUT_OF_RANGE if EVENT_TIME_RULE in violations else Code.RULE_VIOLATED
        return Refused.model_validate({"verdict": "dead_letter", "error_code": code, "violations": violations})
    if dropped:
        return Dropped(verdict="dropped", violations=_picked(_rules(contract, "drop"), dropped))
    return Accepted(verdict="silver", warnings=_picked(_rules(contract, "warn"), warned))


def _picked(names: list[str], mask: int) -> tuple[str, ...]:
    return tuple(name for bit, name in enumerate(names) if mask >> bit & 1)


def _rules(contract: Contract, severity: Severity) -> list[str]:
    return [rule.name for rule in contract.rules_of(severity)]
