"""Peak private memory by the number of events."""
import os
import subprocess

from suite.paths import DATA


def measure(bench):
    count = 100_000 if bench.quick else 1_000_000
    logs = [bench.fill(bench.ours, f"memory-{size}", bench.events("agents", size))[0]
            for size in (count // 10, count)]
    flat(bench, "replay", *[[bench.binary, "replay", "--log", log, "--format", "jsonl"]
                            for log in logs])
    for log in logs:
        bench.ours.drop(log)
    commands = []
    for commits in (200, 2_000):
        repository = history(commits)
        log = os.path.join(DATA, f"import-{commits}")
        commands.append([bench.binary, "import", "git", repository, "--log", log])
    flat(bench, "import git", *commands)


def flat(bench, what, small, large):
    first, second = (bench.private_peak(command) for command in (small, large))
    bench.goal(f"{what}: peak private memory, 1x and 10x the events",
               f"{first:.1f} MiB, {second:.1f} MiB", "at most 1.5x or + 4 MiB",
               second <= max(first * 1.5, first + 4))


def history(commits):
    """A repository with so many commits of one changed file each."""
    path = os.path.join(DATA, f"history-{commits}")
    subprocess.run(["git", "init", "-q", "--bare", path], check=True)
    stream = []
    for number in range(1, commits + 1):
        text = "".join(f"line {index * number % 997}\n" for index in range(40))
        message = f"Change {number}\n"
        stream.append(f"commit refs/heads/main\ncommitter A <a@b.example> {1763800000 + number} "
                      f"+0000\ndata {len(message)}\n{message}M 100644 inline src/f{number % 50}.py"
                      f"\ndata {len(text)}\n{text}\n")
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input="".join(stream).encode(),
                   check=True)
    subprocess.run(["git", "-C", path, "symbolic-ref", "HEAD", "refs/heads/main"], check=True)
    return path
