"""`uetlog torture`: what people try on their own disks."""
import os
import signal
import time

from box import has, same


def case_torture_looks_for_what_was_lost_and_cleans_up(box):
    disk = box.path("disk")
    os.mkdir(disk)
    report = box.run("torture", disk, "--cycles", "6", "--flips", "8", "--json").json
    same((report["passed"], report["failed"]), (5, 0), "parts")
    same([part["name"] for part in report["parts"]],
         ["kills", "kills, control", "verify", "bits", "flush"], "names")
    same(os.listdir(disk), [], "what is left on the disk")
    again = box.run("torture", disk, "--cycles", "2", "--flips", "0", "--seed", "7")
    has(again.output, "4 passed, 0 failed")
    same(os.path.exists(box.log), False, "the user's own log was touched")
    box.run("torture", box.path("nowhere"), status=73)
    box.run("torture", "--cycles", "0", status=64)


def case_an_interrupted_torture_leaves_nothing(box):
    disk = box.path("disk")
    os.mkdir(disk)
    process = box.start("torture", disk, "--cycles", "1000")
    for _ in range(400):
        if os.listdir(disk):
            break
        time.sleep(0.01)
    time.sleep(0.2)
    same(len(os.listdir(disk)), 1, "directories while it runs")
    process.send_signal(signal.SIGINT)
    same(process.wait(timeout=20), 130, "exit")
    time.sleep(0.2)
    same(os.listdir(disk), [], "what is left")
