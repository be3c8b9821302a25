from tests.unit.redrive.letters import letter
from tests.unit.redrive.records import CLICK, CLICKS, METERS, TEXT_PRICES, click_letter, fixer, written
from tidegate.redrive.compare import Change, Comparer
from tidegate.redrive.fix import Fixed, NotFixed

CAST = "fixes: [{do: [{cast: {unit_price: decimal}}, {set: {ip: 192.0.2.1}}]}]"


def test_each_changed_field_is_shown_and_personal_values_are_masked() -> None:
    came = click_letter(written(CLICK | {"unit_price": "12.50", "user_id": "ann"}, TEXT_PRICES))
    recipe = fixer(CLICKS, CAST)
    copy = recipe(came)
    assert isinstance(copy, Fixed)

    found = Comparer(CLICKS, recipe).compared(came, copy)

    assert found.changes == (Change("unit_price", '"12.50"', "12.50"), Change("ip", "null", "***"))
    assert found.masker.told("ann is no number") == "*** is no number"


def test_a_field_that_comes_or_goes_is_missing_on_one_side() -> None:
    recipe = fixer(METERS, "fixes: [{do: [{rename: {kwh: kWh}}, {set: {tags.a: x}}]}]")
    came = letter(b'{"kwh": 1.50, "tags": {"b": [1]}}')
    copy = recipe(came)
    assert isinstance(copy, Fixed)

    assert Comparer(METERS, recipe).compared(came, copy).changes == (
        Change("kwh", "1.50", "(missing)"),
        Change("tags.a", "(missing)", '"x"'),
        Change("kWh", "(missing)", "1.50"),
    )


def test_bytes_that_nothing_decodes_are_shown_by_their_beginning() -> None:
    recipe = fixer(CLICKS, "fixes: [{do: [{frame: newest}]}]")
    came = click_letter(b"\x7babc")
    copy = recipe(came)
    assert isinstance(copy, Fixed)

    [change] = Comparer(CLICKS, recipe).compared(came, copy).changes

    assert (change.field, change.before) == ("(bytes)", "4 bytes, 7b 61 62 63…")


def test_what_is_not_sent_has_no_changes() -> None:
    recipe = fixer(CLICKS, CAST)
    came = click_letter(b"")

    assert isinstance(recipe(came), NotFixed)
    assert Comparer(CLICKS, recipe).compared(came, None).changes == ()
