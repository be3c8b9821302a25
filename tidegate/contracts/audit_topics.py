"""The topics that belong to no dataset: what became of dead letters, and what people had done to them."""

from tidegate.contracts.topics import DERIVED_MAX_BYTES, TopicPlan

LEDGER_TOPIC = "audit.dead_letters"
"""The ledger of all datasets; compacted, its keys are the letters' ids."""
LEDGER_SCHEMA = "dead_letter_state"
ACTIONS_TOPIC = "audit.actions"
"""Who did what and when; kept for ever."""
ACTIONS_SCHEMA = "audit_action"
LEDGER_PARTITIONS = 4
AUDIT_SCHEMAS = {LEDGER_TOPIC: LEDGER_SCHEMA, ACTIONS_TOPIC: ACTIONS_SCHEMA}
"""The folder of each topic's schema."""


def audit_topics() -> list[TopicPlan]:
    """Both take the broker's clock, so that no writer dates its entry back."""
    config = {"max.message.bytes": str(DERIVED_MAX_BYTES), "message.timestamp.type": "LogAppendTime"}
    return [
        TopicPlan(LEDGER_TOPIC, LEDGER_PARTITIONS, config | {"cleanup.policy": "compact"}),
        TopicPlan(ACTIONS_TOPIC, 1, config | {"cleanup.policy": "delete", "retention.ms": "-1"}),
    ]
