"""Gets what the peers need from Debian and PyPI."""
import os
import shutil
import subprocess
import sys

from suite.paths import WORK, Skipped


def debian(*names):
    """Installs the packages that are missing."""
    if shutil.which("dpkg-query") is None:
        raise Skipped(f"no Debian system: it needs {' '.join(names)}")
    missing = [name for name in names if not is_installed(name)]
    if not missing:
        return
    root = [] if os.geteuid() == 0 else [shutil.which("sudo") or ""]
    if root == [""]:
        raise Skipped(f"needs root: apt-get install {' '.join(missing)}")
    print(f"installing {' '.join(missing)}", flush=True)
    run([*root, "apt-get", "update", "-qq"], "apt-get update")
    run([*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq",
         "--no-install-recommends", *missing], f"apt-get install {' '.join(missing)}")


def is_installed(name):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", name], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.startswith("installed")


def run(command, what):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stdout.splitlines() if line.strip()] or ["no word of why"]
        raise Skipped(f"{what}: {lines[-1][:160]}")


def pypi(*names):
    """The path of a Python that has the packages."""
    home = os.path.join(WORK, "python")
    python = os.path.join(home, "bin", "python3")
    if not os.path.exists(python):
        run([sys.executable, "-m", "venv", home], "python3 -m venv")
    for name in names:
        probe = subprocess.run([python, "-c", f"import {name}"], stderr=subprocess.DEVNULL,
                               check=False)
        if probe.returncode != 0:
            print(f"installing {name}", flush=True)
            run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", name],
                f"pip install {name}")
    return python
