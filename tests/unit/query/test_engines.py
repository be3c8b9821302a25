"""What is pasted into other engines; ``tests/jobs/test_query.py`` runs pyiceberg's."""

import ast

import duckdb
import pytest

from tidegate.query.engines import ENGINES, KEY, SECRET, Engine, LakeAddress, snippet

LAKE = LakeAddress("http://catalog:8181/", "s3://warehouse", "https://s3.example:8333", "eu-west-1")


@pytest.mark.parametrize("engine", ENGINES)
def test_addresses_are_there_and_the_login_is_named_only(engine: Engine) -> None:
    text = snippet(engine, LAKE)
    for wanted in ("s3.example:8333", "eu-west-1", KEY, SECRET):
        assert wanted in text
    assert engine == "aws" or "http://catalog:8181/v1/oauth/tokens" in text


@pytest.mark.parametrize("engine", ["pyiceberg", "spark"])
def test_python_is_python(engine: Engine) -> None:
    ast.parse(snippet(engine, LAKE))


def test_duckdb_takes_the_statements() -> None:
    """Their words; the extension itself is fetched from elsewhere when they run."""
    with duckdb.connect() as connection:
        statements = connection.extract_statements(snippet("duckdb", LAKE))
    assert [statement.type.name for statement in statements][-2:] == ["ATTACH", "SELECT"]


def test_duckdb_is_told_whether_files_come_by_tls() -> None:
    assert "endpoint 's3.example:8333'" in snippet("duckdb", LAKE)
    assert "use_ssl true" in snippet("duckdb", LAKE)
