"""Programs that are asked to end."""
import json
import os
import re
import signal
import subprocess
import threading
import time

import program
from box import has, same

NOTE = {"type": "note", "payload": {"text": "hello"}}


def feed(box, *words):
    """A bulk append whose input goes on and on; returns it when something is stored."""
    process = box.start("append", *words)

    def write():
        number = 0
        try:
            while True:
                number += 1
                line = {"type": "note", "payload": {"text": str(number)}, "key": str(number)}
                process.stdin.write(json.dumps(line).encode() + b"\n")
        except (BrokenPipeError, ValueError):
            pass

    threading.Thread(target=write, daemon=True).start()
    for _ in range(400):
        time.sleep(0.01)
        if os.path.exists(box.log) and len(box.events()) > 0:
            return process
    return process


def case_an_interrupted_bulk_append_says_how_far_it_came(box):
    for number, words in ((signal.SIGINT, []), (signal.SIGTERM, ["--json"]),
                          (signal.SIGTERM, ["--json", "--follow-stdin"])):
        process = feed(box, *words)
        process.send_signal(number)
        output, errors = process.stdout.read(), process.stderr.read()
        same(process.wait(timeout=20), 75, f"exit: {errors[-300:]}")
        text = errors.decode()
        line = int(re.search(r"after line (\d+)", text).group(1))
        stored = box.events()
        if not words:
            same(stored[-1]["payload"]["text"], str(line), "the last line")
        has(text, f"tail -n +{line + 1}")
        if words:
            same(json.loads(text.splitlines()[-1])["error"]["code"], "interrupted", "code")
            same(len(output.splitlines()), line, "receipts")
        # Once each, though the second round began with the first one's lines.
        same([event["payload"]["text"] for event in stored],
             [str(n) for n in range(1, len(stored) + 1)], "texts")


def case_a_follower_that_waits_for_lines_can_be_interrupted(box):
    process = box.start("append", "--follow-stdin", "--json")
    process.stdin.write(json.dumps(NOTE).encode() + b"\n")
    process.stdin.flush()
    same(json.loads(process.stdout.readline())["position"], 1, "receipt")
    process.send_signal(signal.SIGTERM)
    same(process.wait(timeout=20), 75, "exit")
    has(process.stderr.read().decode(), "interrupted after line 1")
    same(len(box.events()), 1, "events")


def case_ignored_signals_stay_ignored(box):
    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    process = subprocess.Popen(
        [program.binary(), "append"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=box.home,
        env=program.surroundings(box.home, UETLOG=box.log), preexec_fn=ignore)
    process.stdin.write(json.dumps(NOTE).encode() + b"\n")
    process.stdin.flush()
    while not os.path.exists(box.log) or not box.events():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    process.communicate(json.dumps(NOTE).encode() + b"\n", timeout=20)
    same((process.returncode, len(box.events())), (0, 2), "end")
