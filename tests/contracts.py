"""What a test does with contracts: its own copies of them, to register and to spoil."""

import shutil
from pathlib import Path

SCHEMAS = Path(__file__).parents[1] / "schemas"


def copy_of_clicks(schemas_dir: Path, name: str) -> Path:
    """A dataset like clicks under another name, and without metrics, so that tests share no topic; returns its folder.

    ``schemas_dir`` gets what it refers to as well: products, the dead letter, dropped.
    """
    for other in ("products", "dead_letter", "dropped"):
        shutil.copytree(SCHEMAS / other, schemas_dir / other, dirs_exist_ok=True)
    folder = Path(shutil.copytree(SCHEMAS / "clicks", schemas_dir / name, ignore=shutil.ignore_patterns("metrics")))
    contract = folder / "contract.yaml"
    text = contract.read_text().replace("dataset: clicks", f"dataset: {name}")
    contract.write_text(text.replace("raw.clicks", f"raw.{name}").replace("events-clicks-", f"events-{name}-"))
    return folder


def spoil(path: Path, old: str, new: str) -> None:
    """Replace ``old``, which must be there, once."""
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new, 1))
