"""The Prometheus configuration, its rules and their own tests, judged by promtool; runbook links lead somewhere."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.project import PROJECT
from tests.prometheus import promtool
from tidegate.dead_letters.codes import Stage
from tidegate.monitor.causes import UNREADABLE

DEPLOYED = PROJECT / "deploy" / "prometheus"
RULES = sorted((DEPLOYED / "rules").glob("*.yml"))
TESTS = sorted((DEPLOYED / "tests").glob("*.yml"))
ASKED_FOR = {
    "TidegateJobDown",
    "TidegateNoCheckpoint",
    "TidegateLagGrowing",
    "TidegateDeadLetterRatio",
    "TidegateRowsLeftOut",
    "TidegateEventsNotCounted",
    "TidegateSearchRoom",
    "TidegateSmallFiles",
    "TidegateFilesLate",
    "TidegateFileQuarantined",
    "TidegateJobRestarts",
    "TidegateReadingOld",
    "TidegateContractWrong",
    "TidegateProofSlow",
    "TidegateProofUndecided",
    "TidegateFailedCommittables",
    "TidegateFunctionFails",
    "TidegateProofNotOk",
    "TidegateProofOld",
    "TidegateMonitorDown",
    "TidegateServerDown",
    "TidegateTargetDown",
}


def alerts() -> list[dict[str, Any]]:
    return [alert for path in RULES for alert in alerts_of(yaml.safe_load(path.read_text()))]


def alerts_of(rules: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule]


def test_the_configuration_is_valid() -> None:
    result = promtool("check", "config", DEPLOYED / "prometheus.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 rule files found" in result.stdout


def test_the_rules_pass_their_own_tests() -> None:
    result = promtool("test", "rules", *TESTS)
    assert result.returncode == 0, result.stdout + result.stderr
    assert TESTS


def test_a_rule_that_never_fires_would_be_found(tmp_path: Path) -> None:
    """The tests above can fail: with each alert's limit out of reach, promtool says so."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    rules = yaml.safe_load(RULES[0].read_text())
    for rule in alerts_of(rules):
        rule["expr"] = f"({rule['expr']}) and on () vector(0) > 1"
    (tmp_path / "rules" / RULES[0].name).write_text(yaml.safe_dump(rules))
    copied = tmp_path / "tests" / TESTS[0].name
    copied.write_text(TESTS[0].read_text())

    result = promtool("test", "rules", copied)

    assert result.returncode != 0
    assert {name for name in ASKED_FOR if f"alertname: {name}" in result.stdout + result.stderr} == ASKED_FOR


def test_every_alert_has_a_case_that_fires_and_one_that_does_not() -> None:
    cases = [case for path in TESTS for test in yaml.safe_load(path.read_text())["tests"]
             for case in test["alert_rule_test"]]  # fmt: skip
    fires = {case["alertname"] for case in cases if case["exp_alerts"]}
    silent = {case["alertname"] for case in cases if not case["exp_alerts"]}
    assert fires == silent == {alert["alert"] for alert in alerts()} >= ASKED_FOR


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: str(alert["alert"]))
def test_every_alert_says_what_how_bad_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("warning", "critical")
    assert {"summary", "description", "command", "runbook_url"} == alert["annotations"].keys()
    assert re.match(r"tidegate [a-z]+", alert["annotations"]["command"])
    path, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert anchor in anchors((PROJECT / path).read_text())


def test_the_alert_on_good_events_leaves_out_the_stages_that_judge_an_event() -> None:
    """A stage that is new is one behind the rules until somebody says otherwise."""
    (alert,) = (each for each in alerts() if each["alert"] == "TidegateRowsLeftOut")
    (stages,) = re.findall(r'stage!~"([\w|]+)"', alert["expr"])
    assert set(stages.split("|")) == {*(Stage.DECODE, Stage.CONTRACT, Stage.RULE, Stage.ENRICH), UNREADABLE}


def anchors(markdown: str) -> set[str]:
    """The anchors that headings get when they are shown."""
    headings = re.findall(r"^#+ (.+)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
