"""An exception from the limits on complexity, arguments and statements goes when nothing needs it any more."""

import subprocess
import sys
import tomllib

import pytest

from tests.project import PROJECT

LIMITS = ("C901", "PLR0913", "PLR0915")
RUFF = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
EXCEPTIONS = [
    (pattern, code) for pattern, codes in RUFF["per-file-ignores"].items() for code in codes if code in LIMITS
]


@pytest.mark.parametrize("code", LIMITS)
def test_every_exception_is_needed(code: str) -> None:
    found = _exceeding(code)

    for pattern in (pattern for pattern, excepted in EXCEPTIONS if excepted == code):
        assert any(name.startswith(pattern.removesuffix("**")) for name in found), f"{pattern} needs no {code}"


def test_the_limits_are_chosen() -> None:
    assert set(LIMITS) <= set(RUFF["select"])


def _exceeding(code: str) -> set[str]:
    """The files that ruff would name if there were no exceptions."""
    limits = (
        f"mccabe.max-complexity={RUFF['mccabe']['max-complexity']}",
        *(f"pylint.{name}={RUFF['pylint'][name]}" for name in ("max-args", "max-statements")),
    )
    options = [word for limit in limits for word in ("--config", f"lint.{limit}")]
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", code, *options]
    ran = subprocess.run(
        [*command, "--output-format", "concise", "."], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return {line.split(":")[0] for line in ran.stdout.splitlines() if f" {code} " in line}
