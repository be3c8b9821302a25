"""How long jobs keep state."""

from tidegate.contracts.dataset import Stream
from tidegate.sql.state import dedup_ttl_ms


def test_identities_are_remembered_for_the_hours_of_the_contract(clicks: Stream) -> None:
    for hours, expected_ms in ((24, 86_400_000), (0.5, 1_800_000)):
        contract = clicks.contract.model_copy(update={"dedup_ttl_hours": hours})
        assert dedup_ttl_ms(contract) == expected_ms
