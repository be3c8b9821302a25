"""The rules for the lake's bucket delete nothing that a table may still have, and hide nothing from its readers."""

import json

from tests.project import PROJECT

RULES = json.loads((PROJECT / "deploy" / "s3" / "lifecycle.json").read_text())["Rules"]
READ_AT_ONCE = {"STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"}


def test_only_the_archive_expires_by_its_age() -> None:
    by_age = [rule for rule in RULES if "Days" in rule.get("Expiration", {})]
    assert [(rule["Filter"], rule["Expiration"]["Days"]) for rule in by_age] == [({"Prefix": "archive/"}, 730)]


def test_old_data_can_be_read_without_a_request_for_it() -> None:
    classes = {step["StorageClass"] for rule in RULES for step in rule.get("Transitions", [])}
    assert classes
    assert classes <= READ_AT_ONCE


def test_what_retention_deletes_of_a_bucket_with_versions_is_gone_a_day_later() -> None:
    found = [rule["NoncurrentVersionExpiration"] for rule in RULES if "NoncurrentVersionExpiration" in rule]
    assert found == [{"NoncurrentDays": 1}]


def test_every_rule_is_on_and_has_a_name_of_its_own() -> None:
    assert {rule["Status"] for rule in RULES} == {"Enabled"}
    assert len({rule["ID"] for rule in RULES}) == len(RULES)
