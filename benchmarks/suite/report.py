"""The results as a page."""
import os
import platform
import subprocess

from suite.figures import short
from suite.one_shot import sqlite_version
from suite.paths import BENCHMARKS, WORK


def conditions(bench, load, skipped):
    with open("/proc/cpuinfo", encoding="ascii") as file:
        model = next((line.split(":")[1].strip() for line in file if "model name" in line), "?")
    system = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", WORK], stdout=subprocess.PIPE,
                            text=True, check=False).stdout.strip()
    return [
        "durability=fsync: a receipt is given after the flush, also by the peers, unless their "
        "rows say otherwise",
        f"{os.cpu_count()} CPUs, {model}; {system}; Linux {platform.release()}; "
        f"sqlite3 {sqlite_version()}",
        f"load average when it began {load[0]:.2f}, when it ended {os.getloadavg()[0]:.2f}: "
        "above 0.5 before the start the absolute figures say little, the ratios still something",
        f"binary: {os.path.getsize(bench.binary) / 1e6:.1f} MB, "
        + ("quick run" if bench.quick else "full run"),
        *[f"skipped: {title}: {why}" for title, why in skipped],
    ]


def table(workload):
    late = any(runs.late for runs in workload.filled)
    heads = ["store", workload.unit, "spread"] + ([f"p99, {workload.late_unit}"] if late else [])
    heads += ["uetlog is so many times as fast", "how"]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    order = sorted(workload.filled, key=lambda runs: runs.median, reverse=workload.more_is_better)
    for runs in order:
        cells = [runs.title, short(runs.median),
                 "..".join(short(value) for value in runs.spread)]
        if late:
            cells.append(short(runs.median_late) if runs.late else "")
        cells += [workload.times_as_fast(runs), runs.note]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def page(bench, notes):
    lines = ["# Results", "",
             "Written by `benchmarks/run`. README.md beside it says what was done.", ""]
    lines += [f"- {note}" for note in notes]
    lines += ["", "## Goals", "", "| what | found | goal | reached |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in bench.goals]
    lines += ["", "Each figure is a median of runs by turns. A ratio is the median over pairs of "
              "runs that stood side by side, with the middle half of them in brackets. A spread is "
              "from the least to the most; of twenty runs and more it is the middle nine tenths."]
    for workload in bench.workloads:
        if workload.filled:
            lines += ["", f"## {workload.title}", "", workload.what, "",
                      f"![{workload.title}](charts/{workload.slug}.svg)", "", *table(workload)]
    return "\n".join(lines) + "\n"


def write(bench, notes, directory=BENCHMARKS):
    with open(os.path.join(directory, "RESULTS.md"), "w", encoding="utf-8") as file:
        file.write(page(bench, notes))
