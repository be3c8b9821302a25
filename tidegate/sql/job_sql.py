"""A job's SQL for one dataset as a value: what Flink is told, each statement by the name of what it makes or fills."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A CREATE statement: of a table, or of the catalog or database that tables lie in.

    ``resumed``: of a table that reads a topic from its beginning, the statement that goes on at committed offsets.
    ``version``: of one that reads silver, which version of its topic.
    """

    name: str
    sql: str
    resumed: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class View:
    """A SELECT under a name."""

    name: str
    query: str

    @property
    def sql(self) -> str:
        """Its CREATE statement."""
        return f"CREATE TEMPORARY VIEW {self.name} AS\n{self.query}"


@dataclass(frozen=True, slots=True)
class Insert:
    """A SELECT into the table ``into``.

    ``part`` names the part of the job that the table belongs to, which makes the uids of its operators its own; empty
    where the job is one part.
    """

    into: str
    sql: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class JobSql:
    """All that one job tells Flink for one dataset, in this order; without an insert it has nothing to do.

    A view in ``definitions`` comes after what it reads, and each of its readers plans it again. Several inserts read
    the ``shared_views``: each is planned once, so that all of its readers get the same operators.
    ``state_ttl_ms``: how long an operator keeps what it was not asked for.
    """

    state_ttl_ms: int
    definitions: tuple[Table | View, ...] = ()
    shared_views: tuple[View, ...] = ()
    inserts: tuple[Insert, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Every statement and query."""
        return tuple(each.sql for each in (*self.definitions, *self.shared_views, *self.inserts))

    @property
    def versions(self) -> dict[str, int]:
        """The version of silver's topic that each of its tables reads."""
        return {each.name: each.version for each in self.definitions if isinstance(each, Table)}

    @property
    def parts(self) -> dict[str, str]:
        """The part of the job that each of its sinks' tables belongs to."""
        return {insert.into: insert.part for insert in self.inserts}
