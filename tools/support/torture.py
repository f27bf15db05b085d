"""One part of the torture: counts what held and what did not, and says how to see it again."""
import concurrent.futures
import os
import random
import shutil
import tempfile
import threading
import traceback

SHOWN_MAX = 20
# With less room than this in memory a part works on the disk.
MEMORY_MIN = 512 << 20


def room(path):
    """Free bytes of a file system that we may write to."""
    if not os.access(path, os.W_OK):
        return 0
    status = os.statvfs(path)
    return status.f_bavail * status.f_frsize


class Missing(Exception):
    """The machine lacks what a part needs; the text says what."""


class Part:
    """What a part gets: a directory, a tier, a seed, and a place to put its findings."""

    def __init__(self, name, tier, seed, at=None):
        self.name, self.tier, self.seed, self.at = name, tier, seed, at
        self.random = random.Random(f"{name} {seed}")
        self.passed = self.failed = 0
        self.lock = threading.Lock()
        self.of_point = threading.local()
        self.home = self.disk = None

    def of_tier(self, ci, soak):
        """How much to do."""
        return soak if self.tier == "soak" else ci

    def wants(self, point):
        """Whether a point is to be run: all are, unless --at names one."""
        return self.at is None or self.at == point

    def note(self, text):
        with self.lock:
            print(f"{self.name}: {text}", flush=True)

    def check(self, point, problem):
        """Counts one point; `problem` is None or says what was wrong."""
        with self.lock:
            if problem is None:
                self.passed += 1
                return
            self.failed += 1
            if self.failed <= SHOWN_MAX:
                print(f"FAIL {self.name} {point}: {problem}")
                print(f"     tools/torture --only {self.name} --tier {self.tier} "
                      f"--seed {self.seed} --at '{point}'", flush=True)

    def control(self, what, problem):
        """Counts a negative control: a check of something broken, which must find a problem."""
        if self.at is not None:
            return
        if problem:
            self.note(f"control, {what}: found ({str(problem)[:150]})")
        found = None if problem else "the control passed: this part can't fail"
        self.check(f"control, {what}", found)

    def each(self, function, points, workers=None):
        """Runs `function(point)` for the points, some at a time; what it returns or raises is the
        problem. Points are their own names, or tuples that begin with their name."""
        def one(point):
            name = point if isinstance(point, str) else point[0]
            if not self.wants(name):
                return
            self.of_point.made = []
            try:
                problem = function(point)
            except Exception:  # pylint: disable=broad-except
                problem = traceback.format_exc(limit=-3)
            for directory in self.of_point.made:
                shutil.rmtree(directory, ignore_errors=True)
            self.of_point.made = []
            self.check(name, problem)

        with concurrent.futures.ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            for _ in pool.map(one, points):
                pass

    def directory(self, disk=False, stays=False):
        """A new directory, in memory unless a real disk matters; one that is made for a point goes
        with it unless it `stays`."""
        path = tempfile.mkdtemp(dir=self.disk if disk else self.home)
        if not stays and hasattr(self.of_point, "made"):
            self.of_point.made.append(path)
        return path

    def __enter__(self):
        memory = "/dev/shm" if room("/dev/shm") > MEMORY_MIN else None
        self.home = tempfile.mkdtemp(prefix="uetlog-torture.", dir=memory)
        self.disk = tempfile.mkdtemp(prefix="uetlog-torture.")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.disk, ignore_errors=True)
