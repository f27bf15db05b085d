"""The stores that are measured, behind one face."""
import os
import shutil
import subprocess

from suite import servers
from suite.compiling import compiled
from suite.packages import debian, pypi
from suite.paths import BENCHMARKS, DATA, Failure, Skipped

BATCH = "1000"


class Peer:
    """A store in files, by a program of its own that has the command line of c/peer.c."""

    key = title = what = ""
    packages = ()
    libraries = ()
    flags = ()
    # Whether several processes may write; if not, threads of one do.
    has_processes = True
    has_one_shot = True

    def prepare(self):
        """Installs, compiles and starts what is needed."""
        debian(*self.packages)
        self.command = [compiled(self.key, "peer.c", f"{self.key}.c", flags=self.flags,
                                 libraries=self.libraries)]

    def fresh(self, name):
        """A target for an empty store."""
        path = os.path.join(DATA, f"{self.key}-{name}")
        self.drop(path)
        return path

    def drop(self, target):
        shutil.rmtree(target, ignore_errors=True)
        for path in (target, target + "-wal", target + "-shm"):
            if os.path.isfile(path):
                os.remove(path)

    def lines(self, target):
        """A command that answers each line of its input when it is durable."""
        return [*self.command, "lines", target]

    def bulk(self, target):
        """A command that stores its input as fast as it can."""
        return [*self.command, "lines", target, BATCH]

    def one(self, target, line):
        return [*self.command, "one", target, line]

    def scan(self, target, rounds):
        return [*self.command, "scan", target, str(rounds)]

    def read(self, target, path):
        return [*self.command, "read", target, path]

    def close(self):
        """Ends what `prepare` started."""


class Uetlog(Peer):
    key = title = "uetlog"
    what = "checks, hashes, keeps ids, streams, a tree and the state"

    def __init__(self, binary, measure):
        self.binary, self.measure = binary, measure

    def prepare(self):
        pass

    def lines(self, target):
        return [self.binary, "append", "--follow-stdin", "--json", "--log", target]

    def bulk(self, target):
        return [self.binary, "append", "--quiet", "--log", target]

    def uetlog_one(self, log, run, payload):
        return [self.binary, "append", "worker_heartbeat", "--log", log, "--run", run,
                "--source", "worker-07/aider", "--data", payload]

    def scan(self, target, rounds):
        return [self.measure, "scan", target, str(rounds)]

    def records(self, target, rounds):
        """The same with every envelope decoded."""
        return [self.measure, "records", target, str(rounds)]

    def read(self, target, path):
        return [self.measure, "read", target, path]


class LMDB(Peer):
    key, title = "lmdb", "LMDB in C, one table"
    what = "a put into one table"
    packages, libraries, flags = ("liblmdb-dev",), ("-llmdb",), ("-static",)


class Tables(LMDB):
    key, title = "tables", "LMDB in C, uetlog's tables"
    what = "a put into each table that uetlog changes for an event, without any check"


class SQLite(Peer):
    key, title = "sqlite", "SQLite in C"
    what = "WAL, synchronous=FULL; a table with a TEXT key and three indexes"
    packages, libraries = ("libsqlite3-dev", "sqlite3"), ("-lsqlite3",)


class RocksDB(Peer):
    key, title = "rocksdb", "RocksDB in C"
    what = "synced writes of the event and two index keys; 8 writers are threads of one process"
    packages, libraries = ("librocksdb-dev",), ("-lrocksdb",)
    has_processes = False

    def threads(self, target, count, path):
        return [*self.command, "threads", target, str(count), path]


class ServerPeer(Peer):
    """A store behind a server; there is one store, which is emptied."""

    def prepare(self):
        super().prepare()
        self.server = self.kind()
        try:
            self.server.wait([*self.command, "reset", self.server.target])
        except BaseException:
            self.close()
            raise

    def fresh(self, name):
        done = subprocess.run([*self.command, "reset", self.server.target], text=True,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Failure(f"{self.title}: {done.stderr.strip()}")
        return self.server.target

    def drop(self, target):
        pass

    def close(self):
        self.server.stop()


class Redis(ServerPeer):
    key, title = "redis", "Redis stream"
    what = "appendfsync always; read by the stream's own ids"
    packages, libraries, kind = ("redis-server", "libhiredis-dev"), ("-lhiredis",), servers.Redis


class NATS(ServerPeer):
    key, title = "nats", "NATS JetStream"
    packages, libraries, kind = ("nats-server", "libnats-dev"), ("-lnats",), servers.NATS

    @property
    def what(self):
        if self.server.is_durable:
            return "file storage, sync_interval always; read by sequence"
        return ("file storage; **its receipts come before the flush**: this version has no "
                "sync_interval: always; read by sequence")


class PostgreSQL(ServerPeer):
    key, title = "postgres", "PostgreSQL"
    what = "defaults; INSERT, or COPY of a batch; keys of position and id, an index of runs"
    packages, libraries, kind = ("postgresql", "libpq-dev"), ("-lpq",), servers.PostgreSQL

    @property
    def flags(self):
        where = subprocess.run(["pg_config", "--includedir"], stdout=subprocess.PIPE, text=True,
                               check=True).stdout.strip()
        return [f"-I{where}"]


class PythonRows(Peer):
    key, title = "rows", "Python, sqlite3 module"
    what = "the same table by Python's module"

    def prepare(self):
        debian("python3")
        self.command = ["python3", os.path.join(BENCHMARKS, "python", "rows.py")]

    def fold(self, target, rounds, *how):
        return [*self.command, "fold", target, str(rounds), *how]


class Aggregates(Peer):
    key, title = "aggregates", "Python, eventsourcing"
    what = "the library from PyPI on its SQLite, an aggregate for each run"
    has_one_shot = False

    def prepare(self):
        self.command = [pypi("eventsourcing"),
                        os.path.join(BENCHMARKS, "python", "aggregates.py")]

    def fold(self, target, rounds):
        return [*self.command, "fold", target, str(rounds)]


CHOICES = {
    "sqlite": (SQLite,), "lmdb-c": (LMDB, Tables), "rocksdb": (RocksDB,), "redis": (Redis,),
    "nats": (NATS,), "postgres": (PostgreSQL,), "python": (PythonRows, Aggregates)}


def chosen(text):
    """The classes that `--peers` names."""
    if text == "none":
        return []
    names = list(CHOICES) if text == "all" else text.split(",")
    for name in names:
        if name not in CHOICES:
            raise ValueError(f"no peer {name}: all, none, or some of {','.join(CHOICES)}")
    return [kind for name in CHOICES if name in names for kind in CHOICES[name]]


def prepare(kinds, ready):
    """Adds the peers that are ready to a list, whose servers run then; returns the others."""
    skipped = []
    for kind in kinds:
        peer = kind()
        try:
            peer.prepare()
            ready.append(peer)
        except (Skipped, OSError, KeyError, subprocess.SubprocessError) as reason:
            why = " ".join(str(reason).split())
            skipped.append((peer.title, why))
            print(f"skipped: {peer.title}: {why}", flush=True)
    return skipped
