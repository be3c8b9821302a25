"""What every server of the stack has in common."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from tidegate.errors import TransientError
from tidegate.stack.class_archive import ClassArchive, class_archive
from tidegate.stack.fetch import Cache
from tidegate.stack.process import Command, ProcessFiles
from tidegate.stack.state import StackState


class NotReadyError(TransientError):
    """A server does not (yet) do what it is there for."""

    def __init__(self, server: str, why: object) -> None:
        super().__init__(
            f"{server} is not healthy: {why}.",
            remedy=f"Look at `tidegate logs {server}`, then `tidegate up`.",
        )
        self.why = str(why)


class Server(ABC):
    """One process of the stack: what it needs, how it is started, and how it proves that it works."""

    name: ClassVar[str]
    port_names: ClassVar[tuple[str, ...]]
    """Fields of ``Ports``; the first is the one clients talk to."""
    jars: ClassVar[str | None] = None
    """The execution of runtime-pom.xml that brings its files, if any."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Servers that must be healthy before this one is started."""
    stop_grace_s: ClassVar[float] = 60.0
    """How long TERM may take; a JVM that writes its class archive needs the most."""

    def __init__(self, stack: StackState, cache: Cache) -> None:
        self.stack = stack
        self.cache = cache
        self.files = ProcessFiles(self.name, stack.home)

    @property
    @abstractmethod
    def memory_mb(self) -> int:
        """Resident memory it may reach."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the folders and files the command needs; called before each start."""

    @abstractmethod
    def command(self) -> Command:
        """How to start it."""

    @abstractmethod
    def check(self) -> None:
        """Use it as a client would. Raises :class:`NotReadyError` while that fails."""

    def class_archive(self) -> ClassArchive:
        """The archive of its classes."""
        return class_archive(self.cache.root, self.name, self.classpath(), self.stack.folder("run"))

    def classpath(self) -> list[Path]:
        """Jars the archive is made from; none for what is not Java."""
        return []

    @property
    def temporary(self) -> Path:
        """The folder for its temporary files; emptied at each start, as a crash leaves them behind."""
        return self.stack.home / "tmp" / self.name

    def litter(self) -> list[Path]:
        """Files it leaves outside of the stack's folder, removed after each stop."""
        return []

    @property
    def address(self) -> str:
        """Host and port for people."""
        return self.stack.url(self.port_names[0]).removeprefix("http://")

    def not_ready(self, why: object) -> NotReadyError:
        """The error of a failed check."""
        return NotReadyError(self.name, why)
