"""kill -9 of writers that commit together, at any moment, aimed at whoever has the lock, and at
system calls; leaders that are stopped with the others' drafts in hand; and a process that writes
garbage and others' requests into the slots all the while.

Every receipt must be in the log at its position, nothing twice (the drafts have no ids of their
own: only the group's care keeps them single), the log intact, and those that were not killed must
get answers again at once. Behind a stopped leader each must end within its --wait, and what it is
told (75, nothing written; 70, unknown) must be true whatever the leader does when it goes on. Who
lives holds the slot file once, however many leaders it has lost.
"""
import collections
import hashlib
import json
import mmap
import os
import signal
import struct
import subprocess
import threading
import time

import injection
import program
import soundness
from box import Box
from history import History

WRITERS = 8
# Nobody waits for a dead writer; the rest is for machines that are busy with other things.
NEXT_RECEIPT_SECONDS_MAX = 5
STOPPED_WAIT_SECONDS = 1
# What a leader does from its lock on: write, flush, note the head, answer, give back, wake.
CALLS = ("flock", "fcntl", "writev", "pwrite64", "fdatasync", "futex")
# Places in the slot file, as Sources/EventLog/Format.md has them.
LAST_GROUP, SLOTS, SLOT, AREAS, AREA, SLOT_COUNT = 64, 4096, 64, 8192, 16 << 10, 64
PENDING, ANSWERED, STATES = 1, 3, 6
SCRIBBLE_SECONDS = 3
FORGED = 1_000_000
REQUEST_HEAD, DRAFT_HEAD, EVENT_ID = 26, 29, 8


class Told:
    """What writers offered and what they were told."""

    def __init__(self):
        self.lock = threading.Lock()
        self.count = 0
        self.receipts = {}  # text to event id and position
        self.complaints = []

    def text(self):
        with self.lock:
            self.count += 1
            return f"text {self.count}"

    def answered(self, text, answer):
        with self.lock:
            if "error" in answer:
                self.complaints.append(f"{text} was refused: {answer['error']}")
            else:
                self.receipts[text] = answer["event_id"], answer["position"]


class Writer(threading.Thread):
    """A process that appends a line whenever it has the receipt of the one before."""

    def __init__(self, box, told, before=(), wait="60s"):
        super().__init__(daemon=True)
        self.told, self.count, self.ends, self.open = told, 0, False, None
        self.process = subprocess.Popen(
            [*before, program.binary(), "append", "--follow-stdin", "--json", "--wait", wait,
             "--log", box.log],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=box.home,
            env=program.surroundings(box.home, UETLOG_APPEND_GROUP="true"))

    def run(self):
        try:
            while not self.ends:
                text = self.open = self.told.text()
                draft = {"type": "note", "payload": {"text": text}}
                self.process.stdin.write(json.dumps(draft).encode() + b"\n")
                self.process.stdin.flush()
                line = self.process.stdout.readline()
                if not line.endswith(b"\n"):
                    return
                self.told.answered(text, json.loads(line))
                self.open = None
                self.count += 1
        except (BrokenPipeError, ValueError):
            pass

    def kill(self):
        self.process.kill()

    def end(self, statuses=(0, -9)):
        """Ends it if it lives; says what is wrong with how it went."""
        self.ends = True
        self.join(60)
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        status = self.process.wait(60)
        errors = self.process.stderr.read()
        if status not in statuses or self.is_alive():
            return f"a writer ended with {status}: {errors[-300:]!r}"
        return None


def holder(box):
    """The process that has the lock of the log's directory, or None."""
    node = f":{os.stat(box.log).st_ino}"
    with open("/proc/locks", encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[1] == "FLOCK" and words[5].endswith(node):
                return int(words[4])
    return None


def went_on(writers, seconds=NEXT_RECEIPT_SECONDS_MAX):
    """What is wrong with writers that should get answers, or None, and how long they took."""
    begun = time.monotonic()
    goals = {writer: writer.count + 3 for writer in writers}
    while time.monotonic() - begun < seconds:
        goals = {writer: goal for writer, goal in goals.items() if writer.count < goal}
        if not goals:
            return None, time.monotonic() - begun
        time.sleep(0.002)
    return f"{len(goals)} of {len(writers)} writers got no answers for {seconds} s", seconds


def held(process, name):
    """What is wrong with how often a process has a file open and mapped, or None."""
    there, links = f"/proc/{process}", []
    for number in os.listdir(f"{there}/fd"):
        try:
            links.append(os.readlink(f"{there}/fd/{number}"))
        except FileNotFoundError:
            pass  # closed meanwhile
    with open(f"{there}/maps", encoding="utf-8") as file:
        maps = sum(name in line for line in file)
    counts = sum(name in link for link in links), maps
    return None if counts == (1, 1) else f"{name} has {counts[0]} descriptors, {counts[1]} mappings"


def complaints(told, events):
    """What is wrong with a log and what its writers were told."""
    history = History()
    problems = told.complaints + history.extend(events)
    problems += history.lost(dict(told.receipts.values()))
    texts = [event["payload"]["text"] for event in events]
    problems += [f"{text} is in the log twice"
                 for text, count in collections.Counter(texts).items() if count > 1]
    for text, (_, position) in told.receipts.items():
        if position > len(texts) or texts[position - 1] != text:
            problems.append(f"the receipt of {text} is that of another event")
    return problems


class Ground:
    def __init__(self, part):
        self.part, self.box = part, Box(part.directory(disk=True))
        self.box.append("note", "text=first")
        self.told, self.slowest, self.largest, self.led = Told(), 0.0, 0, 0
        self.ends, self.scribbled_receipts = [], 0

    def writer(self, before=(), wait="60s"):
        writer = Writer(self.box, self.told, before, wait)
        writer.start()
        return writer

    def cycle(self, victims):
        """Kills some of the writers; returns a problem or None."""
        writers = [self.writer() for _ in range(WRITERS)]
        chance, problems = self.part.random, []
        living = list(writers)
        for _ in range(victims):
            time.sleep(chance.uniform(0.005, 0.1))
            victim = chance.choice(living)
            if chance.random() < 0.7:
                found = holder(self.box)
                leaders = [writer for writer in living if writer.process.pid == found]
                victim = leaders[0] if leaders else victim
                self.led += bool(leaders)
            victim.kill()
            living.remove(victim)
        problem, took = went_on(living)
        self.slowest = max(self.slowest, took)
        self.largest = max(self.largest, last_group(self.box))
        problems = [problem] + [held(writer.process.pid, "group.slots") for writer in living]
        return self.judged(problems + [writer.end() for writer in writers])

    def scribbled(self):
        """Writes garbage into the slots of four writers, and their requests into other slots."""
        writers = [self.writer() for _ in range(4)]
        problems, chance = [went_on(writers)[0]], self.part.random
        before, end = len(self.told.receipts), time.monotonic() + SCRIBBLE_SECONDS
        with open(os.path.join(self.box.log, "group.slots"), "r+b") as file, \
                mmap.mmap(file.fileno(), 0) as slots:
            while time.monotonic() < end:
                for _ in range(20):
                    scribble(slots, chance)
                time.sleep(chance.uniform(0, 0.0005))
        self.scribbled_receipts += len(self.told.receipts) - before
        problems.append(went_on(writers)[0])
        return self.judged(problems + [writer.end() for writer in writers])

    def judged(self, problems):
        problems += complaints(self.told, self.box.events())
        problems = [problem for problem in problems if problem]
        return "; ".join(problems[:5]) or None

    def at_call(self, point):
        """Kills one writer of four at its n-th call of a kind."""
        _, kind, number = point
        others = [self.writer() for _ in range(3)]
        traced = self.writer(
            ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={kind}", "-e",
             f"inject={kind}:signal=KILL:when={number}"])
        traced.process.wait(60)
        problem, took = went_on(others)
        self.slowest = max(self.slowest, took)
        return self.judged([problem] + [writer.end() for writer in [*others, traced]])


    def stopped_leader(self, number):
        """Stops whoever has the lock, until the others have given up; then it goes on, or dies."""
        writers = [self.writer(wait=f"{STOPPED_WAIT_SECONDS}s") for _ in range(5)]
        went_on(writers)
        leader = None
        while leader is None:
            time.sleep(self.part.random.uniform(0, 0.02))
            found = holder(self.box)
            leaders = [writer for writer in writers if writer.process.pid == found]
            if leaders:
                os.kill(found, signal.SIGSTOP)
                # It may have given the lock away in between.
                time.sleep(0.05)
                if holder(self.box) == found:
                    leader = leaders[0]
                else:
                    os.kill(found, signal.SIGCONT)
        others = [writer for writer in writers if writer is not leader]
        begun, problems = time.monotonic(), []
        for writer in others:
            writer.process.wait(60)
        took = time.monotonic() - begun
        if took > STOPPED_WAIT_SECONDS + NEXT_RECEIPT_SECONDS_MAX:
            problems.append(f"behind a stopped leader writers took {took:.1f} s")
        os.kill(leader.process.pid, signal.SIGCONT if number % 2 else signal.SIGKILL)
        problems += [writer.end((75, 70)) for writer in others] + [leader.end()]
        self.ends += [writer.process.returncode for writer in others]
        stored = {event["payload"]["text"] for event in self.box.events()}
        problems += [f"{writer.open} is stored, and its writer ended with 75" for writer in others
                     if writer.process.returncode == 75 and writer.open in stored]
        return self.judged(problems)


def last_group(box):
    with open(os.path.join(box.log, "group.slots"), "rb") as file:
        file.seek(LAST_GROUP)
        return struct.unpack("<I", file.read(4))[0]


def forge(box, until):
    """Answers requests that nobody has decided on, as a broken leader would."""
    with open(os.path.join(box.log, "group.slots"), "r+b") as file, \
            mmap.mmap(file.fileno(), 0) as slots:
        while not until():
            for slot in range(SLOT_COUNT):
                at, area = SLOTS + SLOT * slot, AREAS + AREA * slot
                if slots[at] != PENDING:
                    continue
                name = slots[area + REQUEST_HEAD + DRAFT_HEAD + EVENT_ID:][:16]
                answer = (b"\1\0" + name + b"\0" + struct.pack("<Q", FORGED) + name + b"\3log"
                          + struct.pack("<Q", 1) + bytes(32) + b"\0\4note" + bytes(4))
                slots[area:area + len(answer)] = answer
                slots[at + 4:at + 16] = struct.pack("<I", len(answer)) + checksum(answer)
                slots[at:at + 4] = struct.pack("<I", ANSWERED)


def scribble(slots, chance):
    """One stroke: a state, a word, what is said of an area, a piece of one, a slot's copy."""
    slot, other = chance.randrange(8), chance.randrange(8)
    at, area, kind = SLOTS + SLOT * slot, AREAS + AREA * slot, chance.randrange(6)
    if kind == 0:
        slots[at:at + 4] = struct.pack("<I", chance.randrange(STATES))
    elif kind == 1:
        slots[at:at + 4] = chance.randbytes(4)
    elif kind == 2:
        slots[at + 4 + chance.randrange(12)] = chance.randrange(256)
    elif kind == 3:
        place = area + chance.randrange(300)
        slots[place:place + 8] = chance.randbytes(8)
    elif kind == 4:
        slots[LAST_GROUP:LAST_GROUP + 4] = chance.randbytes(4)
    else:
        source, its = SLOTS + SLOT * other, AREAS + AREA * other
        slots[area:area + 1024] = slots[its:its + 1024]
        slots[at + 4:at + 16] = slots[source + 4:source + 16]
        slots[at:at + 4] = struct.pack("<I", PENDING)


def checksum(answer):
    return hashlib.sha256(answer).digest()[7::-1]


def control(part, ground):
    events = ground.box.events()
    told = Told()
    told.receipts = dict(ground.told.receipts)
    part.control("an event that was stored twice",
                 "; ".join(complaints(told, [*events, {**events[3], "position": len(events) + 1,
                                                       "event_id": "0" * 26}])[:2]))
    text = next(iter(told.receipts))
    name, position = told.receipts[text]
    told.receipts[text] = name, position + 1
    part.control("a receipt for what was lost", "; ".join(complaints(told, events)[:2]))
    part.control("writers that get no answers", stopped(ground))
    path = os.path.realpath(program.binary())
    with open(path, "rb"), open(path, "rb"):
        part.control("a file that is open twice", held(os.getpid(), os.path.basename(path)))
    broken = Ground(part)
    writers = [broken.writer() for _ in range(4)]
    went_on(writers)
    end = time.monotonic() + 10
    forge(broken.box, lambda: time.monotonic() > end or any(
        position == FORGED for _, position in list(broken.told.receipts.values())))
    part.control("a leader that answers before it commits",
                 broken.judged([writer.end() for writer in writers]))


def stopped(ground):
    writers = [ground.writer() for _ in range(2)]
    went_on(writers)
    for writer in writers:
        writer.kill()
    for writer in writers:
        writer.end()
    return went_on(writers, seconds=0.5)[0]


def run(part):
    ground = Ground(part)
    cycles = part.of_tier(25, 2000)
    for number in range(cycles):
        part.check(f"cycle {number + 1}", ground.cycle(part.random.randint(1, WRITERS - 2)))
        if part.failed > 5:
            break
    for number in range(part.of_tier(6, 200)):
        part.check(f"stopped leader {number + 1}", ground.stopped_leader(number))
    for number in range(part.of_tier(3, 100)):
        part.check(f"garbage in the slots {number + 1}", ground.scribbled())
    try:
        injection.needed()
        counts = part.of_tier((30, 31, 32, 60), range(20, 80))
        part.each(ground.at_call, [(f"{kind} {number}", kind, number) for kind in CALLS
                                   for number in counts], workers=1)
    except injection.Missing as reason:
        part.note(f"no kills at system calls: {reason}")
    part.check("verify", soundness.verified(ground.box))
    part.check("groups", None if ground.largest > 2 else "nobody committed for others")
    part.note(f"{cycles} cycles, {len(ground.told.receipts)} receipts, {ground.led} kills of who "
              f"had the lock, {ground.ends.count(75)} and {ground.ends.count(70)} ends with 75 and "
              f"70 behind stopped ones, {ground.scribbled_receipts} receipts beside garbage, "
              f"slowest after a kill {ground.slowest * 1000:.0f} ms, "
              f"groups of up to {ground.largest}")
    control(part, ground)
