"""Power cuts, replayed from recorded writes: any subset of what was not synced is lost.

A log is made and written to by each writing command under strace. Of each moment the states that a
disk may be in are built (`support/crash_model.py`): none, all, each write alone and left out, the
last one torn, random subsets. In each the log must be intact, have what had a receipt by then, and
take one more event. The high-water mark is there in half of the states and lost in the others.
"""
import hashlib
import itertools
import os
import random
import shutil
import threading

import crash_model
import injection
import scenarios
import soundness
import write_trace
from box import Box

BATCH = 200


def recorded(part):
    """Steps of a log's first day, and the events that it has at the end."""
    box = Box(part.directory())
    recorder = write_trace.Recorder(box.home)
    box.path("build_finished.v1.json", scenarios.json.dumps(scenarios.SCHEMA))

    def run(*arguments, stdin=b""):
        recorder.run([*arguments, "--json"], box, stdin)

    run("append", "worker_spawned", "worker_id=w1", "adapter_type=aider")
    run("append", "worker_idle", "worker_id=w1")
    run("append", "task_created", "task_id=T1", "name=Do it", "kind=implementation")
    run("append", "task_assigned", "task_id=T1", "worker_id=w1")
    run("append", stdin=scenarios.jsonl(scenarios.notes(30, 1000, 400)))
    run("append", "note", "text=" + "z" * 30_000)
    run("compensate", "--stream", "task-T1", "--to", "1", "--reason", "cut")
    run("project", "--rebuild")
    run("schema", "add", "build_finished.v1.json")
    run("append", "build_finished", "build=7")
    for size in (10, 1000, 1400, 4000, 9000, 12_000):
        run("append", "note", "text=" + "z" * size)
    run("append", "--atomic", stdin=scenarios.jsonl(scenarios.notes(20, 2000, 300)))
    return recorder.steps, box


class States:
    """The states of a disk while the steps are taken, each once."""

    def __init__(self, steps, seed, random_count, ignored=()):
        self.steps, self.seed, self.random_count = steps, seed, random_count
        self.disk = crash_model.Disk(ignored)
        self.promised = {}
        self.mark = None

    def __iter__(self):
        seen = set()
        for index, step in enumerate(self.steps):
            if step[0] == "promise":
                self.promised = {**self.promised, **step[1]}
                yield from self.at(f"{index} promise", seen)
            elif step[1].startswith(".local"):
                if step[0] == "write":
                    self.mark = (step[1].split("/")[-2], step[3])
            else:
                returned = self.disk.apply(step)
                yield from self.at(f"{index} {step[0]}", seen)
                if step[0] == "write" and step[-1]:
                    returned()
                    yield from self.at(f"{index} returned", seen)

    def at(self, moment, seen):
        chance = random.Random(f"{self.seed} {moment}")
        for name, kept in crash_model.selections(self.disk.pending(), chance, self.random_count):
            tree = self.disk.tree(kept)
            digest = hashlib.sha256(repr((sorted(flat(tree)), len(self.promised))).encode())
            if digest.digest() in seen:
                continue
            seen.add(digest.digest())
            mark = self.mark if digest.digest()[0] % 2 else None
            yield f"{moment}: {name}", tree, self.promised, mark


def flat(tree, path=""):
    for name, content in tree.items():
        if isinstance(content, dict):
            yield path + name, ""
            yield from flat(content, path + name + "/")
        else:
            yield path + name, hashlib.sha256(content).hexdigest()


def build(tree, directory):
    os.makedirs(directory, exist_ok=True)
    for name, content in tree.items():
        path = os.path.join(directory, name)
        if isinstance(content, dict):
            build(content, path)
        else:
            with open(path, "wb") as file:
                file.write(content)


def put_mark(box, mark):
    """The mark of this copy of the log: its file is named by the data file's device and inode."""
    path = os.path.join(box.log, "data.mdb")
    if mark is None or not os.path.exists(path):
        return
    status = os.stat(path)
    folder = os.path.join(box.home, ".local/state/uetlog", mark[0])
    os.makedirs(folder)
    with open(os.path.join(folder, f"{status.st_dev:x}-{status.st_ino:x}"), "wb") as file:
        file.write(mark[1])


class Checker:
    """Looks at states with the program, in a directory of each thread's own."""

    def __init__(self, part, final):
        self.part, self.final = part, final
        self.local = threading.local()

    def __call__(self, state):
        _, tree, promised, mark = state
        if not hasattr(self.local, "home"):
            self.local.home = self.part.directory(stays=True)
        shutil.rmtree(self.local.home)
        build(tree, self.local.home)
        box = Box(self.local.home)
        put_mark(box, mark)
        if not soundness.has_log(box):
            if promised:
                return f"there is no log, and {len(promised)} receipts"
            return self.goes_on(box, 0)
        problem = soundness.verified(box)
        if problem:
            return problem
        events = box.events()
        if events != self.final[:len(events)]:
            return "the events are not a beginning of those that were written"
        places = {event["event_id"]: event["position"] for event in events}
        for name, position in promised.items():
            if places.get(name) != position:
                return f"{name} has a receipt for {position} but is at {places.get(name)}"
        return self.goes_on(box, len(events))

    def goes_on(self, box, count):
        receipt = box.append("note", "text=after")
        if receipt["position"] != count + 1:
            return f"after {count} events the next one is at {receipt['position']}"
        return None


def differs(steps, box):
    """What was recorded, replayed without a cut, must be the file that there is."""
    states = States(steps, 0, 0)
    for _ in states:
        pass
    replayed = states.disk.tree(set(states.disk.pending()))["log"]["data.mdb"]
    with open(os.path.join(box.log, "data.mdb"), "rb") as file:
        written = file.read()
    return None if replayed == written else "the recorded writes don't make up the file"


def run(part):
    injection.needed()
    steps, box = recorded(part)
    final = box.events()
    part.check("recording", differs(steps, box))
    check = Checker(part, final)
    states = iter(States(steps, part.seed, part.of_tier(24, 2000)))
    count = 0
    while batch := list(itertools.islice(states, BATCH)):
        part.each(check, batch)
        count += len(batch)
    part.note(f"{len(steps)} steps, {len(final)} events, {count} states")
    controls = {"data": "a disk whose fdatasync does nothing",
                "meta": "a disk that takes synchronous writes for others",
                "names": "a disk that does not sync directories"}
    for ignored, what in controls.items():
        broken = States(steps, part.seed, 2, {ignored})
        part.control(what, next(filter(None, map(check, broken)), None))
