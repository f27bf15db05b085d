"""One log that grows: what an event costs early and late."""
import dataclasses
import os
import statistics
import subprocess
import time

from suite.bulk import bytes_on_disk
from suite.compiling import compiled, program
from suite.paths import BENCHMARKS, DATA, Failure, Skipped

STRETCHES = 30
BYTES_PER_EVENT = 700
BYTES_PER_LINE = 350
MARKS = (1, 10, 30)
# One entry that sums up all events: a fold at each request would read the whole log.
VIEW = ["project", "budget", "--key", "model:claude-3-sonnet", "--format", "json"]


def check_space(events, directory):
    """Throws unless there is room for 1.3 times of what is expected."""
    status = os.statvfs(directory)
    free = status.f_bavail * status.f_frsize
    wanted = 1.3 * events * (BYTES_PER_EVENT + BYTES_PER_LINE / STRETCHES)
    if free < wanted:
        raise Skipped(f"{events:,} events need {wanted / 1e9:.1f} GB, and {directory} has "
                      f"{free / 1e9:.1f} GB: try --events {int(events * free / wanted * 0.9)}")


@dataclasses.dataclass
class Mark:
    """What was found when the log had so many events."""

    events: int
    bytes_per_event: float
    rate: float
    median: float
    late: float
    memory: dict
    view: float


class Growth:
    """The log, its source of events, and what was found so far."""

    def __init__(self, bench, events):
        self.bench = bench
        self.stretch = events // STRETCHES
        self.log = os.path.join(DATA, "scale")
        self.stored = 0
        self.rates = []
        self.marks = []
        self.beats = iter(bench.parts("heartbeats", *[self.tail] * len(MARKS)))
        stretches = STRETCHES + 2 + len(READERS)
        # It waits at its pipe while others are measured.
        self.source = subprocess.Popen(
            [os.path.join(BENCHMARKS, "generate"), str(self.stretch * stretches)],
            stdout=subprocess.PIPE)

    @property
    def tail(self):
        """How many events are appended one by one at each mark."""
        return min(2_000, max(200, self.stretch // 10))

    def next_lines(self):
        """A file with the next stretch of events."""
        path = os.path.join(DATA, "stretch")
        with open(path, "wb") as file:
            for _ in range(self.stretch):
                file.write(self.source.stdout.readline())
        return path

    def append(self):
        """One stretch by a process of its own; returns its seconds and its peak memory."""
        path = self.next_lines()
        command = self.bench.ours.bulk(self.log)
        start = time.monotonic()
        peak = self.bench.private_peak(command, path, every=0.02)
        seconds = time.monotonic() - start
        os.remove(path)
        self.stored += self.stretch
        self.rates.append(self.stretch / seconds)
        print(f"  {self.stored:>12,} events  {self.rates[-1]:>9,.0f} per s  {peak:.1f} MiB",
              flush=True)
        return peak

    def run(self):
        for index in range(1, STRETCHES + 1):
            peak = self.append()
            if index in MARKS:
                self.marks.append(self.look(peak))

    def look(self, append_peak):
        bench, stored = self.bench, self.stored
        size = bytes_on_disk(self.log) / stored
        rate, median, late = bench.run(
            [program("lockstep"), "1", next(self.beats), *bench.ours.lines(self.log)])
        self.stored += self.tail
        replay = [bench.binary, "replay", "--log", self.log, "--format", "jsonl"]
        view = [bench.binary, *VIEW, "--log", self.log]
        # All entries, of which there are more and more: for memory.
        whole = [bench.binary, "project", "patches", "--format", "jsonl"]
        memory = {"append": append_peak, "replay": bench.private_peak(replay, every=0.02),
                  "project": bench.private_peak([*whole, "--log", self.log])}
        runs, = bench.rounds(21, [["/dev/null", "/dev/null", *view]])
        mark = Mark(stored, size, statistics.median(self.rates[-3:]), median, late, memory,
                    statistics.median(wall for wall, _, _ in runs) * 1e3)
        print(f"{mark.events:,} events: {size:.0f} B an event, {rate:,.0f} receipts/s, "
              f"median {mark.median:.0f} µs, p99 {mark.late:.0f} µs, view {mark.view:.2f} ms, "
              + ", ".join(f"{name} {peak:.1f} MiB" for name, peak in memory.items()), flush=True)
        return mark

    def growth_with(self, reader):
        """How many bytes of file a stretch takes beside a command that reads; None for nobody."""
        process = None
        if reader is not None:
            process = subprocess.Popen(reader, cwd=DATA, env=self.bench.environment,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL)
            # It has begun, and then stands still: nobody takes what it prints.
            if not process.stdout.read(1):
                raise Failure(f"{' '.join(reader)} printed nothing")
        before = bytes_on_disk(self.log)
        try:
            self.append()
        finally:
            if process is not None:
                process.kill()
                process.stdout.close()
                process.stdin.close()
                process.wait()
        return bytes_on_disk(self.log) - before

    def close(self):
        self.source.kill()
        self.source.stdout.close()
        self.source.wait()


def judge(bench, growth):
    """Goals: what should be flat is."""
    first, last = growth.marks[0], growth.marks[-1]
    early = statistics.median(growth.rates[:3])
    late = statistics.median(growth.rates[18:21])
    bench.goal(f"bulk input at {20 * growth.stretch:,} events, by the first {growth.stretch:,}",
               f"{late:,.0f} / {early:,.0f} per s = {late / early:.2f}x", "at least 0.75x",
               late >= 0.75 * early)
    bench.goal("bytes per event", f"{first.bytes_per_event:.0f}, {last.bytes_per_event:.0f}",
               "at most 650", last.bytes_per_event <= 650)
    bench.goal("receipt of one append, median", f"{first.median:.0f}, {last.median:.0f} µs",
               "at most 1.5x", last.median <= 1.5 * first.median)
    bench.goal("the same, 99th percentile", f"{first.late:.0f}, {last.late:.0f} µs")
    for name in first.memory:
        small, large = first.memory[name], last.memory[name]
        bench.goal(f"{name}: peak private memory", f"{small:.1f}, {large:.1f} MiB",
                   "at most 1.5x or + 4 MiB", large <= max(small * 1.5, small + 4))
    bench.goal("project of the present", f"{first.view:.2f}, {last.view:.2f} ms", "at most 1.5x",
               last.view <= 1.5 * first.view)


READERS = {"a follower that stands still": ["replay", "--follow", "--format", "jsonl"],
           "a long reader that stands still": ["replay", "--format", "jsonl"]}


def judge_readers(bench, growth):
    alone = growth.growth_with(None)
    most = 1.25 * alone + (4 << 20)
    for what, words in READERS.items():
        found = growth.growth_with([bench.binary, *words, "--log", growth.log])
        bench.goal(f"growth of the file with {what}, and alone",
                   f"{found / 1e6:.1f}, {alone / 1e6:.1f} MB", "at most 1.25x + 4 MiB",
                   found <= most)
    # The control: who keeps one snapshot all the time does make it grow.
    holder = compiled("hold_snapshot", "../../tools/torture_parts/hold_snapshot.c",
                      libraries=["-llmdb"])
    found = growth.growth_with([holder, growth.log])
    bench.goal("growth of the file with a program that keeps a snapshot, and alone",
               f"{found / 1e6:.1f}, {alone / 1e6:.1f} MB", "more than that, as a control",
               found > most)


def panels(growth):
    """What the chart shows."""
    marks = growth.marks

    def over(value):
        return [(mark.events, value(mark)) for mark in marks]

    points = [((index + 1) * growth.stretch, rate) for index, rate in enumerate(growth.rates)]
    return [
        ("bulk input, events/s", {"": points[:STRETCHES]}),
        ("receipt of one append, µs", {"median": over(lambda mark: mark.median),
                                       "p99": over(lambda mark: mark.late)}),
        ("peak private memory, MiB", {
            name: over(lambda mark, name=name: mark.memory[name]) for name in marks[0].memory}),
        ("project of the present, ms", {"": over(lambda mark: mark.view)}),
        ("bytes on disk per event", {"": over(lambda mark: mark.bytes_per_event)})]


def table(growth):
    lines = ["| events | B per event | bulk, events/s | receipt, median µs | p99 µs | append MiB | "
             "replay MiB | project MiB | project ms |", "|" + "---|" * 9]
    for mark in growth.marks:
        lines.append(
            f"| {mark.events:,} | {mark.bytes_per_event:.0f} | {mark.rate:,.0f} | "
            f"{mark.median:.0f} | {mark.late:.0f} | "
            + " | ".join(f"{peak:.1f}" for peak in mark.memory.values()) + f" | {mark.view:.2f} |")
    return lines
