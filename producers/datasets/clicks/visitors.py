"""Who visits the sample shop: browsers, countries, addresses and pages that lead there, with their shares."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SHOP = "https://shop.example"
_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5"

USER_AGENTS: Mapping[str | None, float] = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/137.0.0.0 Safari/537.36": 22,
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0": 7,
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Chrome/137.0.0.0 Safari/537.36": 7,
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_SAFARI} Safari/605.1.15": 6,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:139.0) Gecko/20100101 Firefox/139.0": 4,
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0": 2,
    f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/136.0.0.0 Safari/537.36": 2,
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {_SAFARI} Mobile/15E148 Safari/604.1": 21,
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) {_SAFARI} Mobile/15E148 Safari/604.1": 5,
    f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_WEBKIT} Chrome/137.0.0.0 Mobile Safari/537.36": 6,
    f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {_WEBKIT} Chrome/136.0.0.0 Mobile Safari/537.36": 8,
    f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {_SAFARI} Mobile/15E148 Safari/604.1": 3,
    f"Mozilla/5.0 (Linux; Android 14; SM-X710) {_WEBKIT} Chrome/136.0.0.0 Safari/537.36": 2,
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": 2,
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)": 1,
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)": 0.7,
    "curl/8.7.1": 0.3,
    None: 1,
}
"""Share of visits by browser; None sends no name."""

COUNTRIES: Mapping[str | None, float] = {
    "DE": 28, "FR": 14, "GB": 11, "NL": 8, "AT": 7, "CH": 6, "ES": 6, "IT": 6, "PL": 5, "SE": 3, "US": 3,
    "BE": 2, "de": 0.5, None: 0.3, "GER": 0.2,
}  # fmt: skip
"""Share of visits by country, with what real clients send besides: lower case, nothing, three letters."""

REFERRERS: Mapping[str | None, float] = {
    None: 34,
    "https://www.google.com/": 33,
    "https://www.bing.com/": 5,
    "https://duckduckgo.com/": 3,
    "https://www.instagram.com/": 7,
    "https://www.facebook.com/": 6,
    "https://news.example/deals/2026": 4,
    f"{_SHOP}/newsletter?utm_source=mail&utm_campaign=weekly": 8,
}
"""Share of visits by the page that led to the shop."""

HOME_PAGE = f"{_SHOP}/"
SIGNED_IN_SHARE = 0.4
CUSTOMERS = 100_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Draws positions of a list by weight."""

    cumulative: NDArray[np.float64]

    @classmethod
    def weighted(cls, weights: NDArray[np.float64]) -> "Choice":
        """Draws position ``i`` with a probability in proportion to ``weights[i]``."""
        return cls(np.cumsum(weights / weights.sum()))

    @classmethod
    def of(cls, shares: Mapping[str | None, float]) -> "Choice":
        """Draws positions of the keys of ``shares``."""
        return cls.weighted(np.array(list(shares.values()), dtype=np.float64))

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.intp]:
        """``count`` independent positions."""
        drawn = np.searchsorted(self.cumulative, rng.random(count), side="right")
        return np.minimum(drawn, len(self.cumulative) - 1)
