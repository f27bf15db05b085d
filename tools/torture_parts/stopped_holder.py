"""A writer that is stopped while it holds the locks.

Others must say within their --wait that the log is busy (75), readers must not mind, and when the
holder is killed or goes on the next append must work at once.
"""
import os
import signal
import subprocess
import time

import injection
import program
import scenarios
import soundness

WAIT_SECONDS = 0.3
# Over the wait; for machines that are busy with other things.
SLACK_SECONDS = 1.5
NEXT_APPEND_SECONDS_MAX = 2
# Where the holder stops: with the first lock, in the middle of writing, after the commit.
PLACES = [("flock", 1), ("writev", 1), ("fdatasync", 1), ("pwrite64", 1), ("pwrite64", 2)]


def holder(box, kind, number):
    """A writer that stops at the end of a system call; its strace, and its own id."""
    trace = os.path.join(box.home, "trace")
    process = subprocess.Popen(
        ["strace", "-f", "-o", trace, "-e", f"trace={kind}", "-e",
         f"inject={kind}:signal=STOP:when={number}", program.binary(), "append", "note",
         "text=held", "--log", box.log], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd=box.home, env=program.surroundings(box.home))
    for _ in range(500):
        if os.path.exists(trace):
            with open(trace, encoding="utf-8", errors="replace") as file:
                text = file.read()
            if "--- stopped by SIGSTOP ---" in text:
                return process, int(text.split()[0])
        if process.poll() is not None:
            break
        time.sleep(0.01)
    raise RuntimeError(f"the holder did not stop at {kind}")


def busy(box):
    """What is wrong with how an append ends while another one holds the log."""
    begun = time.monotonic()
    status, _, errors = program.run(
        ["append", "note", "text=waits", "--wait", f"{int(WAIT_SECONDS * 1000)}ms", "--json",
         "--log", box.log], box.home, timeout=30)
    took = time.monotonic() - begun
    if status != 75 or b'"busy"' not in errors:
        return f"an append beside a stopped one: exit {status}: {errors[-200:]!r}"
    if took > WAIT_SECONDS + SLACK_SECONDS:
        return f"an append with --wait {WAIT_SECONDS} s took {took:.1f} s"
    return None


def reads(box, count):
    for words in (["replay", "--format", "jsonl"], ["project", "workers"], ["verify"]):
        status, output, errors = program.run([*words, "--log", box.log], box.home, timeout=30)
        if status != 0:
            return f"{words[0]} beside a stopped writer: exit {status}: {errors[-200:]!r}"
        if words[0] == "replay" and len(output.splitlines()) not in (count, count + 1):
            return f"replay beside a stopped writer: {len(output.splitlines())} events"
    return None


def stopped(part, point):
    _, kind, number, ending = point
    box = scenarios.beginning(part.directory())
    count = len(box.events())
    process, writer = holder(box, kind, number)
    try:
        problem = busy(box) or reads(box, count)
    finally:
        os.kill(writer, ending)
        process.wait(30)
    if problem:
        return problem
    begun = time.monotonic()
    receipt = box.append("note", "text=after")
    if time.monotonic() - begun > NEXT_APPEND_SECONDS_MAX:
        return f"the next append took {time.monotonic() - begun:.1f} s"
    stored = receipt["position"] - count - 1
    if ending == signal.SIGCONT and stored != 1:
        return "the holder went on, and its event is not there"
    return soundness.verified(box)


def run(part):
    injection.needed()
    rounds = part.of_tier(2, 20)
    part.each(lambda point: stopped(part, point), [
        (f"{kind}:{number}:{ending.name}:{turn}", kind, number, ending)
        for kind, number in PLACES for ending in (signal.SIGKILL, signal.SIGCONT)
        for turn in range(rounds)])
    part.control("nobody holds the log", busy(scenarios.beginning(part.directory())))
