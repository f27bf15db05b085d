"""Faults at system calls, by strace: which calls a command makes, and the command with a fault."""
import collections
import os
import re
import subprocess

import program
from torture import Missing

# A call's first line; what was interrupted by another thread goes on in a line with `resumed`.
CALL = re.compile(r"^(?:(\d+) +)?([a-z0-9_]+)\(")
# Where the program's own code begins: before it the C library and the runtime set themselves up.
MAIN = re.compile(r"rt_sigaction\(SIGPIPE")
# How often these are called depends on other threads, on the allocator and on addresses.
UNSTEADY = {"futex", "brk", "mmap", "munmap", "mprotect", "madvise", "mremap", "sched_yield",
            "gettid", "clock_nanosleep", "restart_syscall", "rt_sigprocmask", "read", "rseq",
            "set_robust_list", "tgkill", "exit"}


def needed():
    """Throws when strace is not there or may not trace, as in some containers."""
    try:
        done = subprocess.run(["strace", "-o", os.devnull, "true"], stderr=subprocess.PIPE,
                              check=False)
    except FileNotFoundError as error:
        raise Missing("there is no strace: run tools/install") from error
    if done.returncode != 0:
        raise Missing(f"strace can't trace here: {done.stderr[-100:].decode()}")


class Calls:
    """The system calls of a command: the most that one of its threads made of each kind, and how
    many of them before the program's own code began."""

    def __init__(self, trace):
        threads = collections.defaultdict(collections.Counter)
        self.before_main = None
        with open(trace, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                call = CALL.match(line)
                if call is None:
                    continue
                if self.before_main is None and MAIN.search(line):
                    self.before_main = dict(threads[call[1]])
                threads[call[1]][call[2]] += 1
        self.before_main = self.before_main or {}
        self.most = collections.Counter()
        for counts in threads.values():
            self.most |= counts

    def points(self, kinds=None):
        """Pairs of a kind and a count from 1, in a fixed order."""
        return [(kind, number) for kind in sorted(self.most)
                if kind != "execve" and (kinds is None or kind in kinds)
                for number in range(1, self.most[kind] + 1)]

    def is_startup(self, kind, number):
        return number <= self.before_main.get(kind, 0)


def traced(options, arguments, home, stdin, trace, follow=True, **extra):
    """Runs the program under strace, and if `follow` its threads and the programs that it starts;
    returns status, stdout and stderr."""
    options = ["-f", *options] if follow else options
    done = subprocess.run(
        ["strace", "-qq", "-o", trace, *options, program.binary(), *arguments], input=stdin,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home, timeout=120, check=False,
        env=program.surroundings(home, **extra))
    return done.returncode, done.stdout, done.stderr


def calls(arguments, home, stdin=b"", **extra):
    """The system calls that a command makes."""
    trace = os.path.join(home, "trace")
    status, output, errors = traced([], arguments, home, stdin, trace, **extra)
    if status != 0:
        raise RuntimeError(f"exit {status}: {(output + errors)[-500:]!r}")
    return Calls(trace)


class Injected:
    """A command with one fault: its end, its output, and whether the fault happened."""

    def __init__(self, kind, number, fault, arguments, home, stdin=b"", **extra):
        trace = os.path.join(home, "trace")
        self.status, self.output, self.errors = traced(
            ["-e", f"trace={kind}", "-e", f"inject={kind}:{fault}:when={number}"], arguments, home,
            stdin, trace, **extra)
        with open(trace, encoding="utf-8", errors="replace") as lines:
            text = lines.read()
        self.fired = "(INJECTED)" in text or "(DELAYED)" in text or self.status == -9
        self.is_unsteady = kind in UNSTEADY


def enough_fired(part):
    """Threads make some calls more or less often: a few faults may not happen, many must not."""
    if part.at is None:
        few = part.missed * 20 <= part.fired
        part.check("fired", None if few else f"{part.missed} faults did not happen")
