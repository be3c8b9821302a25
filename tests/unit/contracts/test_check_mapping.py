from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts import edit, spoil
from tests.mapped import copy_of_machines
from tidegate.contracts.check import check_datasets


def problems(schemas_dir: Path) -> list[str]:
    return [str(problem) for problem in check_datasets(schemas_dir, ["machines"]).problems]


def test_a_mapping_that_can_be_carried_out_has_no_problem(tmp_path: Path) -> None:
    copy_of_machines(tmp_path)

    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("from raw", "from raw where machineId > 0", "map.sql: select: reads something else than raw"),
        ("from raw", "from validated", "map.sql: select: reads something else than raw"),
        ("as built_on", "as built", "map.sql: select: lacks columns of mapped.avsc: built_on"),
        ("meta.readingId as", "upper(meta.readingId) as", "reading_id identifies records and is made anew"),
        (
            "meta.readingId as",
            "meta.seqNo as",
            "reading_id identifies records and is int in raw, string in mapped.avsc",
        ),
    ],
)
def test_what_can_not_be_carried_out_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = copy_of_machines(tmp_path)
    spoil(folder / "map.sql", old, new)

    assert said in "\n".join(problems(tmp_path))


@pytest.mark.parametrize(("file", "other"), [("map.sql", "mapped.avsc"), ("mapped.avsc", "map.sql")])
def test_one_file_without_the_other_is_told(tmp_path: Path, file: str, other: str) -> None:
    folder = copy_of_machines(tmp_path)
    (folder / other).unlink()

    assert f"has {file} without {other}" in problems(tmp_path)[0]


def test_names_in_the_contract_are_those_of_the_mapping(tmp_path: Path) -> None:
    folder = copy_of_machines(tmp_path)
    spoil(folder / "contract.yaml", "field: operator_badge", "field: operator.badgeNo")

    assert any("there is no field operator.badgeNo in mapped.avsc" in found for found in problems(tmp_path))


def _without_mapping(folder: Path) -> None:
    """The same records under paths: identity, key, time and a personal field lie within records."""
    (folder / "map.sql").unlink()
    (folder / "mapped.avsc").unlink()
    time = {"type": "long", "logicalType": "timestamp-millis"}
    edit(folder / "v1.avsc", lambda schema: schema["fields"][0]["type"]["fields"][2].update(type=time))
    names = {"reading_id": "meta_readingId", "measured_at": "meta_sentAt"}
    edit(
        folder / "silver.avsc",
        lambda schema: schema.update(
            fields=[
                field | {"name": names.get(field["name"], field["name"])}
                for field in schema["fields"]
                if field["name"].startswith("_") or field["name"] in names
            ]
        ),
    )
    columns = ["_source_partition", "_source_offset", *names.values(), "_source_topic", "_ingested_at", "_schema_id"]
    (folder / "refine.sql").write_text(f"select {', '.join(columns)}, _warnings from validated")
    contract = folder / "contract.yaml"
    spoil(contract, "key: machine_id", "key: meta.readingId")
    spoil(contract, "field: measured_at", "field: meta.sentAt")
    spoil(contract, "{measured_at|", "{meta_sentAt|")
    spoil(contract, "[reading_id]", "[meta.readingId]")
    spoil(contract, "operator_name", "operator.fullName")
    spoil(contract, "operator_badge", "operator.badgeNo")
    start, end = contract.read_text().index("rules:"), contract.read_text().index("privacy:")
    contract.write_text(contract.read_text()[:start] + contract.read_text()[end:])
    record = '{"meta": {"seqNo": 1, "readingId": "r", "sentAt": "2026-01-01T11:59:00Z"}, "machineId": 1, "kWh": "1"}'
    (folder / "examples/valid.jsonl").write_text(f'{{"record": {record}, "expect": {{"verdict": "silver"}}}}\n')
    (folder / "examples/invalid.jsonl").write_text("")


def test_paths_do_without_a_mapping(tmp_path: Path) -> None:
    _without_mapping(copy_of_machines(tmp_path))

    assert problems(tmp_path) == []


@pytest.mark.parametrize(
    ("spoiler", "said"),
    [
        (
            lambda folder: spoil(folder / "contract.yaml", "[meta.readingId]", "[operator.badgeNo]"),
            "identity.0: operator.badgeNo may be null",
        ),
        (
            lambda folder: spoil(folder / "contract.yaml", "[meta.readingId]", "[meta.id]"),
            "there is no field meta.id in the newest v<N>.avsc. Known: meta.seqNo, meta.readingId",
        ),
        (
            lambda folder: edit(
                folder / "v1.avsc", lambda schema: schema["fields"].append({"name": "meta_sentAt", "type": "string"})
            ),
            "meta.sentAt is called meta_sentAt as a column",
        ),
        (
            lambda folder: edit(
                folder / "v1.avsc",
                lambda schema: schema["fields"][0].update(type={"type": "array", "items": schema["fields"][0]["type"]}),
            ),
            "meta.readingId leads through meta, which has many values",
        ),
    ],
)
def test_a_path_that_can_be_no_column_is_told(tmp_path: Path, spoiler: Callable[[Path], None], said: str) -> None:
    folder = copy_of_machines(tmp_path)
    _without_mapping(folder)
    spoiler(folder)

    assert said in "\n".join(problems(tmp_path))
