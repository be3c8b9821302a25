"""Reference data from a real PostgreSQL: only what changed is sent, what is gone is deleted, nothing is remembered."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from producers.datasets.products.sample import sample
from tests.clicks import click
from tests.pipeline import Pipeline, called, run_tidegate
from tests.polling import wait_for
from tests.postgres import PASSWORD, postgres
from tests.topics import send, wait_for_records
from tidegate.cli import load as cli_load

TABLE = """
CREATE TABLE products (
    product_id varchar(20) PRIMARY KEY,
    name text NOT NULL,
    category text NOT NULL,
    list_price numeric(12, 2),
    currency char(3) NOT NULL DEFAULT 'EUR',
    updated_at timestamptz,
    warehouse text
)"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgres(tmp_path_factory.mktemp("postgres")) as address:
        yield address


@pytest.fixture
def shop(server: str, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection[Any]]:
    """The shop's database with the sample products, which the topic holds too; a test's own begin with pg-."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert called(cli_load.command, "products", "--sample").exit_code == 0
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS products")
        connection.execute(TABLE)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO products VALUES (%(product_id)s, %(name)s, %(category)s, %(list_price)s, %(currency)s,"
                " %(updated_at)s)",
                sample(),
            )
        load(server)
        yield connection
        connection.execute("DROP TABLE products")


def load(server: str, *arguments: str) -> dict[str, Any]:
    result = called(cli_load.command, "products", "--from", server, "--json", *arguments)
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert isinstance(summary, dict)
    return {name: summary[name] for name in ("upserts", "deletes", "rejected")}


UPSERT = """
INSERT INTO products (product_id, name, category, list_price, updated_at) VALUES (%s, 'Kettle', 'Kitchen', %s, %s)
ON CONFLICT (product_id) DO UPDATE SET list_price = excluded.list_price, updated_at = excluded.updated_at"""


def insert(shop: psycopg.Connection[Any], *rows: tuple[str, str, datetime | None]) -> None:
    """Sets products to (key, price, since)."""
    for row in rows:
        shop.execute(UPSERT, row)


def test_only_what_changed_is_sent_and_what_is_gone_is_deleted(server: str, shop: psycopg.Connection[Any]) -> None:
    now = datetime.now(UTC)
    insert(shop, ("pg-1", "10.00", now), ("pg-2", "0.10", now), ("pg-3", "1.00", now))
    assert load(server) == {"upserts": 3, "deletes": 0, "rejected": 0}
    assert load(server) == {"upserts": 0, "deletes": 0, "rejected": 0}

    insert(shop, ("pg-2", "0.20", now + timedelta(milliseconds=1)))
    shop.execute("DELETE FROM products WHERE product_id = 'pg-3'")
    assert load(server) == {"upserts": 1, "deletes": 1, "rejected": 0}
    assert load(server) == {"upserts": 0, "deletes": 0, "rejected": 0}


def test_a_row_without_a_time_is_sent_once_and_again_when_it_differs(
    server: str, shop: psycopg.Connection[Any]
) -> None:
    insert(shop, ("pg-timeless", "10.00", None), ("pg-other", "10.00", None))
    assert load(server) == {"upserts": 2, "deletes": 0, "rejected": 0}
    assert load(server) == {"upserts": 0, "deletes": 0, "rejected": 0}

    insert(shop, ("pg-timeless", "12.00", None))
    assert load(server) == {"upserts": 1, "deletes": 0, "rejected": 0}
    assert load(server) == {"upserts": 0, "deletes": 0, "rejected": 0}


def test_a_dry_run_says_what_the_load_then_does(server: str, shop: psycopg.Connection[Any]) -> None:
    insert(shop, ("pg-old", "1.00", datetime.now(UTC)), ("pg-timeless", "1.00", None))
    load(server)
    insert(shop, ("pg-new", "1.00", datetime.now(UTC)))
    shop.execute("DELETE FROM products WHERE product_id = 'pg-old'")

    expected = {"upserts": 1, "deletes": 1, "rejected": 0}
    assert load(server, "--dry-run") == expected
    assert load(server) == expected


def test_a_dry_run_without_kafka_says_how_many_rows_fit(
    server: str, shop: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDEGATE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    result = run_tidegate("load", "products", "--from", server, "--dry-run")
    assert (result.returncode, result.stdout) == (0, "2,000 rows fit the contract, 0 rejected\n")
    assert result.stderr.startswith("not compared with what is known already: Kafka at 127.0.0.1:1 does not answer")


def test_a_price_changes_at_its_own_time(server: str, shop: psycopg.Connection[Any], pipeline: Pipeline) -> None:
    change = datetime.now(UTC) - timedelta(hours=2)
    insert(shop, ("pg-time", "10.00", change - timedelta(days=1)))
    load(server)
    insert(shop, ("pg-time", "12.00", change))
    load(server)
    minutes = {-5: "10.00", 5: "12.00"}
    clicks = [click(product_id="pg-time", event_time=change + timedelta(minutes=offset)) for offset in minutes]

    def prices() -> list[Decimal | None] | None:
        """Of clicks sent now, once they are right: the job learns of a change when Kafka hands it over."""
        renewed = [{**row, "event_id": click()["event_id"]} for row in clicks]
        values = [pipeline.framed(row) for row in renewed]
        landed = [place.offset for place in send(pipeline.settings, "raw.clicks", values)]
        rows = wait_for_records(pipeline.settings, "silver.clicks", pipeline.silver, set(landed))
        found = [rows[offset]["list_price"] for offset in landed]
        return found if found == [Decimal(price) for price in minutes.values()] else None

    wait_for("the price of each time", prices)


def test_a_row_that_does_not_fit_is_kept_and_the_others_are_loaded(
    server: str, shop: psycopg.Connection[Any], tmp_path: Path
) -> None:
    insert(shop, ("pg-good", "1.00", datetime.now(UTC)), ("pg-bad", "2.00", datetime.now(UTC)))
    shop.execute("UPDATE products SET list_price = NULL WHERE product_id = 'pg-bad'")
    rejects = tmp_path / "rejects.jsonl"
    assert load(server, "--rejects", str(rejects), "--allow-rejects", "1") == {
        "upserts": 1,
        "deletes": 0,
        "rejected": 1,
    }
    (kept,) = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert json.loads(kept["text"])["product_id"] == "pg-bad"
    assert "list_price" in kept["reason"]


def test_a_row_without_a_key_is_kept_and_the_others_are_loaded(
    server: str, shop: psycopg.Connection[Any], tmp_path: Path
) -> None:
    insert(shop, ("pg-good", "1.00", datetime.now(UTC)), ("pg-none", "2.00", datetime.now(UTC)))
    shop.execute("ALTER TABLE products DROP CONSTRAINT products_pkey, ALTER product_id DROP NOT NULL")
    shop.execute("UPDATE products SET product_id = NULL WHERE product_id = 'pg-none'")
    rejects = tmp_path / "rejects.jsonl"
    assert load(server, "--rejects", str(rejects), "--allow-rejects", "1") == {
        "upserts": 1,
        "deletes": 0,
        "rejected": 1,
    }
    assert "product_id" in json.loads(rejects.read_text())["reason"]


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_table_that_lacks_most_keys_deletes_nothing(
    server: str, shop: psycopg.Connection[Any], arguments: list[str]
) -> None:
    shop.execute("TRUNCATE products")
    result = run_tidegate("load", "products", "--from", server, *arguments)
    assert result.returncode == 1
    assert "lacks 2,000 of the 2,000 keys of products" in result.stderr
    assert "--mass-delete" in result.stderr


@pytest.mark.parametrize(
    ("change", "arguments", "problem"),
    [
        ({}, ["--table", "nowhere"], 'relation "nowhere" does not exist'),
        ({"PGPASSWORD": "wrong"}, [], "password authentication failed"),
    ],
)
def test_what_the_server_refuses_is_one_line(
    server: str,
    shop: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, str],
    arguments: list[str],
    problem: str,
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    result = run_tidegate("load", "products", "--from", server, *arguments)
    assert result.returncode == 1
    assert problem in result.stderr
    assert result.stderr.count("\n") == 1
