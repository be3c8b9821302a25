"""What a replay into the lake must leave behind: a proof that goes by it, and letters."""

from tests.pipeline import prove_window
from tidegate.clients.letters import read_letters
from tidegate.dead_letters.filter import LetterFilter
from tidegate.settings import Settings


def assert_proved_by(plan_id: str, spans: dict[int, tuple[int, int]]) -> None:
    """``tidegate prove`` of later, by whoever asks it, goes by the newest replay of the range."""
    report = prove_window({str(number): [*span] for number, span in spans.items()})
    assert report["holds"], report
    assert f"({plan_id}" in report["notes"][0], report["notes"]


def assert_lettered(settings: Settings, counts: dict[str, int], gone: set[tuple[int, int]]) -> None:
    """Each record that is rejected now has a letter, and one alone."""
    found = letters_of(settings, "no_french")
    assert {*found.values()} >= gone
    assert len(found) == counts["lettered"] >= len(gone)


def letters_of(settings: Settings, rule: str) -> dict[str, tuple[int, int]]:
    """By id, the place of the record of each letter of clicks that broke this rule."""
    found = read_letters(settings, "clicks", LetterFilter(rules=(rule,)))
    sources = {each.letter["dead_letter_id"]: each.letter["source"] for each in found}
    return {name: (source["partition"], source["offset"]) for name, source in sources.items()}
