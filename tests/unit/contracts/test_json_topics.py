"""A contract for records in JSON says what becomes of fields that it lacks, or the gate does."""

from typing import Any

import pytest

from tests.unit.contracts.test_model import contract
from tidegate.contracts.json_topics import unknown_fields


@pytest.mark.parametrize(("policy", "rescues"), [(None, False), ("ignore", False), ("reject", False), ("rescue", True)])
def test_unknown_fields_of_json_are_ignored_unless_the_contract_says_otherwise(policy: Any, rescues: bool) -> None:
    made = contract(topic={"name": "raw.visits", "format": "json", "unknown_fields": policy})

    assert (made.is_json, unknown_fields(made), made.rescues) == (True, policy or "ignore", rescues)
