"""One event by a process of its own."""
import os
import sqlite3
import subprocess

from suite.figures import Workload, paired
from suite.paths import DATA


def measure(bench):
    count = 20 if bench.quick else 300
    filling = bench.events("heartbeats", 10_000)
    log, _ = bench.fill(bench.ours, "one", filling)
    line = line_of(filling, 7)
    payload = line[line.index('"payload":') + 10:-1]
    run = member(line, "run_id")
    commands = {"uetlog": bench.ours.uetlog_one(log, run, payload)}
    notes = {"uetlog": bench.ours.what}
    for peer in bench.peers[1:]:
        if peer.has_one_shot:
            target, _ = bench.fill(peer, "one", filling)
            # Each round has an id of its own.
            commands[peer.title] = peer.one(target, line.replace(member(line, "event_id")[-12:],
                                                                 "{n}"))
            notes[peer.title] = peer.what
    # The last to close a database moves its WAL into it, which costs flushes of its own.
    warm = sqlite_database(os.path.join(DATA, "warm.sqlite"), filling)
    sqlite_database(os.path.join(DATA, "cold.sqlite"), filling).close()
    for name in ("warm", "cold"):
        title = "sqlite3 command" + (", WAL kept" if name == "warm" else "")
        commands[title] = sqlite_command(name, run, line)
        notes[title] = ("WAL, synchronous=FULL, one table without an index"
                        + ("; another process has it open" if name == "warm" else ""))
    workload = bench.workload(Workload(
        "one-shot", f"One event of {len(line)} B by a process of its own", "ms",
        "From before the process is started until it has ended, with a durable commit.",
        more_is_better=False))
    streams = ["/dev/null", "/dev/null"]
    runs = bench.rounds(count, [[*streams, *command] for command in commands.values()])
    warm.close()
    for title, found in zip(commands, runs):
        row = workload.row(title, notes[title])
        row.values = [wall * 1e3 for wall, _, _ in found]
        print(f"  {workload.title[:44]:44} {title:38} {row.median:8.2f} ms", flush=True)
    judge(bench, workload, max(peak for _, _, peak in runs[0]))


def judge(bench, workload, peak):
    ours = workload.row("uetlog")
    theirs = workload.row("LMDB in C, uetlog's tables")
    if theirs.values:
        ratio, spread = paired(ours.values, theirs.values)
        bench.goal("one-shot append, by static C with the same tables",
                   f"{ours.median:.2f} / {theirs.median:.2f} ms = {ratio:.2f}x {spread}",
                   "at most 1.4x", ratio <= 1.4)
    for title, least in (("sqlite3 command", 2), ("sqlite3 command, WAL kept", None)):
        theirs = workload.row(title)
        ratio, spread = paired(theirs.values, ours.values)
        bench.goal(f"{title}, by one-shot append",
                   f"{theirs.median:.2f} / {ours.median:.2f} ms = {ratio:.2f}x {spread}",
                   f"at least {least}x" if least else "", ratio >= least if least else None)
    bench.goal("one-shot append, peak memory", f"{peak:.1f} MiB", "under 8 MiB", peak < 8)


def line_of(path, index):
    with open(path, encoding="ascii") as file:
        for _ in range(index):
            file.readline()
        return file.readline().rstrip("\n")


def member(line, name):
    return line[line.index(f'"{name}":"') + len(name) + 4:][:26]


def sqlite_database(path, filling):
    """A database with the same events; while the connection is open its WAL stays."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE events(position INTEGER PRIMARY KEY, run TEXT, type TEXT, "
                       "ts INTEGER, body TEXT NOT NULL)")
    with open(filling, encoding="ascii") as file, connection:
        connection.executemany(
            "INSERT INTO events(run,type,ts,body) VALUES('','worker_heartbeat',0,?)",
            ((line,) for line in file))
    return connection


def sqlite_command(name, run, line):
    insert = (f"PRAGMA synchronous=FULL;INSERT INTO events(run,type,ts,body) VALUES('{run}',"
              f"'worker_heartbeat',1763800000000,'{line}')")
    return ["sqlite3", os.path.join(DATA, f"{name}.sqlite"), insert]


def sqlite_version():
    return subprocess.run(["sqlite3", "--version"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.split()[0]
