"""From a contract's rules to SQL: one verdict per raw record, computed once, with every violation listed.

Each severity becomes a BIGINT column whose bit *i* says that rule *i* of that severity is not met. The event-time
window of the contract is the last bit of ``reject``. A check that is NULL counts as met, as in SQL's CHECK.
"""

from dataclasses import dataclass
from datetime import UTC

from tidegate.contracts.model import EVENT_TIME_RULE, Contract, Rule, Severity
from tidegate.sql.literals import text


@dataclass(frozen=True, slots=True)
class VerdictSql:
    """SQL expressions over the raw columns; ``names`` and ``descriptions`` are literals for the Java functions."""

    reject_mask: str
    warn_mask: str
    drop_mask: str
    event_time_bit: int
    violations: str
    warnings: str
    dropped_by: str


def verdict_sql(contract: Contract) -> VerdictSql:
    """The verdict of a contract's rules.

    ``violations``, ``warnings`` and ``dropped_by`` are expressions over the columns ``_rejected``, ``_warned`` and
    ``_dropped`` that hold the masks.
    """
    rejects = [*contract.rules_of("reject"), _event_time_rule(contract)]
    lines = "\n".join(f"{rule.name}\t{rule.field}\t{rule.description}" for rule in rejects)
    return VerdictSql(
        reject_mask=mask(rejects),
        warn_mask=mask(contract.rules_of("warn")),
        drop_mask=mask(contract.rules_of("drop")),
        event_time_bit=1 << (len(rejects) - 1),
        violations=f"violations(_rejected, {text(lines)})",
        warnings=f"rule_names(_warned, {_names(contract, 'warn')})",
        dropped_by=f"first_rule_name(_dropped, {_names(contract, 'drop')})",
    )


def mask(rules: list[Rule]) -> str:
    """BIGINT expression: bit *i* is set where rule *i* is not met.

    Not by IS FALSE: Flink turns ``(x >= 0) IS FALSE`` into ``x < 0``, which holds for no NaN, and took each for good.
    """
    bits = [
        f"CASE WHEN ({_enclosed(rule.check)}) IS NOT FALSE THEN CAST(0 AS BIGINT) ELSE CAST({1 << bit} AS BIGINT) END"
        for bit, rule in enumerate(rules)
    ]
    return "\n      + ".join(bits) or "CAST(0 AS BIGINT)"


def _enclosed(check: str) -> str:
    """The check as it stands in brackets: a comment at its end must not hide the closing one."""
    return f"{check}\n" if "--" in check else check


def _names(contract: Contract, severity: Severity) -> str:
    return text(",".join(rule.name for rule in contract.rules_of(severity)))


def _event_time_rule(contract: Contract) -> Rule:
    window = contract.event_time
    column = f"`{window.column}`"
    earliest = window.earliest.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f").removesuffix(".000000")
    return Rule(
        name=EVENT_TIME_RULE,
        field=window.field,
        check=(
            f"{column} >= CAST(TIMESTAMP '{earliest}' AS TIMESTAMP_LTZ(3)) "
            f"AND {column} <= TIMESTAMPADD(SECOND, {window.max_future_s}, _ingested_at)"
        ),
        severity="reject",
        description=(
            f"{window.field} lies between {window.earliest:%Y-%m-%d} and {window.max_future_s} s after its arrival"
        ),
    )
