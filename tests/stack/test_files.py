"""Daily files on real servers: each row is somewhere, a bad file is put aside, bad rows are mended and loaded beside
their file, a corrected file takes its place.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from producers.reference.topic import read_known
from tests.pipeline import ended, run_tidegate, tidegate
from tests.sales import BAD, CORRECTED, FIRST, SECOND, TIME, Sales, counts, sales_of_its_own
from tidegate.clients.file_versions import change_versions
from tidegate.clients.flink import FlinkClient
from tidegate.clients.lake_rows import open_table
from tidegate.clients.letters import read_letters
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.contracts.load import load_reference
from tidegate.dead_letters.filter import LetterFilter
from tidegate.files import documents, figures
from tidegate.files.check import check
from tidegate.files.documents import Indexed, write_again, write_documents
from tidegate.files.figures import count_days
from tidegate.files.prove import Asked, prove_files
from tidegate.files.to_index import to_do_again
from tidegate.settings import Settings

NOT_SEARCHABLE = 1
"""The lake has the rows, but search can't."""
STEPS = ("write_rows", "_remove", "_settled", "change_versions")
RECIPE = """
fixes:
  - when: {rule: amount_not_negative}
    do: [{set: {amount: 1.25}}]
  - when: {code: CELL_COUNT}
    do: [{cut: trailing_bytes}]
  - when: {code: BAD_VALUE}
    do: [{set: {amount: a lot}}]
"""

PRICES = """
dataset: prices
kind: reference
owner: tests
description: The price of a product from since on.
topic: {name: ref.prices, partitions: 1, key: product, compacted: true}
event_time: {field: since}
identity: [product]
"""
PRICE = {
    "type": "record",
    "name": "Price",
    "fields": [
        {"name": "product", "type": "string"},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
        {"name": "since", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}


class Killed(BaseException):
    """The process is gone."""


class Redriven(NamedTuple):
    """What a redrive of the first file's letters said, and what was there behind it."""

    plan: str
    said: dict[str, Any]
    silver: dict[str, tuple[str, int]]
    letters: list[dict[str, Any]]
    states: dict[str, int]
    documents: set[str]
    shown: str


class Loaded(NamedTuple):
    """The dataset in the end, what each load said, and what was seen before the first file was corrected."""

    sales: Sales
    said: list[dict[str, Any]]
    redriven: Redriven


def redriven_by(sales: Sales, recipe: Path) -> Redriven:
    recipe.write_text(RECIPE)
    planned = json.loads(tidegate("redrive", "plan", sales.name, "--recipe", str(recipe), "--json"))
    result = ended("redrive", "run", planned["plan"], "--json")
    assert result.exit_code == 1, result.output  # one failed again
    shown = tidegate("files", "show", sales.name, "4")
    stats = json.loads(tidegate("dlq", "stats", sales.name, "--json"))
    states = {state: count for state, count in stats["datasets"][0]["states"].items() if count}
    said = json.loads(result.stdout)
    return Redriven(planned["plan"], said, sales.silver(), letters_of(sales), states, {*sales.documents()}, shown)


def letters_of(sales: Sales) -> list[dict[str, Any]]:
    return [found.letter for found in read_letters(sales.settings, sales.name, LetterFilter())]


@pytest.fixture(scope="module")
def loaded(stack: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Three files, of which one is bad, loaded; the first one's letters redriven; then it is corrected, and loaded.

    Of the files of the first load what a check says; of the corrected one, before it is loaded, what it would change.

    Search has no template at the first load; then its turn ends behind each of its steps, until there is none left.
    """
    folder = tmp_path_factory.mktemp("sales")
    with sales_of_its_own(folder, searchable=True) as sales:
        for name, content in {"bad.csv": BAD, "first.csv": FIRST, "second.csv": SECOND}.items():
            sales.put(name, content)
        said = [sales.load(NOT_SEARCHABLE)]
        tidegate("index", "apply", sales.name)
        assert [step for step in STEPS if search_ends_behind(step, sales)] == [*STEPS]
        said[0] |= {"documents": sales.documents(), "by_day": sales.by_day()}
        said[0]["checked"] = asdict(check(sales.settings, sales.files, [*sales.folder.iterdir()]))["files"]
        redriven = redriven_by(sales, folder / "mend.yaml")
        sales.put("first.csv", CORRECTED)
        said[0]["diff"] = json.loads(tidegate("files", "diff", sales.name, f"{sales.folder}/first.csv", "--json"))
        said += [sales.load(), sales.load()]
        yield Loaded(sales, said, redriven)


def search_ends_behind(step: str, sales: Sales) -> bool:
    """Makes rows searchable, and is gone as soon as the step is done; False if there was nothing left of it to do."""
    return ends_behind(documents, step, lambda: write_documents(sales.settings, sales.files, "test"))


def ends_behind(module: ModuleType, step: str, follow: Callable[[], object]) -> bool:
    """Whether it came so far."""
    real = getattr(module, step)

    def done(*arguments: Any) -> Any:
        real(*arguments)
        raise Killed

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, step, done)
        try:
            follow()
        except Killed:
            return True
    return False


@pytest.fixture
def sales(loaded: Loaded) -> Sales:
    return loaded.sales


@pytest.fixture
def said(loaded: Loaded) -> list[dict[str, Any]]:
    return loaded.said


@pytest.fixture
def redriven(loaded: Loaded) -> Redriven:
    return loaded.redriven


def test_every_row_of_a_file_has_one_verdict(said: list[dict[str, Any]]) -> None:
    (load,) = said[0]["loads"]
    by_name = {file["uri"].rpartition("/")[2]: file for file in load["files"]}

    assert counts(by_name["first.csv"]) == (8, 3, 3, 1, 1, 2)
    assert counts(by_name["second.csv"]) == (2, 1, 0, 0, 1, 1)
    assert load["letters"] == 3


def test_a_check_of_the_same_files_says_what_the_load_did(said: list[dict[str, Any]]) -> None:
    """Without a server: both judge by one SQL."""
    (load,) = said[0]["loads"]
    loaded = {file["uri"]: (file["state"], file["reason"], counts(file)) for file in load["files"]}

    assert {file["uri"]: (file["outcome"], file["reason"], counts(file)) for file in said[0]["checked"]} == loaded
    assert {state for state, *_ in loaded.values()} == {"loaded", "quarantined"}


def test_it_is_seen_before_a_load_what_a_corrected_file_changes(sales: Sales, said: list[dict[str, Any]]) -> None:
    found = said[0]["diff"]
    rows = found["rows"]

    assert [found["before"][name] for name in ("number", "state", "rejected")] == [2, "loaded", 3]
    assert [found["after"][name] for name in ("number", "state", "rejected")] == [None, "new", 0]
    assert [rows[name] for name in ("added", "removed", "changed", "same")] == [2, 1, 1, 1]
    first = {kind: [each["identity"]["id"] for each in among] for kind, among in rows["first"].items()}
    assert first == {"added": ["b", "d"], "removed": ["a"], "changed": ["f"]}
    [changed] = rows["first"]["changed"]
    assert (changed["before"]["amount"], changed["after"]["amount"]) == ("4.00", "4.25")


def test_a_bad_file_is_put_aside_as_a_whole(sales: Sales) -> None:
    file = sales.newest("bad.csv")["bad.csv", 1]

    assert file["state"] == "quarantined"
    assert file["reason"].startswith("BAD_HEADER: columns missing: 'amount'; unknown: 'price'")


def test_mended_rows_are_loaded_beside_their_file_and_one_that_fails_again_is_a_letter_again(
    redriven: Redriven,
) -> None:
    said, first = redriven.said, "first.csv"
    assert (said["resolved"], said["failed_again"], said["in_flight"], said["left"]) == (2, 1, 0, 0)
    assert (said["outcomes"], said["causes"]) == ({"silver": 2}, {"decode/BAD_VALUE": 1})
    assert redriven.silver == {
        "a": ("1.00", 2),
        "b": ("1.25", 4),
        "e": ("3.00", 4),
        "f": ("4.00", 2),
        "g": ("5.00", 2),
        "h": ("8.00", 3),
    }
    again = [each for each in redriven.letters if each["source"]["partition"] == 4]
    before = next(each for each in redriven.letters if each["error_code"] == "BAD_VALUE")
    [letter] = again
    assert (letter["attempt"], letter["payload"]) == (2, f"d,x,a lot,{TIME}".encode())
    assert letter["first_failed_at"] == before["first_failed_at"]
    assert letter["source"]["topic"].endswith(f"{first}#repair-{redriven.plan}-1")
    assert redriven.states == {"resolved": 2, "failed_again": 1, "open": 1}


def test_a_repair_file_is_told_as_one_and_accounted_for_as_others(redriven: Redriven) -> None:
    files = {file["number"]: file for file in redriven.said["proof"]["files"]}
    counted = ("rows", "silver", "rejected", "dropped", "duplicates")

    assert redriven.said["proof"]["findings"] == []
    assert [tuple(files[number][name] for name in counted) for number in (2, 3, 4)] == [
        (8, 3, 3, 1, 1),
        (2, 1, 0, 0, 1),
        (3, 2, 1, 0, 0),
    ]
    assert "A repair file: 3 rows of file 2, mended by a redrive." in redriven.shown
    assert redriven.documents == redriven.silver.keys()


def test_a_corrected_file_takes_the_place_of_its_rows_and_brings_back_what_repeated_them(sales: Sales) -> None:
    files = sales.newest("bad.csv", "first.csv", "second.csv")

    assert {place: file["state"] for place, file in files.items()} == {
        ("bad.csv", 1): "quarantined",
        ("first.csv", 2): "superseded",
        ("second.csv", 3): "superseded",
        ("first.csv", 5): "loaded",
        ("second.csv", 6): "loaded",
    }
    assert sales.silver() == {
        "a": ("9.00", 6),
        "b": ("1.50", 5),
        "d": ("2.50", 5),
        "f": ("4.25", 5),
        "g": ("5.00", 5),
        "h": ("8.00", 6),
    }
    assert counts(files["first.csv", 5]) == (5, 4, 0, 1, 0, 1)


def test_a_load_of_what_is_loaded_does_nothing(said: list[dict[str, Any]]) -> None:
    assert [len(each["loads"]) for each in said] == [1, 1, 0]


def test_a_letter_names_its_row_and_those_of_a_replaced_file_are_given_up(sales: Sales) -> None:
    letters = letters_of(sales)

    uri = (sales.folder / "first.csv").as_uri()
    sources = {
        (each["source_file"]["uri"], each["source_file"]["row"], each["error_code"])
        for each in letters
        if each["source"]["partition"] == 2
    }
    assert sources == {(uri, 2, "RULE_VIOLATED"), (uri, 4, "BAD_VALUE"), (uri, 6, "CELL_COUNT")}
    assert {each["payload"] for each in letters} >= {f"d,x,much,{TIME}".encode()}
    shown = json.loads(tidegate("dlq", "list", sales.name, "--state", "discarded", "--json"))
    assert shown["letters"] == 1, "that of the repair file, which goes with its file; the others are settled"


def test_the_proof_holds_after_a_correction(sales: Sales) -> None:
    proof = json.loads(tidegate("prove", sales.name, "--deep", "--json"))

    assert {file["number"]: (file["rows"], file["silver"]) for file in proof["files"]} == {5: (5, 4), 6: (2, 2)}
    assert proof["findings"] == []


def test_published_rows_are_searchable_once_search_can_though_its_turn_ends_anywhere(
    said: list[dict[str, Any]],
) -> None:
    assert said[0]["documents"] == {
        "a": ("1.00", 2, "2026.11.28"),
        "f": ("4.00", 2, "2026.11.27"),
        "g": ("5.00", 2, "2026.11.28"),
        "h": ("8.00", 3, "2026.11.28"),
    }


def test_documents_follow_a_correction_into_other_days_and_are_written_once(
    sales: Sales, said: list[dict[str, Any]]
) -> None:
    found = sales.documents()

    assert {name: (amount, number) for name, (amount, number, _) in found.items()} == sales.silver()
    assert {day for _, _, day in found.values()} == {"2026.11.28"}
    assert said[1]["index"] == {"files": 2, "documents": 6, "refused": 0, "removed": 2}
    assert [each["index"] for each in (said[0], said[2])] == [None, None]
    jobs = [job for job in FlinkClient(sales.settings).jobs() if job.name.startswith(f"file_documents.{sales.name}-")]
    assert len(jobs) == 3


def test_metrics_of_the_days_that_a_load_touches_are_replaced_as_a_whole(
    sales: Sales, said: list[dict[str, Any]]
) -> None:
    assert said[0]["by_day"] == {
        ("2026-11-27", "x"): (1, "4.00"),
        ("2026-11-28", "x"): (2, "6.00"),
        ("2026-11-28", "y"): (1, "8.00"),
    }
    assert sales.by_day() == {("2026-11-28", "x"): (4, "13.25"), ("2026-11-28", "y"): (2, "17.00")}
    assert [each["metrics"] for each in said] == [{"days": 2, "figures": 3}, {"days": 2, "figures": 2}, None]


@pytest.mark.long
def test_metrics_are_counted_once_more_though_the_turn_ends_anywhere(sales: Sales) -> None:
    before = sales.by_day()
    snapshots = len(open_table(sales.settings, f"gold.{sales.name}_by_day").metadata.snapshots)
    change_versions(sales.settings, sales.name, lambda newest: to_do_again(newest, "counted", None, datetime.now(UTC)))

    def follow() -> object:
        return count_days(sales.settings, sales.files, "test")

    steps = ("count_figures", "replace_rows", "_clear", "change_versions")
    assert [step for step in steps if ends_behind(figures, step, follow)] == [*steps]

    assert follow() is None
    assert sales.by_day() == before
    table = open_table(sales.settings, f"gold.{sales.name}_by_day")
    assert len(table.metadata.snapshots) - snapshots == 2, "one of the branch, one of main"
    jobs = [job for job in FlinkClient(sales.settings).jobs() if job.name.startswith(f"file_metrics.{sales.name}-")]
    assert len(jobs) == 4


def test_reference_data_are_loaded_from_files_once(sales: Sales) -> None:
    name = f"prices_of_{sales.name}"
    folder = sales.settings.schemas_dir / name
    folder.mkdir()
    (folder / "contract.yaml").write_text(PRICES.replace("prices", name))
    (folder / "v1.avsc").write_text(json.dumps(PRICE))
    tidegate("contract", "register", name)
    words = ("load", name, "--from", sales.name, "--map", "product=id,price=amount,since=sold_at", "--json")
    first, again = (json.loads(tidegate(*words)) for _ in range(2))
    of_no_day = run_tidegate(*words, "--date", "2026-01-01")

    assert [(each["upserts"], each["deletes"], each["rejected"]) for each in (first, again)] == [(6, 0, 0), (0, 0, 0)]
    assert "no file of" in of_no_day.stderr
    known = read_known(sales.settings, load_reference(sales.settings.schemas_dir, name), ())
    assert {key: state.since for key, state in known.items()} == dict.fromkeys("abdfgh", datetime.fromisoformat(TIME))


def test_the_proof_sees_what_search_lacks_and_has_too_much_and_documents_can_be_written_once_more(
    sales: Sales,
) -> None:
    alias, right = f"events-{sales.name}", sales.documents()
    SearchClient(sales.settings).delete_where(alias, {"term": {"id": "b"}})
    for name, number in (("stray", 5), ("strange", 99)):
        row = {"id": name, "amount": 1, "_source_partition": number, "_source_offset": 1, "sold_at": TIME}
        connect(sales.settings).index(index=f"{alias}-2026.11.28", id=name, body=row, params={"refresh": "true"})

    proof = prove_files(sales.settings, sales.files, Asked())

    assert {(each.fault, each.number, each.count) for each in proof.findings} == {
        ("no_document", 5, 1),
        ("strange_document", 5, 1),
        ("strange_document", 99, 1),
    }
    assert write_again(sales.settings, sales.files, None, "test") == Indexed(2, 6, 0, 0)
    connect(sales.settings).delete(index=f"{alias}-2026.11.28", id="strange", params={"refresh": "true"})
    assert sales.documents() == right
    assert prove_files(sales.settings, sales.files, Asked()).holds
