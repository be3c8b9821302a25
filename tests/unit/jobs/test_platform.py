"""What a dataset's SQL is made of beside the dataset."""

from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, copy_of_clicks, spoil
from tidegate.clients import connection
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.errors import ContractError
from tidegate.jobs.platform import platform_of
from tidegate.settings import Settings


def test_a_stream_has_the_references_that_enrich_it() -> None:
    settings = Settings(schemas_dir=SCHEMAS)

    platform = platform_of(load_stream(SCHEMAS, "clicks"), settings)

    assert [*platform.references] == ["products"]
    assert platform.references["products"].key == "product_id"
    assert platform.dead_letter == platform_schema(SCHEMAS, "dead_letter")
    assert platform.dropped == platform_schema(SCHEMAS, "dropped")
    assert platform.connections == connection.flink_sql(settings)


def test_a_reference_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = copy_of_clicks(tmp_path, "probe")
    spoil(folder / "contract.yaml", "reference: products", "reference: nowhere")

    with pytest.raises(ContractError, match="nowhere"):
        platform_of(load_stream(tmp_path, "probe"), Settings(schemas_dir=tmp_path))
