"""Customers: what changed in a day in the customer system, in Latin-1."""

from datetime import date

import numpy as np

from producers.files.block import Block, Ending, Endings, Stretch, csv_text
from producers.files.texts import DAY_MS, digit_texts, same, time_texts
from tidegate.contracts.dataset import Files

COLUMNS = (
    "customer_id", "revision", "changed_at", "first_name", "last_name", "birth_date", "email", "phone", "street",
    "postal_code", "city", "country", "newsletter", "credit_limit",
)  # fmt: skip
_SEED = 20260202
_ENDINGS = 20_000
_ID_DIGITS = 12
_PER_FILE = 10**8
_PRIME = 7_654_321
"""Numbers that follow one another are far apart as ids, and no two the same: it has no factor in common with 10."""
_FIRST_DAY = date(2020, 1, 1)
_TEST_SHARE, _NULL_SHARE = 0.01, 0.1
_FIRST = ("Zoë", "Jörg", "Anna", "François", "Mia", "Noah", "Bärbel", "José", "Åsa", "Ulf")
_LAST = ("Müller", "Schmidt", "Weiß", "Lefèvre", "Nuñez", "Groß", "Ångström", "O'Neil", "van der Berg", "Käßbohrer")
_CITIES = (("01067", "Dresden", "DE"), ("80331", "München", "DE"), ("1067", "Dresden", "DE"), ("50667", "Köln", "DE"),
           ("8001", "Zürich", "CH"), ("1010", "Wien", "AT"), ("75001", "Paris", "FR"))  # fmt: skip


class Customers:
    """Makes changes; a customer changes once a day, and each file of a day has others."""

    columns = COLUMNS
    correction: tuple[str, object] = ("city", "Neustadt")

    def __init__(self, dataset: Files) -> None:
        self._delimiter = dataset.file.csv.delimiter
        rng = np.random.default_rng(_SEED)
        self.endings = Endings([_ending(dataset, rng, is_test=n < _ENDINGS * _TEST_SHARE) for n in range(_ENDINGS)])

    def block(self, stretch: Stretch, rng: np.random.Generator) -> Block:
        """The changes of a stretch, in no order."""
        rows, delimiter = stretch.rows, self._delimiter
        revision = f"{delimiter}{(stretch.day - _FIRST_DAY).days + 1}{delimiter}"
        numbers = ((stretch.number - 1) * _PER_FILE + stretch.first + np.arange(rows, dtype=np.int64)) % 10**_ID_DIGITS
        ids = digit_texts(numbers * _PRIME % 10**_ID_DIGITS, _ID_DIGITS)
        chosen = rng.integers(_ENDINGS, size=rows)
        times = time_texts(stretch.day, rng.integers(DAY_MS, size=rows))
        ids[~self.endings.is_silver[chosen], :4] = np.frombuffer(b"TEST", dtype=np.uint8)
        columns = [ids, same(revision, rows), times, same(delimiter, rows)]
        return self.endings.block_of(columns, chosen)


file_rows = Customers


def _ending(dataset: Files, rng: np.random.Generator, *, is_test: bool) -> Ending:
    def maybe(text: str) -> str:
        return ("NULL", "")[rng.integers(2)] if rng.random() < _NULL_SHARE else text

    first, last = _FIRST[rng.integers(len(_FIRST))], _LAST[rng.integers(len(_LAST))]
    postal_code, city, country = _CITIES[rng.integers(len(_CITIES))]
    number = int(rng.integers(10**6))
    born = f"{1940 + number % 65}-{1 + number % 12:02}-{1 + number % 28:02}"
    email = maybe(f"c{number}@example.com") if rng.random() < 0.99 else f"c{number}"
    cells = [
        maybe(first),
        last,
        maybe(born),
        email,
        maybe(f"+49 30 {number:06}"),
        maybe(f"Große Straße {number % 200}"),
    ]
    cells += [postal_code, city, country, ("true", "false", "yes", "0")[number % 4], maybe(f"{number % 5000}.00")]
    warned = ("email_has_an_at",) * ("@" not in email and email not in ("NULL", ""))
    warned += ("german_postal_code",) * (country == "DE" and len(postal_code) != 5)
    return Ending(csv_text(cells, dataset.file), "no_test_customers" if is_test else "", warned)
