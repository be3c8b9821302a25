"""What the Java side knows of codes, names and limits, as two classes.

``python -m tidegate.dead_letters.java`` writes them. They are kept in git, so that Java is built without Python; a test
compares.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tidegate.avro.frame import FRAME_BYTES
from tidegate.contracts import envelope, naming, topics
from tidegate.dead_letters import record, redriven
from tidegate.dead_letters.codes import CODES, Code, Stage

FOLDER = Path(__file__).parents[2] / "connectors/sql/src/main/java/io/tidegate/common"
NAMES: Mapping[str, str | int] = {
    "SOURCE_TOPIC": envelope.SOURCE_TOPIC,
    "SOURCE_PARTITION": envelope.SOURCE_PARTITION,
    "SOURCE_OFFSET": envelope.SOURCE_OFFSET,
    "INGESTED_AT": envelope.INGESTED_AT,
    "SCHEMA_ID": envelope.SCHEMA_ID,
    "KEY": envelope.KEY,
    "HEADERS": envelope.HEADERS,
    "VALUE": envelope.VALUE,
    "IDENTITY_SEPARATOR": envelope.IDENTITY_SEPARATOR,
    "IDENTITY_ESCAPE": envelope.IDENTITY_ESCAPE,
    "DOCUMENT_ID_MAX_BYTES": envelope.DOCUMENT_ID_MAX_BYTES,
    "UNINDEXED": envelope.UNINDEXED,
    "SUBJECT_SUFFIX": naming.SUBJECT_SUFFIX,
    "FRAME_BYTES": FRAME_BYTES,
    "INDEX_STAGE": Stage.INDEX.value,
    "TOPIC_HEADER": record.TOPIC_HEADER,
    "PARTITION_HEADER": record.PARTITION_HEADER,
    "OFFSET_HEADER": record.OFFSET_HEADER,
    "STAGE_HEADER": record.STAGE_HEADER,
    "CODE_HEADER": record.CODE_HEADER,
    "MESSAGE_HEADER": record.MESSAGE_HEADER,
    "REDRIVE_OF_HEADER": redriven.OF_HEADER,
    "REDRIVE_ATTEMPT_HEADER": redriven.ATTEMPT_HEADER,
    "REDRIVE_PLAN_HEADER": redriven.PLAN_HEADER,
    "REDRIVE_ARRIVED_HEADER": redriven.ARRIVED_HEADER,
    "REDRIVE_FIRST_FAILED_HEADER": redriven.FIRST_FAILED_HEADER,
    "REDRIVE_SIGNATURE_HEADER": redriven.SIGNATURE_HEADER,
    "ID_HEX_DIGITS": record.ID_HEX_DIGITS,
    "PAYLOAD_LIMIT_BYTES": record.PAYLOAD_LIMIT_BYTES,
    "KEY_LIMIT_BYTES": record.KEY_LIMIT_BYTES,
    "HEADERS_LIMIT_BYTES": record.HEADERS_LIMIT_BYTES,
    "TEXT_LIMIT_BYTES": record.TEXT_LIMIT_BYTES,
    "REQUEST_MAX_BYTES": topics.REQUEST_MAX_BYTES,
}


def classes() -> dict[str, str]:
    """The text of each class by the name of its file."""
    return {"ErrorCode.java": _text(_error_code()), "Names.java": _text(_names())}


def _error_code() -> Iterator[str]:
    yield "package io.tidegate.common;\n"
    yield _comment("Why a record became a dead letter: the closed list of {@code docs/dead-letters.md}.")
    yield "public enum ErrorCode {"
    members: dict[Code, tuple[Stage, str]] = {}
    for stage, codes in CODES.items():
        for code, meaning in codes.items():
            members.setdefault(code, (stage, meaning))
    for number, (code, (stage, meaning)) in enumerate(members.items(), 1):
        yield f"    /** At stage {stage}: {meaning.replace('`', '')}. */"
        yield f"    {code}{',' if number < len(members) else ''}"
    yield "}"


def _names() -> Iterator[str]:
    yield "package io.tidegate.common;\n"
    yield _comment("Names and limits that Python and Java both know.")
    yield "public final class Names {"
    for name, value in NAMES.items():
        literal, type_name = (f'"{value}"', "String") if isinstance(value, str) else (f"{value:_}", "int")
        yield f"    public static final {type_name} {name} = {literal};"
    yield "\n    private Names() {}"
    yield "}"


def _comment(what: str) -> str:
    return f"/**\n * {what}\n *\n * <p>Made by {{@code python -m tidegate.dead_letters.java}}.\n */"


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for file, text in classes().items():
        (FOLDER / file).write_text(text)
