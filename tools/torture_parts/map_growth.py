"""Several processes grow a map that began at 64 KiB, beside readers who have the small one.

Every line must get its receipt, and followers and watchers must get along with a file that has
outgrown their map.
"""
import subprocess
import time

import program
import scenarios
import soundness
from box import Box, ulid
from history import History
from readers import Reader, pairs, unlike

SMALL = "65536"
WRITERS = 4


def written(box, number, lines, size):
    """A writer of its own lines; its process."""
    drafts = [{"type": "note", "event_id": ulid(1 + number * 1_000_000 + line),
               "payload": {"text": "m" * size}} for line in range(lines)]
    path = box.path(f"drafts-{number}", scenarios.jsonl(drafts))
    with open(path, "rb") as file:
        return subprocess.Popen(
            [program.binary(), "append", "--json", "--wait", "60s", "--log", box.log], stdin=file,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=box.home,
            env=program.surroundings(box.home, UETLOG_MAP_SIZE=SMALL))


def grown(part, point):
    _, lines, size = point
    box = Box(part.directory())
    box.append("note", "text=first", UETLOG_MAP_SIZE=SMALL)
    follower = Reader(box, "replay", "--follow", "--format", "jsonl", "--log-fields",
                      UETLOG_MAP_SIZE=SMALL)
    watcher = Reader(box, "project", "workers", "--watch", "--json", UETLOG_MAP_SIZE=SMALL)
    promised = {}
    for process in [written(box, number, lines, size) for number in range(WRITERS)]:
        output, errors = process.communicate(timeout=300)
        if process.returncode != 0:
            return f"a writer ended with {process.returncode}: {errors[-300:]!r}"
        promised.update(soundness.receipts(output))
    wanted = 1 + WRITERS * lines
    for _ in range(200):
        if len(follower.lines) >= wanted:
            break
        time.sleep(0.05)
    problems = [problem for problem in (follower.end(), watcher.end()) if problem]
    history = History()
    problems += history.extend(box.events()) + history.lost(promised)
    if len(promised) != wanted - 1 or len(history.ids) != wanted:
        problems.append(f"{len(promised)} receipts, {len(history.ids)} events, wanted {wanted}")
    seen = pairs(follower.lines)
    if len(seen) != wanted:
        problems.append(f"a follower saw {len(seen)} of {wanted} events")
    part.last = (history, promised, seen)
    return "; ".join(problems[:4]) or unlike(seen, 1, history) or soundness.verified(box)


def run(part):
    rounds = part.of_tier(3, 100)
    part.each(lambda point: grown(part, point), [
        (f"{lines}x{size}:{turn}", lines, size) for turn in range(rounds)
        for lines, size in ((2000, 200), (300, 12_000), (40, 60_000))], workers=1)
    if part.at is None:
        history, promised, seen = part.last
        name, position = next(iter(promised.items()))
        part.control("a receipt for what was lost", history.lost({name: position + 1}))
        part.control("a follower that missed the growth", unlike(seen[:3] + seen[5:], 1, history))
