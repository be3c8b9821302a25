"""The id of a run: the same for the same files and rules, and for no others."""

from tests.unit.files.versions import version
from tests.unit.sql.test_file_source import visits_in_files
from tests.unit.sql.visits import PLATFORM
from tidegate.clients.file_version import FileVersion
from tidegate.contracts.dataset import Files
from tidegate.files.run import run_of

VISITS = visits_in_files()


def run_id(*files: FileVersion, dataset: Files = VISITS) -> str:
    return run_of(dataset, PLATFORM, files).run_id


def test_the_same_files_are_the_same_run_in_any_order() -> None:
    assert run_id(version(1), version(2)) == run_id(version(2), version(1))
    assert run_id(version(1, state="loading", sequence=7)) == run_id(version(1))


def test_other_files_bytes_replacements_or_rules_are_another_run() -> None:
    others = {
        run_id(version(1)),
        run_id(version(2)),
        run_id(version(1), version(2)),
        run_id(version(1, stored="s3://files/visits/other")),
        run_id(version(1, replaces=9)),
        run_id(version(1), dataset=visits_in_files(csv={"delimiter": ";"})),
        run_id(version(1), dataset=visits_in_files(thresholds={"min_rows": 2})),
    }

    assert len(others) == 7


def test_a_run_knows_what_it_replaces_and_reads() -> None:
    run = run_of(VISITS, PLATFORM, [version(4, replaces=2), version(3)])

    assert run.replaced == (2,)
    assert run.branch == f"files-{run.run_id}"
    assert [(each.number, each.uri, each.name) for each in run.judging.files] == [
        (3, f"s3://files/visits/{3:064x}", "file:///in/3.csv"),
        (4, f"s3://files/visits/{4:064x}", "file:///in/4.csv"),
    ]


def test_a_repair_file_is_read_as_one() -> None:
    run = run_of(VISITS, PLATFORM, [version(3), version(4, repairs=3)])

    assert [each.is_repair for each in run.judging.files] == [False, True]


def test_repair_files_go_with_the_file_that_is_replaced() -> None:
    newest = [version(2, state="loaded"), version(3, state="loaded", repairs=2), version(5, state="loaded", repairs=1)]
    files = [version(6, replaces=2), version(7, replaces=None)]

    run = run_of(VISITS, PLATFORM, files, newest)

    assert run.replaced == (2, 3)
    assert run.replaced_by({7}) == ()
    assert run.run_id != run_id(*files)


def test_one_that_is_published_keeps_its_id_whatever_the_contract_says_now() -> None:
    assert run_of(VISITS, PLATFORM, [version(1)], run_id="feed").mark == ("tidegate.files-run", "feed")
