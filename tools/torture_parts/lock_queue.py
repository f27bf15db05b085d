"""Writers that wait for the lock in turn, some of which are killed or stopped where they stand.

A holder that is no program of this project's keeps the lock until all stand in the queue. Then the
rest must be served at once and in the order in which they came; who was stopped is overtaken, and
served when it goes on; who was killed has written nothing.
"""
import contextlib
import fcntl
import os
import signal
import subprocess
import time

import injection
import program
import scenarios
import soundness

WRITERS = 6
# For a busy machine; nobody waits for anything that is gone.
SECONDS_MAX = 60
# What a waiter does on its way into the queue, and there.
CALLS = ("flock", "fcntl", "clone3", "futex")


def waiting(box):
    """The processes that stand in the kernel's queue for the log's lock.

    A line may be shown twice while others come and go.
    """
    node = f":{os.stat(box.log).st_ino}"
    with open("/proc/locks", encoding="ascii") as file:
        lines = [line.split() for line in file]
    return {int(words[5]) for words in lines
            if words[1:3] == ["->", "FLOCK"] and words[6].endswith(node)}


def until(is_true, what):
    begun = time.monotonic()
    while not is_true():
        if time.monotonic() - begun > SECONDS_MAX:
            raise RuntimeError(f"never came: {what}")
        time.sleep(0.002)


@contextlib.contextmanager
def held(box):
    """The lock, as another program has it."""
    descriptor = os.open(box.log, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def writer(box, number, before=()):
    return subprocess.Popen(
        [*before, program.binary(), "append", "note", f"text={number}", "--wait", "10m",
         "--log", box.log], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, cwd=box.home, env=program.surroundings(box.home))


def line_up(box, count):
    """So many writers, each behind the one before."""
    writers = []
    for number in range(count):
        before = len(waiting(box))
        writers.append(writer(box, number))
        until(lambda: len(waiting(box)) > before, f"writer {number} in the queue")
    return writers


def order(box):
    return [int(event["payload"]["text"]) for event in box.events()
            if event["payload"].get("text", "").isdigit()]


def judged(box, expected):
    found = order(box)
    if found != expected:
        return f"served in the order {found}, not {expected}"
    return soundness.verified(box)


def hurt(part, point):
    """Kills or stops some of those who wait, then lets the lock go."""
    _, ending, victims = point
    box = scenarios.beginning(part.directory())
    stays = [number for number in range(WRITERS) if number not in victims]
    with held(box):
        writers = line_up(box, WRITERS)
        # One by one: the kernel lines up anew who stood behind the one that goes, and those behind
        # two that go at the same moment may change places.
        for count, victim in enumerate(victims, 1):
            writers[victim].send_signal(ending)
            left = WRITERS - count
            until(lambda left=left: len(waiting(box)) == left, "a victim out of the queue")
    for number in stays:
        if writers[number].wait(SECONDS_MAX) != 0:
            return f"writer {number} ended with {writers[number].returncode}"
    if ending == signal.SIGKILL:
        for victim in victims:
            writers[victim].wait(SECONDS_MAX)
        return judged(box, stays)
    problem = judged(box, stays)
    for victim in victims:
        writers[victim].send_signal(signal.SIGCONT)
        if writers[victim].wait(SECONDS_MAX) != 0:
            return f"writer {victim} went on and ended with {writers[victim].returncode}"
    return problem or judged(box, stays + list(victims))


def killed_holder(part, _):
    """Kills the writer that has the lock while others wait."""
    box = scenarios.beginning(part.directory())
    with held(box):
        first = writer(box, 0, ["strace", "-f", "-qq", "-o", os.devnull, "-e", "trace=fdatasync",
                                "-e", "inject=fdatasync:signal=KILL:when=1"])
        until(lambda: len(waiting(box)) == 1, "the first in the queue")
        others = []
        for number in range(1, WRITERS):
            others.append(writer(box, number))
            until(lambda: len(waiting(box)) > len(others), f"writer {number} in the queue")
    for other in others:
        if other.wait(SECONDS_MAX) != 0:
            return f"a writer ended with {other.returncode}"
    first.wait(SECONDS_MAX)
    found = order(box)
    # It was killed in its commit: its event may be there, or not.
    return judged(box, list(range(0 if found[:1] == [0] else 1, WRITERS)))


def at_call(part, point):
    """Kills a waiter at its n-th call of a kind; those behind it must not notice."""
    _, kind, number = point
    box = scenarios.beginning(part.directory())
    with held(box):
        traced = writer(box, 99, ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={kind}",
                                  "-e", f"inject={kind}:signal=KILL:when={number}"])
        until(lambda: traced.poll() is not None or waiting(box), "the victim's end, or its wait")
        others = []
        for behind in range(3):
            before = len(waiting(box))
            others.append(writer(box, behind))
            until(lambda: len(waiting(box)) > before or traced.poll() is not None
                  and len(waiting(box)) > behind, f"writer {behind} in the queue")
    for other in others:
        if other.wait(SECONDS_MAX) != 0:
            return f"a writer ended with {other.returncode}"
    traced.wait(SECONDS_MAX)
    return judged(box, [text for text in order(box) if text == 99][:1] + [0, 1, 2])


def out_of_order(part):
    """The control: writers that came in another order than is expected."""
    box = scenarios.beginning(part.directory())
    with held(box):
        writers = line_up(box, 3)
    for one in writers:
        one.wait(SECONDS_MAX)
    return judged(box, [1, 0, 2])


def run(part):
    injection.needed()
    rounds = part.of_tier(1, 10)
    part.each(lambda point: hurt(part, point), [
        (f"{ending.name}:{','.join(map(str, victims))}:{turn}", ending, victims)
        for ending in (signal.SIGKILL, signal.SIGSTOP)
        for victims in ((), (0,), (2,), (WRITERS - 1,), (0, 1), (0, 3))
        if len(victims) < 2 or ending == signal.SIGKILL for turn in range(rounds)])
    part.each(lambda point: killed_holder(part, point), [
        (f"holder:{turn}",) for turn in range(rounds * 2)])
    part.each(lambda point: at_call(part, point), [
        (f"{kind}:{number}", kind, number)
        for kind in CALLS for number in range(1, part.of_tier(4, 10))])
    part.control("an order that was not", out_of_order(part))
