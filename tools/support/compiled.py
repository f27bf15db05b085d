"""Small C programs, compiled where they are needed."""
import os
import shutil
import subprocess

import program
from torture import Missing


def compiled(source, directory, *libraries):
    """Compiles a source file of this repository; returns the program's path."""
    if shutil.which("gcc") is None:
        raise Missing("there is no gcc")
    target = os.path.join(directory, os.path.basename(source)[:-2])
    done = subprocess.run(
        ["gcc", "-O1", "-o", target, os.path.join(program.ROOT, source), *libraries],
        stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise Missing(f"{source} can't be compiled: {done.stderr[-300:].decode()}")
    return target
