"""The ledger counts each special record once and knows each verdict."""

import hashlib
import io
import json

from producers.generated.ledger import Ledger, Totals, summary_line
from producers.sending.batch import Batch, Special

BATCH = Batch(
    keys=[b"k"] * 7,
    values=[b"good", b"bad", None, b"again", b"late", b"beat", b"unknown"],
    specials=[
        Special(1, "bad", "wrong_magic", "BAD_MAGIC"),
        Special(2, "bad", "tombstone", "TOMBSTONE"),
        Special(3, "duplicate", identity="id3"),
        Special(4, "late", identity="id4"),
        Special(5, "dropped", "no_heartbeats", identity="id5"),
        Special(6, "unknown_reference", identity="id6"),
        Special(6, "warned", "country_is_iso_code", identity="id6"),
    ],
)


def totals(times: int = 1) -> Totals:
    ledger = Ledger()
    for _ in range(times):
        ledger.add(BATCH)
    return ledger.totals


def test_verdicts_add_up_to_what_was_sent() -> None:
    assert totals().expected("keep") == {"silver": 3, "dead_letter": 2, "dropped": 1, "duplicate": 1}


def test_a_missing_reference_is_a_dead_letter_where_the_contract_says_so() -> None:
    assert totals().expected("dead_letter") == {"silver": 2, "dead_letter": 3, "dropped": 1, "duplicate": 1}


def test_workers_totals_are_added() -> None:
    both = totals()
    both.add(totals(2))
    assert both == totals(3)


def test_the_counts_by_kind_name_their_error_codes() -> None:
    assert totals(2).as_json() == {
        "sent": 14,
        "bad": {
            "tombstone": {"count": 2, "error_code": "TOMBSTONE"},
            "wrong_magic": {"count": 2, "error_code": "BAD_MAGIC"},
        },
        "duplicate": 2,
        "late": 2,
        "dropped": {"no_heartbeats": 2},
        "warned": {"country_is_iso_code": 2},
        "unknown_reference": 2,
    }


def test_a_bad_record_is_written_with_the_hash_its_dead_letter_carries() -> None:
    file = io.StringIO()
    Ledger(file).add(BATCH)
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert len(lines) == len(BATCH.specials)
    assert lines[0] == {
        "kind": "bad",
        "name": "wrong_magic",
        "identity": None,
        "error_code": "BAD_MAGIC",
        "payload_sha256": hashlib.sha256(b"bad").hexdigest(),
    }
    assert lines[1]["payload_sha256"] is None
    assert lines[2] == {"kind": "duplicate", "name": "", "identity": "id3"}


def test_the_last_line_is_the_summary() -> None:
    assert json.loads(summary_line({"sent": 3})) == {"kind": "summary", "sent": 3}
