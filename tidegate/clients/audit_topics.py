"""The topics of the ledger and of actions, made on first use where no `contract register` has made them yet."""

from tidegate.avro.codec import Encoder
from tidegate.clients.kafka_topics import create_topics
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.audit_topics import AUDIT_SCHEMAS, audit_topics
from tidegate.contracts.load import platform_schema
from tidegate.contracts.naming import subject
from tidegate.settings import Settings


def audit_encoder(settings: Settings, topic: str) -> Encoder:
    """What writes records of an audit topic, which exists when this returns.

    Raises:
        ContractError: the folder of schemas lacks the topic's, or the registry refuses it.
        TransientError: Kafka or the registry is out of reach.
    """
    schema = platform_schema(settings.schemas_dir, AUDIT_SCHEMAS[topic])
    create_topics(settings, [plan for plan in audit_topics() if plan.name == topic])
    with RegistryClient(settings) as registry:
        schema_id = registry.lookup(subject(topic), schema) or registry.register(subject(topic), schema)
    return Encoder(schema, schema_id)
