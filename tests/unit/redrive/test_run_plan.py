"""A run is refused before it is anything; what one does is tested in tests/stack/test_redrive_run.py."""

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests.contracts import SCHEMAS, spoil
from tests.unit.jobs.test_silver_versions import Kafka
from tidegate.errors import ContractError
from tidegate.jobs import silver_versions
from tidegate.redrive.plan import RedrivePlan
from tidegate.redrive.run_plan import Orders, run_plan
from tidegate.settings import Settings


def test_nothing_is_sent_where_refine_writes_another_version_of_silver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    spoil(tmp_path / "schemas/clicks/contract.yaml", "owner:", "silver: {version: 2}\nowner:")
    kafka = Kafka({("silver.clicks", 0): (0, 9)}, {})
    monkeypatch.setattr(silver_versions, "OffsetReader", lambda _settings, **_: kafka)
    plan = cast(RedrivePlan, SimpleNamespace(dataset="clicks"))

    with pytest.raises(ContractError, match=r"not switched from silver\.clicks"):
        run_plan(Settings(schemas_dir=tmp_path / "schemas"), plan, Orders("anna@desk"))
