"""Views from zero."""
from suite.figures import Workload
from suite.paths import Failure


def measure(bench):
    count = 100_000 if bench.quick else 1_000_000
    rounds = 3 if bench.quick else 5
    log, _ = bench.fill(bench.ours, "fold", bench.events("patches", count))
    rebuild = [bench.binary, "project", "--rebuild", "--log", log]
    workload = bench.workload(Workload(
        "fold", "Fold of patch events from the first one", "events/s",
        "Peers fold state and number of events of each patch; uetlog folds all fields of all its "
        f"views and stores them durably ({count:,} events; the peers a tenth of them)."))
    runs, = bench.rounds(rounds, [["/dev/null", "/dev/null", *rebuild]])
    row = workload.row("uetlog", "`project --rebuild`, the process's start is in it")
    for wall, _, _ in runs:
        row.add(count / wall)
    bench.goal(f"rebuild of all views from {count:,} patch events",
               f"{row.median / 1e6:.2f} M per s", "at least 3 M per s", row.median >= 3e6)
    bench.ours.drop(log)
    path = bench.events("patches", count // 10)
    for peer in (bench.peer("rows"), bench.peer("aggregates")):
        if peer is not None:
            folded(bench, workload, peer, path, rounds)


def folded(bench, workload, peer, path, rounds):
    target, _ = bench.fill(peer, "fold", path)
    ways = {peer.title: ()}
    if peer.key == "rows":
        ways["SQLite, one statement"] = ("sql",)
    for title, how in ways.items():
        note = "INSERT … SELECT json_extract … ON CONFLICT" if how else peer.what
        for _ in range(rounds):
            try:
                median, _, _ = bench.run(peer.fold(target, 1, *how))
                workload.row(title, note).add(1e9 / median)
                print(f"  {workload.title[:44]:44} {title:28} {1e9 / median:14,.1f} events/s",
                      flush=True)
            except Failure as failure:
                bench.goal(f"fold: {title}", f"failed: {failure}", "to work", False)
                break
    peer.drop(target)
