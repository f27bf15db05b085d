#!/usr/bin/env python3
"""Tells the races that ThreadSanitizer reported in LOG, with the names that BINARY has.

Usage: races.py LOG BINARY

The exit status is 1 when there are any. The sanitizer itself looks names up so slowly in a program
of this size that the tests seem to hang, so it is told not to.

What both sides of a report do inside of one lock is passed over, for the two locks that are held
for long, those of `OpenFiles` and of an engine's `Preparer`: whoever has to wait for a Mutex waits
inside of Swift's own library, which the sanitizer does not see.
"""
import bisect
import re
import subprocess
import sys

# The bodies of `withLock` are the closures that take the guarded value `inout sending`, zYu.
LOCKS = [re.compile(r"4LMDB9OpenFilesO"),
         re.compile(r"^\$s6EngineAAC.*8PreparerV\w{0,3}zYu.*XEfU_$")]


def symbols(binary):
    """Where functions begin, in order, and their names."""
    lines = subprocess.run(["nm", "-n", binary], check=True, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL).stdout.decode(errors="replace").splitlines()
    found = [line.split() for line in lines]
    found = [(int(words[0], 16), words[2]) for words in found
             if len(words) == 3 and words[1] in "tT"]
    return [start for start, _ in found], [name for _, name in found]


def stacks(report, starts, names):
    """The names of the functions of each stack of a report, the innermost first."""
    found = []
    for line in report.splitlines():
        frame = re.match(r"\s+#(\d+) .*\+0x([0-9a-f]+)\)", line)
        if not frame:
            continue
        if frame[1] == "0":
            found.append([])
        place = bisect.bisect(starts, int(frame[2], 16)) - 1
        found[-1].append(names[place] if ".xctest+" in line and place >= 0 else "?")
    return found


def is_locked(accesses):
    """Whether both sides of a report are inside of the same lock."""
    return len(accesses) == 2 and any(
        all(any(lock.search(frame) for frame in stack) for stack in accesses) for lock in LOCKS)


def main():
    log, binary = sys.argv[1:]
    with open(log, encoding="utf-8", errors="replace") as file:
        reports = re.findall(r"WARNING: ThreadSanitizer: .*?SUMMARY: ThreadSanitizer: [^\n]*",
                             file.read(), re.DOTALL)
    starts, names = symbols(binary)
    count = 0
    for report in reports:
        accesses = stacks(report, starts, names)[:2]
        if is_locked(accesses):
            continue
        count += 1
        print(report.splitlines()[0])
        for stack in accesses:
            print("  " + "\n    from ".join(stack[:6]))
    print(f"{count} races, {len(reports) - count} reports inside of locks")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
