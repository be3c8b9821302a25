"""A dataset with a mapping: readings of machines as a factory's own software sends them."""

import shutil
from pathlib import Path

from tests.contracts import PLATFORM, SCHEMAS
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream

FOLDER = Path(__file__).parent / "data/mapped/machines"


def copy_of_machines(schemas_dir: Path, name: str = "machines") -> Path:
    """The dataset under a name of its own, beside the schemas that belong to no dataset; returns its folder."""
    for other in PLATFORM:
        shutil.copytree(SCHEMAS / other, schemas_dir / other, dirs_exist_ok=True)
    folder = Path(shutil.copytree(FOLDER, schemas_dir / name))
    contract = folder / "contract.yaml"
    text = contract.read_text().replace("dataset: machines", f"dataset: {name}")
    contract.write_text(text.replace("raw.machines", f"raw.{name}").replace("events-machines-", f"events-{name}-"))
    return folder


def machines() -> Stream:
    """The dataset as it lies in the repository."""
    return load_stream(FOLDER.parent, "machines")
