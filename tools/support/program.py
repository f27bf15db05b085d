"""The program under test, in surroundings of its own."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def binary():
    """The path of the program, or the end of this one with a sentence."""
    path = os.environ.get("UETLOG_BINARY", os.path.join(ROOT, ".build", "release", "uetlog"))
    if not os.access(path, os.X_OK):
        sys.exit(f"there is no program {path}: run `swift build -c release --product uetlog`, "
                 "or set UETLOG_BINARY")
    return os.path.abspath(path)


def is_static():
    """Whether it is the program that ships; a debug build has a loader."""
    with open(binary(), "rb") as file:
        return b"/ld-linux" not in file.read(4096)


def surroundings(home, **extra):
    """Environment variables that keep a test away from the user's logs and settings."""
    return {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8",
            "SWIFT_BACKTRACE": "enable=no", "GIT_CONFIG_NOSYSTEM": "1", **extra}


def run(arguments, home, stdin=b"", timeout=120, **extra):
    """Runs the program; returns its exit status, stdout and stderr."""
    done = subprocess.run([binary(), *arguments], input=stdin, env=surroundings(home, **extra),
                          cwd=extra.get("PWD", home), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=timeout, check=False)
    return done.returncode, done.stdout, done.stderr


def events(log, home, *selection):
    """The log's events, with what the log says about them, from `uetlog replay`."""
    status, output, errors = run(
        ["replay", "--log", log, "--format", "jsonl", "--log-fields", *selection], home)
    if status != 0:
        raise RuntimeError(f"replay: exit {status}: {errors.decode(errors='replace')}")
    return [json.loads(line) for line in output.splitlines()]
