"""What the registry has of the versions of silver before the contract's: records of theirs are in its topic too.

A new version of silver's topic is filled with records of the one before as they are, by whatever schema each was
written. So its subject has all of those schemas: they stay when the subject of before is deleted, and promises that
were made to readers go on.
"""

from tidegate.avro.types import AvroSchema
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Dataset
from tidegate.registration.registered import registered_schemas


def schemas_before(registry: RegistryClient, dataset: Dataset) -> list[AvroSchema]:
    """The schemas of the last version before the contract's that the registry knows, oldest first; none of the first.

    Raises:
        ContractError: one of them can't be read.
    """
    contract = dataset.contract
    for version in range(contract.silver_version - 1, 0, -1):
        subject = naming.subject(naming.output_topic("silver", contract.dataset, version))
        if found := registered_schemas(registry, subject):
            return [*found.values()]
    return []
