"""Processes that append until they are killed, and what they were told."""
import json
import random
import subprocess
import threading
import time

import program

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KINDS = ("follow", "one-shot", "bulk", "follow")


class Ledger:
    """What the writers were told: receipts by event id, and drafts without a receipt."""

    def __init__(self):
        self.lock = threading.Lock()
        self.receipts = {}
        self.open = {}
        self.complaints = []

    def offered(self, draft):
        with self.lock:
            self.open[draft["event_id"]] = draft

    def answered(self, line):
        """Takes one line of a writer's stdout; a line cut by the kill is no receipt."""
        if not line.endswith(b"\n"):
            return
        answer = json.loads(line)
        if "error" in answer:
            self.complain(f"a draft was refused: {answer['error']}")
            return
        with self.lock:
            known = self.receipts.setdefault(answer["event_id"], answer["position"])
            self.open.pop(answer["event_id"], None)
        if known != answer["position"]:
            self.complain(f"{answer['event_id']} has receipts for {known} and {answer['position']}")

    def complain(self, text):
        with self.lock:
            self.complaints.append(text)


class Drafts:
    """Drafts with ids of our own; those that were left open come again first."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.again = []
        self.lock = threading.Lock()
        self.count = 0

    def next(self):
        with self.lock:
            if self.again:
                return self.again.pop()
            self.count += 1
            number = 1_763_800_000_000 + self.count << 80 | self.random.getrandbits(80)
            draft = {"event_id": "".join(ALPHABET[number >> shift & 31]
                                         for shift in range(125, -1, -5))}
            if self.random.random() < 0.5:
                draft["type"] = "worker_heartbeat"
                draft["payload"] = {"worker_id": f"w{self.count % 20}",
                                    "progress": str(self.count)}
            else:
                length = self.random.choice((10, 200, 2000, 9000))
                draft["type"] = "note"
                draft["payload"] = {"text": f"{self.count} " + "x" * length}
            return draft


class Writer(threading.Thread):
    """Appends by processes until it is stopped; the process at hand is killed."""

    def __init__(self, kind, log, home, drafts, ledger):
        super().__init__(daemon=True)
        self.kind, self.log, self.home = kind, log, home
        self.drafts, self.ledger = drafts, ledger
        self.command = program.binary()
        self.lock = threading.Lock()
        self.stopped = False
        self.process = None

    def kill(self):
        with self.lock:
            self.stopped = True
            if self.process is not None:
                self.process.kill()

    def start_process(self, *arguments, stdin):
        with self.lock:
            if self.stopped:
                return None
            self.process = subprocess.Popen(
                [self.command, "append", "--log", self.log, "--json", *arguments],
                stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.home,
                env=program.surroundings(self.home))
            return self.process

    def run(self):
        try:
            if self.kind == "one-shot":
                while not self.stopped:
                    self.one_shot()
            else:
                self.stream("--follow-stdin" if self.kind == "follow" else "--quiet")
        except Exception as error:  # pylint: disable=broad-except
            self.ledger.complain(f"{self.kind} writer: {error!r}")

    def one_shot(self):
        draft = self.drafts.next()
        self.ledger.offered(draft)
        process = self.start_process(draft["type"], "--id", draft["event_id"], "--data",
                                     json.dumps(draft["payload"]), stdin=subprocess.DEVNULL)
        if process is None:
            return
        output, errors = process.communicate()
        for line in output.splitlines(keepends=True):
            self.ledger.answered(line)
        self.look_at_status(process, errors)

    def stream(self, mode):
        options = [] if mode == "--quiet" else [mode]
        process = self.start_process(*options, stdin=subprocess.PIPE)
        if process is None:
            return
        feeder = threading.Thread(target=self.feed, args=(process, mode), daemon=True)
        feeder.start()
        for line in process.stdout:
            self.ledger.answered(line)
        errors = process.stderr.read()
        process.wait()
        feeder.join()
        self.look_at_status(process, errors)

    def feed(self, process, mode):
        try:
            while not self.stopped:
                lines = []
                for _ in range(1 if mode == "--follow-stdin" else 50):
                    draft = self.drafts.next()
                    self.ledger.offered(draft)
                    lines.append(json.dumps(draft))
                process.stdin.write(("\n".join(lines) + "\n").encode())
                process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass
        finally:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass

    def look_at_status(self, process, errors):
        # 75 says that nothing was written: the lock was not to be had in time.
        if process.returncode not in (0, 75, -9):
            self.ledger.complain(
                f"{self.kind} writer: exit {process.returncode}: {errors[-300:]!r}")


def killed_at_random(number, count, log, home, drafts, ledger, chance):
    """Starts writers, kills each at a random moment, and puts what was left open up for the next
    ones."""
    writers = [Writer(KINDS[(number + index) % len(KINDS)], log, home, drafts, ledger)
               for index in range(count)]
    for writer in writers:
        writer.start()
    moments = sorted(chance.uniform(0.005, 0.25) for _ in writers)
    begun = time.monotonic()
    for writer, moment in zip(writers, moments):
        time.sleep(max(0, begun + moment - time.monotonic()))
        writer.kill()
    for writer in writers:
        writer.join(60)
        if writer.is_alive():
            ledger.complain(f"{writer.kind} writer did not end")
    with ledger.lock:
        left = list(ledger.open.values())
    chance.shuffle(left)
    drafts.again = left[:200]
