"""Where things lie."""
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BENCHMARKS = os.path.join(ROOT, "benchmarks")
WORK = os.path.join(ROOT, ".build", "benchmarks")
DATA = os.path.join(WORK, "data")
RELEASE = os.path.join(ROOT, ".build", "release")


class Failure(Exception):
    """A program that should have worked did not."""


class Skipped(Exception):
    """The machine lacks what a measurement needs; the text says what."""
