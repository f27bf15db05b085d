"""Starts the peers' servers: on loopback, in private directories, ended by their process ids."""
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time

from suite.paths import DATA, Skipped


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """A server and what it keeps."""

    name = ""

    def __init__(self):
        self.directory = os.path.join(DATA, self.name)
        os.makedirs(self.directory, mode=0o700)
        self.process = None

    def start(self, command, **options):
        with open(os.path.join(self.directory, "output"), "wb") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT, cwd=self.directory, **options)

    def wait(self, probe, seconds=30):
        """Until the command `probe` works."""
        for _ in range(seconds * 10):
            done = subprocess.run(probe, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, check=False)
            if done.returncode == 0:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise Skipped(f"its server does not answer: {self.last_words() or done.stdout.strip()}")

    def last_words(self):
        with open(os.path.join(self.directory, "output"), errors="replace",
                  encoding="utf-8") as file:
            return " ".join(file.read()[-200:].split())

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


class Redis(Server):
    """Every write is flushed before it is answered."""

    name = "redis"

    def __init__(self):
        super().__init__()
        self.target = str(free_port())
        self.start(["redis-server", "--port", self.target, "--bind", "127.0.0.1", "--save", "",
                    "--appendonly", "yes", "--appendfsync", "always", "--dir", self.directory])


class NATS(Server):
    """JetStream; `is_durable` says whether this version can flush before it answers."""

    name = "nats"

    def __init__(self):
        super().__init__()
        self.target = str(free_port())
        self.is_durable = self.accepts("sync_interval: always")
        if not self.is_durable:
            self.accepts("")
        self.start([self.binary(), "-c", os.path.join(self.directory, "conf")])

    @staticmethod
    def binary():
        return shutil.which("nats-server") or "/usr/sbin/nats-server"

    def accepts(self, more):
        path = os.path.join(self.directory, "conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"listen: 127.0.0.1:{self.target}\n"
                       f"jetstream {{\n store_dir: \"{self.directory}\"\n {more}\n}}\n")
        return subprocess.run([self.binary(), "-c", path, "-t"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0


class PostgreSQL(Server):
    """With its defaults; clients come by a socket in a file."""

    name = "postgres"

    def __init__(self):
        super().__init__()
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            raise Skipped("there is no /usr/lib/postgresql")
        # The path of a socket has at most 107 bytes.
        self.target = tempfile.mkdtemp(prefix="uetlog-pg.")
        # It refuses to be root.
        options = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            options = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            for path in (self.directory, self.target):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        data = os.path.join(self.directory, "data")
        done = subprocess.run(
            [os.path.join(programs[-1], "initdb"), "-D", data, "-U", "postgres", "-A", "trust"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.directory,
            check=False, **options)
        if done.returncode != 0:
            shutil.rmtree(self.target)
            raise Skipped(f"initdb: {done.stdout.strip()[-160:]}")
        self.start([os.path.join(programs[-1], "postgres"), "-D", data, "-k", self.target,
                    "-c", "listen_addresses="], **options)

    def stop(self):
        super().stop()
        shutil.rmtree(self.target, ignore_errors=True)
