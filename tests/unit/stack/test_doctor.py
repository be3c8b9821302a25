"""What the doctor finds wrong."""

import zipfile
from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack.doctor import (
    Doctor,
    check_format_jar,
    check_java_runtime,
    check_python,
    check_transaction_timeout,
    manifest_flink_version,
)
from tidegate.stack.java import java_home


def test_a_stack_that_was_never_started_has_no_failed_server(tmp_path: Path) -> None:
    findings = {f.check: f.verdict for f in Doctor(Settings.model_validate({"home": tmp_path})).examine()}
    assert {findings[name] for name in ("kafka", "registry", "opensearch", "transaction timeout")} == {"later"}
    assert findings["Python"] == findings["Java runtime"] == "ok"


def test_an_unsupported_python_is_refused() -> None:
    assert check_python((3, 12)) == "3.12"
    with pytest.raises(TidegateError, match=r"3\.14\. Use Python"):
        check_python((3, 14))


def test_the_installed_java_is_21() -> None:
    assert check_java_runtime(java_home()).startswith("21.")


def test_another_java_is_refused(tmp_path: Path) -> None:
    (tmp_path / "release").write_text('JAVA_VERSION="25.0.1"\n')
    with pytest.raises(TidegateError, match="not Java 21"):
        check_java_runtime(tmp_path)


def test_transactions_longer_than_the_broker_allows_are_refused() -> None:
    assert check_transaction_timeout(900, 900) == "900 s, the broker allows 900 s"
    with pytest.raises(TidegateError, match="TIDEGATE_TRANSACTION_TIMEOUT_S"):
        check_transaction_timeout(901, 900)


def test_the_version_the_connectors_were_built_for_is_in_their_manifest(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nFlink-Version: 2.2.0\r\n")
    assert manifest_flink_version(jar) == "2.2.0"


def test_a_format_of_another_release_is_refused() -> None:
    with pytest.raises(TidegateError, match=r"no flink-sql-avro-2\.4\.0\.jar"):
        check_format_jar([Path("flink-sql-avro-2.3.0.jar")], "2.4.0")
