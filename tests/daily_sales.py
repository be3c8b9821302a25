"""A dataset of daily files of its own, for tests on real servers."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.contracts import PLATFORM, SCHEMAS
from tests.pipeline import tidegate
from tests.project import PROJECT
from tidegate.settings import Settings, get_settings


@dataclass(frozen=True)
class SalesFolder:
    """The dataset ``name``, and the folder in which files of a day are put; ``settings`` know its contract."""

    settings: Settings
    name: str
    landing: Path


@contextmanager
def sales_folder(folder: Path, day: str) -> Iterator[SalesFolder]:
    """A copy of ``tests/data/files_schemas/sales`` under a name of its own, registered; commands find it meanwhile."""
    schemas, name = folder / "schemas", f"sales_{uuid4().hex[:8]}"
    shutil.copytree(PROJECT / "tests/data/files_schemas/sales", schemas / name)
    for each in PLATFORM:
        shutil.copytree(SCHEMAS / each, schemas / each)
    contract = schemas / name / "contract.yaml"
    text = contract.read_text().replace("landing/sales", f"{folder}/landing")
    contract.write_text(text.replace("dataset: sales", f"dataset: {name}"))
    landing = folder / "landing" / day
    landing.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
        tidegate("contract", "register", name)
        yield SalesFolder(get_settings().model_copy(update={"schemas_dir": schemas}), name, landing)
