"""The command line finds its commands and ends with the documented exit codes."""

import os
import re
import shlex
from collections.abc import Callable, Iterator
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path

import click
import pytest

from tests.project import PROJECT
from tidegate.cli import main as cli_main
from tidegate.cli.main import COMMANDS, EXTRAS, main
from tidegate.errors import TidegateError


def test_every_listed_command_is_a_file_and_every_file_a_listed_command() -> None:
    texts = {path.stem: path.read_text() for path in (PROJECT / "tidegate" / "cli").glob("*.py")}
    files = {name for name, text in texts.items() if "\ndef command(" in text} - {"replay_missing"}

    assert set(COMMANDS) == files
    for name in COMMANDS:
        assert isinstance(import_module(f"tidegate.cli.{name}").command, click.Command)


def leaves(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield " ".join(words), command
        return
    for name in command.list_commands(click.Context(command)):
        under = command.get_command(click.Context(command), name)
        assert under is not None
        yield from leaves(under, (*words, name))


@pytest.mark.parametrize(("words", "command"), [*leaves(cli_main.cli, ("tidegate",))], ids=str)
def test_help_has_an_example_whose_options_there_are(words: str, command: click.Command) -> None:
    shown = re.split(
        r"^ *Examples?:|^ *Options:", command.get_help(click.Context(command, info_name=words)), flags=re.M
    )
    examples = re.findall(r"tidegate [^\n]*(?:\n {4,}[^\n]*)*", "".join(shown[1:-1]))
    options = {option for each in command.params for option in each.opts + each.secondary_opts}

    assert [each for each in examples if each.startswith(words)]
    for example in examples:
        if example.startswith(words):
            used = {word for word in shlex.split(example.split(">")[0]) if re.match(r"--?[a-z]", word)}
            assert used <= options, example


def test_every_extra_is_one_that_can_be_installed() -> None:
    assert all(f"\n{extra} = [" in (PROJECT / "pyproject.toml").read_text() for extra in EXTRAS.values())


@pytest.mark.parametrize(
    ("raised", "exit_code", "said"),
    [
        (TidegateError("It broke.", remedy="Try again."), 1, "error: It broke. Try again."),
        (ModuleNotFoundError("no", name="duckdb.x"), 1, "pip install 'tidegate[lake]'"),
        (click.UsageError("--rate does not go"), 2, "--rate does not go"),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(1), 1, ""),
        (SystemExit(None), 0, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_each_way_to_end_has_its_exit_code_and_its_line(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    raised: BaseException,
    exit_code: int,
    said: str,
) -> None:
    assert _exit_code(monkeypatch, raised) == exit_code
    assert said in capfd.readouterr().err


def test_a_bug_shows_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        _exit_code(monkeypatch, ZeroDivisionError())


def _write_to_a_broken_pipe() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb", buffering=0) as unread:
        unread.write(b"x")


def test_a_broken_pipe_that_is_not_standard_output_is_no_end_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="a pipe broke"):
        _run(monkeypatch, _write_to_a_broken_pipe)


def test_where_nobody_reads_standard_output_any_more_it_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "w") as unread, Path(os.devnull).open("w") as nowhere:
        monkeypatch.setattr("sys.stdout", unread)

        assert _run(monkeypatch, lambda: click.echo("x")) == 1
        assert capfd.readouterr().err == ""
        os.dup2(nowhere.fileno(), write_end)  # what it held back is written when it is closed


def test_what_is_no_text_is_shown_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A supplier's file may be called so."""
    written = BytesIO()
    monkeypatch.setattr("sys.stdout", TextIOWrapper(written, encoding="utf-8", write_through=True))

    assert _run(monkeypatch, lambda: click.echo("caf\udce9.csv")) == 0
    assert written.getvalue() == b"caf\\udce9.csv\n"


def test_an_unknown_command_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["tidegate", "flood"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "No such command 'flood'" in capfd.readouterr().err


def _exit_code(monkeypatch: pytest.MonkeyPatch, raised: BaseException) -> int:
    """What the process ends with if the command raises this."""

    def command() -> None:
        raise raised

    return _run(monkeypatch, command)


def _run(monkeypatch: pytest.MonkeyPatch, command: Callable[[], None]) -> int:
    """What the process ends with if this is the command."""
    monkeypatch.setattr(cli_main, "COMMANDS", {"status": "does it"})
    monkeypatch.setattr("tidegate.cli.status.command", click.Command("status", callback=command))
    monkeypatch.setattr("sys.argv", ["tidegate", "status"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code
