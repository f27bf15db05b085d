"""What the README says is so."""
import os
import re
import subprocess

import program
from box import same


def readme():
    with open(os.path.join(program.ROOT, "README.md"), encoding="utf-8") as file:
        return file.read()


def case_the_tour_of_the_readme(box):
    tour = re.search(r"<!-- tour -->\n```sh\n(.*?)```", readme(), re.DOTALL)
    if tour is None:
        raise AssertionError("README.md: no block of commands after <!-- tour -->")
    folder = box.path("tour")
    os.makedirs(os.path.join(folder, "bin"))
    os.symlink(program.binary(), os.path.join(folder, "bin", "uetlog"))
    environment = program.surroundings(box.home)
    environment["PATH"] = os.path.join(folder, "bin") + ":" + environment["PATH"]
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", tour.group(1)], cwd=folder,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60, check=False)
    same(done.returncode, 0, f"exit; {done.stdout[-800:]}")


def case_the_exit_codes_of_the_readme(_):
    documented = {int(row) for row in re.findall(r"^\| (\d+) \|", readme(), re.MULTILINE)}
    path = os.path.join(program.ROOT, "Sources/Commands/Support/ExitCode.swift")
    with open(path, encoding="utf-8") as file:
        declared = {int(code) for code in re.findall(r"^  case \w+ = (\d+)", file.read(),
                                                      re.MULTILINE)}
    same(documented, declared, "exit codes")
