"""Compiles the C programs."""
import os
import subprocess

from suite.paths import BENCHMARKS, WORK, Skipped


def program(name):
    """Where a compiled program lies."""
    return os.path.join(WORK, name)


def compiled(name, *sources, flags=(), libraries=()):
    """Compiles sources of benchmarks/c; returns the program's path."""
    paths = [os.path.join(BENCHMARKS, "c", source) for source in sources]
    done = subprocess.run(
        ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", *flags, "-o", program(name), *paths,
         *libraries, "-lpthread"], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise Skipped(f"{sources[-1]} can't be compiled: {done.stderr.strip()[-200:]}")
    return program(name)
