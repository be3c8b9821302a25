"""Which datasets have dead letters."""

from collections.abc import Sequence

from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_refined
from tidegate.contracts.sound import sound_datasets
from tidegate.settings import Settings


def named_streams(settings: Settings, names: Sequence[str]) -> list[Stream]:
    """The named ones, or all whose contracts can work.

    Raises:
        ContractError: a name is no stream's.
    """
    if names:
        return [load_refined(settings.schemas_dir, name) for name in dict.fromkeys(names)]
    return sound_datasets(settings.schemas_dir).streams
