"""Rows of repair files are read where their offsets say: by the offsets letters know what became of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts import PLATFORM, SCHEMAS
from tests.project import PROJECT
from tests.sales import HEADER, TIME
from tidegate.contracts.load import load_files
from tidegate.files.file_head import head_of
from tidegate.files.repair_file import RepairFile, repair_file
from tidegate.files.trial import run_checks
from tidegate.files.trial_rows import TrialRows, open_rows
from tidegate.settings import Settings, get_settings
from tidegate.sql.file_check import Checking
from tidegate.sql.file_to_read import FileToRead

BAD_SALES = (f'd,"x,1.00,{TIME}', f"d,x,much,{TIME}", f"Größe,x,1.00,{TIME},more", f"b,x,-1.00,{TIME}")
BAD_OBJECTS = ('{"a":1}', "{}", '{"id":"ü, ]"}')
MARK = b"\xff\xfe"
Judged = dict[str, tuple[RepairFile, Path]]
STARTS = {
    "csv": HEADER.encode(),
    "marked": MARK + f"{HEADER}\r\n".encode("utf-16-le"),
    "lines": b"",
    "array": b"",
    "parquet": b"PAR1",
}
FORMATS = {
    "csv": "format: csv",
    "marked": "format: csv\n  encoding: UTF-16",
    "lines": "format: json_lines",
    "array": "format: json_array",
    "parquet": "format: parquet",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Five datasets: CSV, CSV in UTF-16 with a byte order mark, JSON lines, an array of JSON, Parquet."""
    schemas = tmp_path_factory.mktemp("home") / "schemas"
    for name in PLATFORM:
        shutil.copytree(SCHEMAS / name, schemas / name)
    for name, said in FORMATS.items():
        shutil.copytree(PROJECT / "tests/data/files_schemas/sales", schemas / name)
        contract = schemas / name / "contract.yaml"
        text = contract.read_text().replace("dataset: sales", f"dataset: {name}")
        contract.write_text(text.replace("format: csv", said))
    return get_settings().model_copy(update={"schemas_dir": schemas, "home": schemas.parent})


@pytest.fixture(scope="module")
def judged(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[RepairFile, Path]]]:
    """Repair files of bad rows alone, judged by one process; with the folder of what it said."""
    made: Judged = {}
    for name, start in STARTS.items():
        section = load_files(settings.schemas_dir, name).file
        head = head_of(start, section)
        assert head is not None
        rows = [row.encode(head.codec) for row in (BAD_SALES if section.is_csv else BAD_OBJECTS)]
        made[name] = repair_file(section.format, head, rows), tmp_path_factory.mktemp(name)
    run_checks(settings, [checking(settings, name, *each) for name, each in made.items()])
    yield made


def checking(settings: Settings, name: str, made: RepairFile, folder: Path) -> Checking:
    file, out = folder / "repair", folder / "out"
    file.write_bytes(made.content)
    out.mkdir(exist_ok=True)
    uri = f"file://{file}#repair-x-1"
    read = FileToRead(f"file://{file}", len(made.content), 1_795_000_000_000, 1, uri, is_repair=True)
    identity = load_files(settings.schemas_dir, name).contract.identity_columns
    return Checking(name, str(out), (read,), identity)


def faults_of(rows: TrialRows) -> list[int | None]:
    return [fault.byte for fault in rows.faults(1, rows.splits()[1], 10)]


@pytest.mark.parametrize("name", STARTS)
def test_each_row_is_read_where_its_offset_says_and_is_one_row(settings: Settings, judged: Judged, name: str) -> None:
    made, folder = judged[name]
    with open_rows(checking(settings, name, made, folder), load_files(settings.schemas_dir, name)) as rows:
        assert [split.code for split in rows.splits()[1]] == [None], "the file itself is good"
        assert faults_of(rows) == [*made.offsets]
