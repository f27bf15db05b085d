"""Readers that are stopped or killed in the middle must not make the file grow or block others.

LMDB keeps every page that a snapshot may need. Readers let go of theirs soon, so that one that is
stopped holds up little; of those that were killed the next writer takes the place.
"""
import os
import signal
import subprocess
import time

import program
import soundness
from box import Box
from compiled import compiled
from torture import Missing

APPENDS = 1500
# Of the growth without any reader.
GROWTH_MAX = 3
KILLED = 150


def made(part):
    box = Box(part.directory())
    box.lines(*[{"type": "note", "payload": {"text": "r" * 500}}] * 3000)
    return box


def growth(box):
    """By how many bytes one commit after the other makes the file grow."""
    before = os.path.getsize(os.path.join(box.log, "data.mdb"))
    process = box.start("append", "--follow-stdin", "--json")
    for _ in range(APPENDS):
        process.stdin.write(b'{"type":"worker_heartbeat","payload":{"worker_id":"w1"}}\n')
        process.stdin.flush()
        process.stdout.readline()
    process.stdin.close()
    process.wait(60)
    return os.path.getsize(os.path.join(box.log, "data.mdb")) - before


def reader(box, *arguments):
    """A reader whose output nobody reads: it stands still when the pipe is full."""
    return subprocess.Popen(
        [program.binary(), *arguments, "--log", box.log], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, cwd=box.home, env=program.surroundings(box.home))


def grew(box, usual):
    found = growth(box)
    if found > usual * GROWTH_MAX:
        return f"the file grew by {found >> 10} KiB; without a reader by {usual >> 10} KiB"
    return None


def beside(part, point):
    """Appends beside a reader that was stopped, or that nobody reads from."""
    _, arguments, is_stopped = point
    box = made(part)
    process = reader(box, *arguments)
    time.sleep(0.3)
    if is_stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        return grew(box, part.usual) or soundness.verified(box)
    finally:
        process.kill()
        process.communicate()


def many_killed(part):
    """More readers are killed than the table of readers has room for."""
    box = made(part)
    for _ in range(KILLED):
        process = reader(box, "replay", "--format", "jsonl")
        process.stdout.read(1)
        process.kill()
        process.communicate()
    return grew(box, part.usual) or soundness.verified(box)


def held(part):
    """A program that keeps its snapshot, as uetlog must not."""
    holder = compiled("tools/torture_parts/hold_snapshot.c", part.directory(), "-llmdb")
    box = made(part)
    process = subprocess.Popen([holder, box.log], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    process.stdout.readline()
    try:
        return grew(box, part.usual)
    finally:
        process.kill()
        process.communicate()


def run(part):
    part.usual = growth(made(part))
    part.note(f"{APPENDS} commits without a reader: {part.usual >> 10} KiB")
    replay = ("replay", "--format", "jsonl")
    part.each(lambda point: beside(part, point), [
        ("replay whose output nobody reads", replay, False),
        ("replay that is stopped", replay, True),
        ("replay --follow that is stopped", (*replay, "--follow"), True),
        ("project --watch that is stopped", ("project", "workers", "--watch"), True)])
    if part.wants("many readers killed"):
        part.check("many readers killed", many_killed(part))
    try:
        part.control("a reader that keeps its snapshot", held(part))
    except Missing as reason:
        part.note(f"the control was skipped: {reason}")
