"""The same table as c/sqlite.c by Python's sqlite3 module, with the command line of c/peer.c.

Usage: rows.py lines DATABASE [BATCH] | one DATABASE LINE | scan DATABASE ROUNDS
       rows.py read DATABASE FILE | fold DATABASE ROUNDS [sql]
"""
import json
import sqlite3
import sys
import time

from watch import passes, report

INSERT = "INSERT INTO events(event_id, run_id, type, ts, source, payload) VALUES(?,?,?,?,?,?)"


def opened(path):
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.executescript(
        "CREATE TABLE IF NOT EXISTS events(event_id TEXT PRIMARY KEY, run_id TEXT NOT NULL,"
        " type TEXT NOT NULL, ts TEXT NOT NULL, source TEXT, payload TEXT NOT NULL);"
        "CREATE INDEX IF NOT EXISTS by_run ON events(run_id);"
        "CREATE INDEX IF NOT EXISTS by_type ON events(type);"
        "CREATE INDEX IF NOT EXISTS by_ts ON events(ts);")
    return connection


def row(line):
    event = json.loads(line)
    return (event["event_id"], event["run_id"], event["type"], event["ts"], event["source"],
            json.dumps(event["payload"], separators=(",", ":")))


def put(connection, lines):
    connection.execute("BEGIN IMMEDIATE")
    last = connection.executemany(INSERT, [row(line) for line in lines]).rowcount
    connection.execute("COMMIT")
    print(last, flush=True)


def put_lines(connection, batch):
    lines = []
    for line in sys.stdin:
        lines.append(line)
        if len(lines) == batch:
            put(connection, lines)
            lines = []
    if lines:
        put(connection, lines)


def scan(connection):
    count = 0
    for _ in connection.execute("SELECT rowid, event_id, run_id, type, ts, source, payload"
                                " FROM events ORDER BY rowid"):
        count += 1
    return count


def read(connection, path):
    times = []
    with open(path, encoding="ascii") as file:
        for line in file:
            start = time.perf_counter_ns()
            found = connection.execute("SELECT type, payload FROM events WHERE event_id = ?",
                                       (line.split()[0],)).fetchone()
            times.append(time.perf_counter_ns() - start)
            assert found
    report(times)


def fold(connection):
    """State and number of events of each patch, by a loop over the rows."""
    patches = {}
    count = 0
    for kind, payload in connection.execute("SELECT type, payload FROM events ORDER BY rowid"):
        fields = json.loads(payload)
        key = fields.get("patch_id") or fields["artifact"]["patch_id"]
        patch = patches.setdefault(key, [None, 0])
        patch[0] = kind
        patch[1] += 1
        count += 1
    return count


def fold_by_sql(connection):
    """The same by one statement."""
    connection.executescript(
        "DROP TABLE IF EXISTS patches;"
        "CREATE TABLE patches(id TEXT PRIMARY KEY, state TEXT, events INT) WITHOUT ROWID;"
        "BEGIN; INSERT INTO patches SELECT"
        " coalesce(json_extract(payload, '$.patch_id'), json_extract(payload,"
        " '$.artifact.patch_id')), type, 1 FROM events WHERE 1 ORDER BY rowid"
        " ON CONFLICT(id) DO UPDATE SET state = excluded.state, events = events + 1; COMMIT;")
    return connection.execute("SELECT count(*) FROM events").fetchone()[0]


def main():
    mode, path, *rest = sys.argv[1:]
    connection = opened(path)
    if mode == "lines":
        put_lines(connection, int(rest[0]) if rest else 1)
    elif mode == "one":
        put(connection, rest)
    elif mode == "scan":
        passes(int(rest[0]), lambda: scan(connection))
    elif mode == "read":
        read(connection, rest[0])
    elif mode == "fold":
        way = fold_by_sql if rest[1:] == ["sql"] else fold
        passes(int(rest[0]), lambda: way(connection))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
