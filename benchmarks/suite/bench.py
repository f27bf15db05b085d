"""What is measured, how much of it, and what was found so far."""
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from suite.compiling import compiled, program
from suite.paths import BENCHMARKS, DATA, RELEASE, WORK, Failure
from suite.peers import Uetlog


class Bench:
    """One run of the suite."""

    def __init__(self, binary, quick, peers):
        self.binary = installed(binary)
        self.quick = quick
        self.ours = Uetlog(self.binary, os.path.join(RELEASE, "measure"))
        self.peers = [self.ours, *peers]
        self.goals = []
        self.workloads = []
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": DATA, "XDG_STATE_HOME": DATA, "LC_ALL": "C"}

    def peer(self, key):
        """A peer that is there, or None."""
        return next((peer for peer in self.peers if peer.key == key), None)

    def goal(self, what, found, goal="", reached=None):
        """Notes a figure that there is, or is not, a goal for."""
        verdict = "–" if reached is None else "yes" if reached else "**no**"
        self.goals.append((what, found, goal, verdict))
        print(f"{what:58} {found:42} {goal:30} {verdict}", flush=True)

    def workload(self, workload):
        """Begins a table of its own."""
        self.workloads.append(workload)
        return workload

    def each(self, workload, rounds, measure, peers=None):
        """Calls `measure(peer, round)` by turns; it returns a figure or (figure, late)."""
        for round_number in range(rounds):
            for peer in list(peers or self.peers):
                row = workload.row(peer.title, peer.what)
                if len(row.values) < round_number:
                    continue
                try:
                    found = measure(peer, round_number)
                except Failure as failure:
                    self.goal(f"{workload.title}: {peer.title}", f"failed: {failure}", "to work",
                              False)
                    continue
                row.add(*(found if isinstance(found, tuple) else (found,)))
        for row in workload.filled:
            late = row.median_late
            print(f"  {workload.title[:44]:44} {row.title:28} {row.median:14,.1f} {workload.unit}"
                  + (f", p99 {late:,.0f} {workload.late_unit}" if late else ""), flush=True)

    def events(self, mix, count):
        """The path of a file with generated events."""
        generate = os.path.join(BENCHMARKS, "generate")
        path = os.path.join(WORK, f"{mix}-{count}.jsonl")
        # What an older generator wrote may be refused by now.
        if not (os.path.exists(path) and os.path.getmtime(path) > os.path.getmtime(generate)):
            with open(path + ".part", "w", encoding="ascii") as file:
                subprocess.run([generate, str(count), "--mix", mix], stdout=file, check=True)
            os.rename(path + ".part", path)
        return path

    def parts(self, mix, *counts):
        """Files with so many events each, no event twice."""
        paths = []
        with open(self.events(mix, sum(counts)), encoding="ascii") as file:
            for index, count in enumerate(counts):
                paths.append(os.path.join(DATA, f"{mix}-{count}-{index}.jsonl"))
                with open(paths[-1], "w", encoding="ascii") as part:
                    part.writelines(file.readline() for _ in range(count))
        return paths

    def rounds(self, count, commands):
        """Runs commands by turns; for each the runs as (wall s, cpu s, peak MiB)."""
        script = os.path.join(WORK, "commands")
        with open(script, "w", encoding="utf-8") as file:
            for command in commands:
                file.write("\t".join(command) + "\n")
        output = subprocess.run(
            [program("rounds"), str(count), script], env=self.environment, cwd=DATA, check=True,
            stdout=subprocess.PIPE, text=True).stdout
        runs = [[] for _ in commands]
        for line in output.splitlines():
            command, wall, cpu, peak, status = line.split("\t")
            if status != "0":
                raise Failure(f"exit {status}: {' '.join(commands[int(command)][2:])[:200]}")
            runs[int(command)].append((float(wall) / 1e6, float(cpu) / 1e6, int(peak) / 1024))
        return runs

    def run(self, command, **environment):
        """The fields of the one line that a command prints, as numbers."""
        done = subprocess.run(command, env={**self.environment, **environment}, cwd=DATA,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            raise Failure(f"{' '.join(command)[:160]}: exit {done.returncode}: "
                          f"{done.stderr.strip()[-200:]}")
        return [float(field) for field in done.stdout.split()]

    def fill(self, peer, name, path):
        """A fresh store with the events of a file, and how long that took in seconds."""
        target = peer.fresh(name)
        runs, = self.rounds(1, [[path, "/dev/null", *peer.bulk(target)]])
        return target, runs[0][0]

    def private_peak(self, command, stdin=None, every=0.002):
        """The most private memory that a command has at a time, in MiB, looked at `every` seconds.

        The pages of a mapped file don't count: they can be taken back at any time.
        """
        with open(stdin or os.devnull, "rb") as given:
            process = subprocess.Popen(command, env=self.environment, cwd=DATA, stdin=given,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        errors = []
        reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        reader.start()
        peak = 0
        while process.poll() is None:
            peak = max(peak, private_now(process.pid))
            time.sleep(every)
        reader.join()
        if process.returncode != 0:
            raise Failure(f"{' '.join(command)}: exit {process.returncode}: {errors[0][-300:]!r}")
        return peak / 1024


def private_now(pid):
    """The private memory of a process in KiB; 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def installed(binary):
    """A copy of the program, as an installed one is.

    The file that the linker wrote lies in the system's memory in smaller pieces than a copied one,
    which costs a short process a tenth of its time and more.
    """
    copy = os.path.join(WORK, "uetlog")
    if os.path.exists(copy):
        os.remove(copy)
    return shutil.copy(binary, copy)


def end_by_signals():
    """Makes an interruption end what was started, also where a shell has it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def prepare_ground():
    """An empty directory for data, and the programs that hold the watch."""
    end_by_signals()
    shutil.rmtree(DATA, ignore_errors=True)
    os.makedirs(DATA)
    # Servers that run as another user must get through.
    os.chmod(DATA, 0o711)
    compiled("rounds", "rounds.c", flags=["-static"])
    compiled("lockstep", "lockstep.c", flags=["-static"])
