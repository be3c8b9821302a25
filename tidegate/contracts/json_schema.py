"""The JSON Schema of ``contract.yaml``, which lets an editor complete and check it."""

import json

from tidegate.contracts.model import Contract

FILE = "docs/contract.schema.json"


def contract_schema() -> str:
    """The text of ``docs/contract.schema.json``."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Contract.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
