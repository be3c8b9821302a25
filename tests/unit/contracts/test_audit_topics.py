"""The topics of no dataset: the ledger keeps the newest entry of each letter, actions are kept for ever."""

from tests.contracts import SCHEMAS
from tidegate.contracts.audit_topics import AUDIT_SCHEMAS, audit_topics
from tidegate.contracts.load import platform_schema


def test_the_ledger_is_compacted_and_actions_are_never_removed() -> None:
    ledger, actions = audit_topics()

    assert (ledger.name, ledger.config["cleanup.policy"]) == ("audit.dead_letters", "compact")
    assert "retention.ms" not in ledger.config
    assert (actions.name, actions.config["cleanup.policy"]) == ("audit.actions", "delete")
    assert actions.config["retention.ms"] == "-1"


def test_each_has_a_schema() -> None:
    assert [*AUDIT_SCHEMAS] == [plan.name for plan in audit_topics()]
    assert [platform_schema(SCHEMAS, name)["name"] for name in AUDIT_SCHEMAS.values()] == [
        "DeadLetterState",
        "AuditAction",
    ]
