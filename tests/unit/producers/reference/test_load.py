"""What a load takes for a change of a table, and what a dry run says of it."""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from producers.reference.load import Changes, Load, Table, check_reference
from producers.reference.topic import Known
from producers.sending.rejects import Rejects
from tests.project import PROJECT
from tests.unit.producers.reference.shop import ENCODER_ID, NOW, URL, Shop, product
from tidegate import log
from tidegate.avro.codec import Encoder
from tidegate.cli.load import command
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

INPUTS = PROJECT / "tests/data/inputs"


@pytest.fixture
def shop(products: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = Shop(products, tmp_path)

    @contextmanager
    def open_table(_url: str, _table: str, _dataset: Reference) -> Iterator[Shop]:
        yield shop

    monkeypatch.setattr("producers.reference.load.open_table", open_table)
    monkeypatch.setattr("producers.reference.load.read_known", shop.read_known)
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    return shop


@pytest.fixture
def no_kafka(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    def refuse(*_arguments: object) -> dict[str, Known]:
        raise TransientError("Kafka does not answer.", remedy="Start it.")

    monkeypatch.setattr("producers.reference.load.read_known", refuse)
    return shop


LATER = NOW + timedelta(hours=1)


def test_a_row_without_a_time_is_sent_once_and_holds_from_then_on(shop: Shop) -> None:
    shop.set(product("L1", None), product("L2"))

    assert shop.load(NOW) == {"L1": NOW, "L2": NOW}
    assert shop.load(LATER) == {}


@pytest.mark.parametrize("values", [{"name": "Sun"}, {"list_price": "12.51"}, {"currency": "USD"}])
def test_a_row_without_a_time_is_sent_again_once_another_value_differs(shop: Shop, values: dict[str, str]) -> None:
    shop.set(product("L1", None))
    shop.load(NOW)
    shop.set(product("L1", None, **values))

    assert shop.load(LATER) == {"L1": LATER}
    assert shop.load(LATER + timedelta(hours=1)) == {}


def test_a_row_that_loses_its_time_but_nothing_else_is_not_sent(shop: Shop) -> None:
    shop.set(product("L1", NOW))
    shop.load(LATER)
    shop.set(product("L1", None))

    assert shop.load(LATER) == {}


def test_a_row_that_gets_a_later_time_is_sent(shop: Shop) -> None:
    shop.set(product("L1", None))
    shop.load(NOW)
    shop.set(product("L1", LATER))

    assert shop.load(LATER) == {"L1": LATER}


def test_a_row_without_a_time_that_does_not_fit_is_kept_each_time(shop: Shop, tmp_path: Path) -> None:
    shop.set(product("L1", None, list_price=None))

    assert (shop.load(NOW), shop.load(LATER)) == ({}, {})
    assert "list_price" in json.loads((tmp_path / "kept").read_text())["reason"]


def test_a_dry_run_says_what_the_load_then_does(shop: Shop) -> None:
    shop.set(product("L1"), product("L2"), product("L3"), product("L4", None))
    shop.load(NOW)
    shop.set(product("L1"), product("L2", LATER), product("L4", None), product("L5"), product("L6", name=None))
    before = dict(shop.topic)

    summary = check_reference(Settings(), shop.dataset, Load(table=Table(URL, "products")), LATER)

    assert {name: summary[name] for name in ("upserts", "deletes", "rejected", "compared")} == {
        "upserts": 2,
        "deletes": 1,
        "rejected": 1,
        "compared": True,
    }
    assert shop.topic == before
    assert shop.load(LATER) == {"L2": LATER, "L5": NOW, "L3": None}


def test_a_dry_run_is_refused_where_the_load_would_delete_most_keys(shop: Shop) -> None:
    shop.set(*(product(f"L{number}") for number in range(20)))
    shop.load(NOW)
    shop.set()

    with pytest.raises(TidegateError, match=r"lacks 20 of the 20 keys of products.*--mass-delete"):
        check_reference(Settings(), shop.dataset, Load(table=Table(URL, "products")), LATER)
    allowed = Load(table=Table(URL, "products", mass_delete=True))
    assert check_reference(Settings(), shop.dataset, allowed, LATER)["deletes"] == 20


def test_a_dry_run_without_kafka_says_only_how_many_rows_fit(no_kafka: Shop) -> None:
    no_kafka.set(product("L1"), product("L2", None), product("L3", name=None))

    result = CliRunner().invoke(command, ["products", "--from", URL, "--dry-run"])

    assert (result.exit_code, result.stdout) == (3, "2 rows fit the contract, 1 rejected\n")
    assert "not compared with what is known already: Kafka does not answer. Start it." in result.stderr


def test_a_dry_run_without_kafka_counts_no_change_for_machines_either(no_kafka: Shop) -> None:
    no_kafka.set(product("L1"))

    summary = json.loads(CliRunner().invoke(command, ["products", "--from", URL, "--dry-run", "--json"]).stdout)

    assert [summary[name] for name in ("rows", "upserts", "deletes", "compared")] == [1, None, None, False]


def states(changes: Changes, encoder: Encoder) -> Iterator[tuple[str, dict[str, object] | None]]:
    for batch in changes.batches(encoder):
        for key, value in zip(batch.keys, batch.values, strict=True):
            assert key is not None
            yield key.decode(), None if value is None else encoder.decode(value)


@pytest.mark.parametrize(
    ("name", "loaded", "rejected"),
    [
        ("c01_numeric_4.csv", ["L1", "L2"], {}),
        ("c01b_numeric_4.jsonl", ["L1"], {}),
        ("c02_surrogate.jsonl", ["L2"], {1: "row.name: 'Lamp \\ud83d' holds half of a surrogate pair"}),
        ("c03_inch_quote.csv", ["L2", "L3"], {2: "not CSV: ',' expected after '\"'"}),
        ("c04_deleted_t.csv", ["-L1", "-L2", "L4"], {4: "row._deleted: 'deleted' is neither true nor false"}),
        (
            "c07_seconds.csv",
            [],
            {
                2: "row.updated_at: 1795255200 looks like seconds, but the field counts milliseconds",
                3: "updated_at: 1970-01-01T00:00:46.347Z is before 2000-01-01",
            },
        ),
        ("c11_double_minus.csv", ["L2"], {2: "row.updated_at: '--1' is not a time"}),
        ("c17_huge_exponent.jsonl", ["L2"], {1: "row.list_price: 1e99999999999999999999 for a decimal(12, 2)"}),
        ("c21_mysql_null.csv", [], {2: "row.updated_at: \\N is how MySQL writes null", 3: "row.name: \\N is how"}),
    ],
)
def test_files_as_the_world_sends_them(
    products: Reference, tmp_path: Path, name: str, loaded: list[str], rejected: dict[int, str]
) -> None:
    encoder = Encoder(products.latest, ENCODER_ID)
    with Rejects(tmp_path / "kept", log.console()) as rejects:
        changes = Changes(products, Load(path=INPUTS / name), NOW, rejects, lambda _: {})
        found = [("" if record else "-") + key for key, record in states(changes, encoder)]
        kept = [json.loads(line) for line in (tmp_path / "kept").read_text().splitlines()]

    assert found == loaded
    assert [entry["line"] for entry in kept] == list(rejected)
    for entry in kept:
        assert entry["reason"].startswith(rejected[entry["line"]])
    assert (changes.upserts + changes.deletes, rejects.count) == (len(loaded), len(rejected))


def test_what_was_read_before_a_file_breaks_is_loaded(products: Reference, tmp_path: Path) -> None:
    file = tmp_path / "products.jsonl.gz"
    rows = "".join(json.dumps(product(f"L{number}", None, name=str(number * 7919))) + "\n" for number in range(30_000))
    file.write_bytes(gzip.compress(rows.encode())[:-50_000])
    encoder = Encoder(products.latest, ENCODER_ID)
    loaded = 0
    with Rejects(tmp_path / "kept", log.console()) as rejects:
        changes = Changes(products, Load(path=file), NOW, rejects, lambda _: {})
        with pytest.raises(TidegateError, match="cannot be read to its end"):
            for _ in states(changes, encoder):
                loaded += 1

    assert loaded == changes.upserts > 0


def test_a_row_that_no_topic_takes_is_rejected(
    products: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("producers.sending.decoding.MAX_RECORD_BYTES", 1000)
    file = tmp_path / "products.jsonl"
    file.write_text("".join(json.dumps(product("L1", None, name=name)) + "\n" for name in ("x" * 1000, "Lamp")))
    with Rejects(tmp_path / "kept", log.console()) as rejects:
        changes = Changes(products, Load(path=file), NOW, rejects, lambda _: {})
        assert len(list(states(changes, Encoder(products.latest, ENCODER_ID)))) == 1
    assert "a topic takes at most 1,000" in (tmp_path / "kept").read_text()


def test_the_input_is_no_file_for_rejected_rows(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("product_id\nL1\n")

    result = CliRunner().invoke(command, ["products", str(file), "--dry-run", "--rejects", str(file)])

    assert isinstance(result.exception, TidegateError)
    assert file.read_text() == "product_id\nL1\n"


@pytest.mark.parametrize(("allowed", "code"), [([], 3), (["--allow-rejects", "1"], 0), (["--allow-rejects", "49%"], 3)])
def test_rejected_rows_are_an_exit_code_of_their_own(shop: Shop, tmp_path: Path, allowed: list[str], code: int) -> None:
    file = tmp_path / "products.jsonl"
    file.write_text(json.dumps(product("L1", None)) + "\nnot json\n")

    result = CliRunner().invoke(command, ["products", str(file), "--dry-run", *allowed])

    assert result.exit_code == code
    assert "1 of 2 rows were rejected; they are kept in" in result.stderr


def test_a_dry_run_of_a_file_needs_no_kafka(no_kafka: Shop, tmp_path: Path) -> None:
    file = tmp_path / "products.jsonl"
    file.write_text(json.dumps(product("L1", None)) + '\n{"product_id": "L2", "_deleted": true}\n')

    result = CliRunner().invoke(command, ["products", str(file), "--dry-run"])

    assert result.stdout.startswith("1 rows would be loaded, 1 would be deleted, 0 rejected\n")
    assert result.stderr == ""
