"""The checks that run over a work tree after a patch was applied to it."""
import json
import os
import shutil
import signal
import subprocess
import time

import program
from box import Skip, has, same
from cases.workflow import CHANGED, IDENTITY, Repository, check


def wait_for(condition, what):
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError(f"no {what}")


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def sleeper(box, **more):
    """A check that says which process it is and goes on for ever."""
    return check(command=["sh", "-c", f"echo $$ > {box.home}/pid.new && mv {box.home}/pid.new "
                          f"{box.home}/pid; exec sleep 600"], **more)


def case_which_checks_run_is_shown(box):
    listed = box.run("patch", "checks", "--json").json
    same([listed["file"], [found["name"] for found in listed["checks"]][:4]],
         ["shipped checks.json", ["python-compile", "ruff", "black", "pytest"]])
    box.path("x.ps1", "Get-Item .\n")
    found = box.run("patch", "checks", "x.ps1", "gone.ps1", "--json").json["checks"]
    same([check["name"] for check in found], ["psscriptanalyzer", "pester"])
    same(box.run("patch", "checks", "x.rs", "--json").json["checks"], [])
    has(box.run("patch", "checks").output, "check", "installed", "pytest")
    schema = box.run("patch", "checks", "--schema").output
    same(json.loads(schema)["$id"], "config/checks.schema.json")


def case_a_broken_list_of_checks_stops_every_patch(box):
    repository = Repository(box, [check()])
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    for text, pointer, line in [('{"checks": [\n{}]}', "/checks/0", 2), ("{\n// mine\n}", "", 2),
                                ('{"checks":\n [{"command": []}]}', "/checks/0", 2)]:
        repository.checks = box.path("broken.json", text)
        error = repository.refused("verify", patch, status=78)
        same([error["line"], error.get("pointer", "")[:len(pointer)]], [line, pointer], error)
        has(error["message"], "broken.json")
        has(error["hint"], "comments" if "//" in text else "patch checks --schema")
    repository.checks = box.path("fine.json", json.dumps({"checks": [check()]}))
    repository.run("verify", patch)


def case_a_check_ends_with_the_program_that_runs_it(box):
    repository = Repository(box, [sleeper(box)])
    for number, ending in enumerate((signal.SIGKILL, signal.SIGTERM)):
        patch = repository.applied(repository.diff(a_txt=CHANGED + f"{number}\n"))
        process = subprocess.Popen(
            [program.binary(), "patch", "verify", patch, "--repo", repository.path, "--checks",
             repository.checks], cwd=box.home, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=program.surroundings(box.home, UETLOG=box.log, **IDENTITY))
        pid = box.path("pid")
        wait_for(lambda path=pid: os.path.exists(path), "check")
        with open(pid) as file:
            tool = int(file.read())
        same(is_running(tool), True)
        process.send_signal(ending)
        process.wait(timeout=60)
        wait_for(lambda tool=tool: not is_running(tool), "end of the check")
        same(repository.state(patch), "applied")
        os.remove(pid)


def case_a_check_that_takes_too_long_fails_the_patch(box):
    repository = Repository(box, [sleeper(box, timeout_seconds=1)])
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    step = repository.run("verify", patch, status=1)[0]
    has(step["message"], "did not end within 1 s")
    same(repository.state(patch), "rolled_back")
    with open(box.path("pid")) as file:
        same(is_running(int(file.read())), False)


def case_checks_see_no_secret_no_log_and_no_other_repository(box):
    names = ["OPENAI_API_KEY", "GIT_DIR", "UETLOG_ACTOR", "UETLOG", "MINE", "OWN_TOKEN"]
    script = "; ".join(f"echo {name}=${{{name}-none}}" for name in names)
    repository = Repository(box, [check(command=["sh", "-c", script])])
    os.makedirs(box.path("config"))
    box.path("config/uetlog.json", json.dumps({"secrets": {"variables": ["OWN_TOKEN"]}}))
    values = {"OPENAI_API_KEY": "sk-" + "k" * 40, "MINE": "seen", "OWN_TOKEN": "t" * 20,
              "UETLOG": box.log}
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    repository.run("verify", patch, **values)
    lines = repository.last("patch_verified")["checks"][0]["output_head"].split()
    found = dict(line.split("=") for line in lines)
    # A list of one's own takes the place of the shipped one.
    same([found[name] for name in names[1:]], ["none", "none", "none", "seen", "none"])


def case_no_output_reaches_a_terminal_or_fills_the_log(box):
    script = ("printf '\\033[31mred\\033[0m\\000\\n'; head -c 20000000 /dev/urandom; "
              "printf '\\033]0;title\\007end\\n'; exit 1")
    repository = Repository(
        box, [check(f"check-{number}", command=["sh", "-c", script]) for number in range(12)])
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    repository.run("verify", patch, status=1)
    checks = repository.last("patch_rolled_back")["checks"]
    same([len(checks), len(json.dumps(checks, ensure_ascii=False).encode()) < 150 << 10],
         [12, True])
    for found in checks:
        same([found["output_head"][:4], found["output_tail"][-4:]], ["red\ufffd", "end\n"])
        hidden = [letter for letter in found["output_head"] + found["output_tail"]
                  if letter < " " and letter not in "\n\t" or "\x7f" <= letter < "\xa0"]
        same(hidden, [])
    box.run("verify")


def case_the_shipped_checks_of_python_with_the_real_programs(box):
    for name in ("python3", "ruff", "black", "pytest"):
        path = shutil.which(name)
        if not path or subprocess.run([path, "--version"], capture_output=True).returncode != 0:
            raise Skip(f"{name} is not installed")
    repository = Repository(box)
    shipped = box.run("patch", "checks", "--json").json["file"]
    same(shipped, "shipped checks.json")
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
        os.path.realpath(__file__)))), "config", "checks.json")
    repository.checks = path
    repository.write("total.py", "def total(items):\n    return sum(items)\n")
    repository.write(
        "test_total.py",
        "from total import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n")
    repository.commit("python")
    good = repository.queued(repository.diff(
        total_py="def total(items):\n    return sum(items, 0)\n"))
    repository.run("apply", good)
    repository.run("verify", good)
    event = repository.last("patch_verified")
    same([event["tests_ran"], event["tests_passed"]], [True, True])
    same([(found["name"], found["passed"]) for found in event["checks"]],
         [("python-compile", True), ("ruff", True), ("black", True), ("pytest", True)])
    repository.run("commit", good)
    bad = repository.applied(repository.diff(
        total_py="import os\ndef total(items):\n    return 0\n"))
    repository.run("verify", bad, status=1)
    checks = {found["name"]: found for found in repository.last("patch_rolled_back")["checks"]}
    same({name: found["exit_code"] for name, found in checks.items()},
         {"python-compile": 0, "ruff": 1, "black": 1, "pytest": 1})
    has(checks["ruff"]["output_head"], "F401")
    has(checks["black"]["output_head"], "would reformat")
    has(checks["pytest"]["output_head"], "1 failed")
    broken = repository.applied(repository.diff(total_py="def total(:\n"))
    repository.run("verify", broken, status=1)
    checks = {found["name"]: found for found in repository.last("patch_rolled_back")["checks"]}
    has(checks["python-compile"]["output_head"], "total.py", "SyntaxError")
    repository.is_clean()


def case_a_check_that_can_not_be_started_decides_nothing(box):
    repository = Repository(box)
    os.makedirs(os.path.join(repository.path, "tools/folder"))
    repository.write("tools/gone", "#!/no/such/interpreter\n")
    repository.write("tools/plain", "#!/bin/sh\n")
    repository.write("tools/folder/x", "x\n")
    os.chmod(os.path.join(repository.path, "tools/gone"), 0o755)
    repository.commit("tools")
    bin_folder = box.path("bin")
    os.makedirs(bin_folder)
    box.path("bin/no-x-bit", "#!/bin/sh\n")
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    before = box.events()
    path = bin_folder + ":" + os.environ["PATH"]
    for program_name in ("./tools/gone", "./tools/plain", "./tools/folder", "no-x-bit"):
        repository.checks = box.path(
            "broken.json", json.dumps({"checks": [check(command=[program_name])]}))
        step = repository.run("verify", patch, status=1, PATH=path)[0]
        has(step["message"], "can't be started")
        same([step["state"], step["checks"][0]["ran"], box.events() == before],
             ["applied", False, True], program_name)
    # What is not there is not installed, also below what is no directory.
    for number, program_name in enumerate(("./tools/none", "./tools/plain/none", "no-such-tool")):
        repository.checks = box.path(
            "missing.json", json.dumps({"checks": [check(command=[program_name])]}))
        patch = repository.applied(repository.diff(a_txt=CHANGED), request=number + 2)
        has(repository.run("verify", patch)[0]["message"], "not installed")
