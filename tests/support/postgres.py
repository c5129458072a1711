# SPDX-License-Identifier: MIT
"""A real PostgreSQL for a test script, with three logins: owner, sink (absa_writer after
allow()) and grafana (absa_reader).

    with Postgres() as pg:
        pg.sql("SELECT 1")            -> [["1"]], as the superuser
        pg.conninfo("owner")          -> for sink.database

As root the server runs as user postgres, which it insists on. A test that cannot have one is
skipped (exit 77) with the reason."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from harness import free_port, run, skip, wait_for

FAST = ["fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=20",
        "listen_addresses=127.0.0.1", "log_min_messages=fatal"]
LOGINS = ("owner", "sink", "grafana")


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        skip("no PostgreSQL (apt: postgresql-15)")
    return found[-1].parent


class Postgres:
    def __init__(self, options=FAST):
        self.options = list(options)

    def __enter__(self):
        self.bin = programs()
        self.user = []
        if os.geteuid() == 0:
            if not shutil.which("runuser"):
                skip("no runuser, and PostgreSQL does not run as root")
            self.user = ["runuser", "-u", "postgres", "--"]
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="absa-pg-"))
        if self.user:
            shutil.chown(self.dir, "postgres")
        self.port = free_port()
        run(*self.user, self.bin / "initdb", "-D", self.dir / "data", "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", cwd=self.dir)
        self.start()
        for login in LOGINS:
            self.sql(f"CREATE ROLE {login} LOGIN" + (" CREATEROLE" if login == "owner" else ""))
        self.sql("CREATE DATABASE absa OWNER owner", database="postgres")
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        options = [a for o in self.options + [f"port={self.port}", f"unix_socket_directories={self.dir}"]
                   for a in ("-c", o)]
        with open(self.dir / "log", "ab") as log:
            self.process = subprocess.Popen([*self.user, self.bin / "postgres", "-D", self.dir / "data",
                                             *options], cwd=self.dir, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        wait_for("PostgreSQL", self.answers)

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError((self.dir / "log").read_text())
        return run(self.bin / "pg_isready", "-h", "127.0.0.1", "-p", self.port,
                   ok=(0, 1, 2)).returncode == 0

    def end(self, how):
        """runuser passes no signal on that it does not get itself: the server's own pid."""
        path = self.dir / "data/postmaster.pid"
        if path.exists():
            os.kill(int(path.read_text().split()[0]), how)
        self.process.wait(180)

    def kill(self):
        """At once, without a word to anybody; the next start recovers."""
        self.end(signal.SIGQUIT)

    def stop(self):
        """Sends everybody away."""
        self.end(signal.SIGINT)

    def conninfo(self, login, database="absa"):
        return f"host=127.0.0.1 port={self.port} user={login} dbname={database}"

    def sql(self, statement, login="postgres", database=None, ok=(0,)):
        """The rows, as lists of text; what the server refused, when ok allows it."""
        database = database or ("absa" if login != "postgres" or "ROLE" not in statement
                                else "postgres")
        done = run("psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1",
                   self.conninfo(login, database), "-c", statement, ok=ok)
        if done.returncode != 0:
            return done.stderr
        text = done.stdout.rstrip("\n")
        return [row.split("\x1f") for row in text.split("\x1e")] if text else []

    def allow(self):
        """What an administrator does once after the first migration."""
        self.sql("GRANT absa_writer TO sink", database="absa")
        self.sql("GRANT absa_reader TO grafana", database="absa")
