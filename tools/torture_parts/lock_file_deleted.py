"""The lock file is deleted, again and again, while writers are at work.

LMDB alone then lets two writers loose on each other. Writers may end with 74, but what had a
receipt must stay, and no position may be given twice.
"""
import os
import random
import subprocess
import time

import program
import soundness
from box import Box
from compiled import compiled
from history import History
from torture import Missing
from writers import Drafts, Ledger, Writer

SECONDS = 0.6


class Patient(Ledger):
    """Writers may be refused: 74 is the right answer to a lock file that was replaced."""

    def answered(self, line):
        if b'"unsafe"' not in line and b'"busy"' not in line:
            super().answered(line)


def refused(complaint):
    return "exit 74" in complaint or '"unsafe"' in complaint


def delete_lock_files(log, chance, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.01, 0.08))
        try:
            os.unlink(os.path.join(log, "lock.mdb"))
        except FileNotFoundError:
            pass


def turn(part, number):
    box = Box(part.directory())
    box.append("note", "text=first")
    ledger, drafts = Patient(), Drafts(part.seed + number)
    writers = [Writer(kind, box.log, box.home, drafts, ledger)
               for kind in ("one-shot", "one-shot", "follow", "bulk")]
    for writer in writers:
        writer.start()
    delete_lock_files(box.log, random.Random(f"{part.seed} {number}"), SECONDS)
    for writer in writers:
        writer.kill()
    for writer in writers:
        writer.join(60)
    box.append("note", "text=after")
    history = History()
    problems = history.extend(box.events()) + history.lost(ledger.receipts)
    problems += [complaint for complaint in ledger.complaints if not refused(complaint)]
    part.receipts += len(ledger.receipts)
    part.refused += sum(map(refused, ledger.complaints))
    return "; ".join(problems[:4]) or soundness.verified(box)


def unguarded(part):
    """The same done to programs that rely on LMDB alone: receipts are given out twice."""
    lines = compiled("benchmarks/c/lmdb.c", part.directory(),
                     os.path.join(program.ROOT, "benchmarks/c/peer.c"), "-llmdb")
    for number in range(20):
        log = os.path.join(part.directory(), "log")
        programs = []
        for _ in range(4):
            programs.append(subprocess.Popen(
                f"while seq 500 | {lines} lines {log} 2>/dev/null; do :; done", shell=True,
                stdout=subprocess.PIPE, start_new_session=True))
            time.sleep(0.05)
        delete_lock_files(log, random.Random(number), SECONDS)
        for process in programs:
            os.killpg(process.pid, 9)
        given = [line for process in programs for line in process.communicate()[0].splitlines()]
        twice = len(given) - len(set(given))
        if twice:
            return f"{twice} of {len(given)} receipts were given twice"
    return None


def run(part):
    part.receipts = part.refused = 0
    part.each(lambda point: turn(part, point[1]),
              [(f"round {number}", number) for number in range(part.of_tier(10, 1000))], workers=1)
    part.note(f"{part.receipts} receipts, {part.refused} writers were refused")
    try:
        part.control("programs that rely on LMDB's lock alone", unguarded(part))
    except Missing as reason:
        part.note(f"the control was skipped: {reason}")
