"""Events go in and receipts come out."""
import json
import os
import subprocess

from box import PATCH, RUN, has, same, ulid

NOTE = {"type": "note", "payload": {"text": "hello"}}


def case_one_event_of_the_command_line(box):
    receipt = box.append("worker_heartbeat", "worker_id=w1", "progress=42", "--run", RUN)
    same((receipt["position"], receipt["stream"], receipt["revision"], receipt["duplicate"]),
         (1, "worker-w1", 1, False), "receipt")
    event, = box.events()
    same((event["type"], event["run_id"], event["event_id"]),
         ("worker_heartbeat", RUN, receipt["event_id"]), "event")
    same(event["payload"], {"worker_id": "w1", "progress": 42}, "payload")


def case_the_receipt_for_a_person_names_place_and_type(box):
    done = box.run("append", "note", "text=hello")
    has(done.output, "note", "1", "note-log")


def case_quiet_prints_nothing(box):
    same(box.run("append", "note", "text=hello", "--quiet").output, "", "stdout")


def case_words_are_typed_by_the_schema(box):
    box.append("note", "text=5", 'data:={"a":[1,2.50]}')
    same(box.events()[0]["payload"], {"text": "5", "data": {"a": [1, 2.5]}}, "payload")


def case_payload_as_text_as_file_and_from_stdin(box):
    payload = '{"text":"hello"}'
    box.append("note", "--data", payload)
    box.append("note", "--data", "@" + box.path("payload.json", payload))
    box.append("note", "--data", "-", stdin=payload)
    same([event["payload"] for event in box.events()], [{"text": "hello"}] * 3, "payloads")


def case_lines_from_stdin(box):
    receipts = box.lines(NOTE, NOTE, NOTE).lines
    same([receipt["position"] for receipt in receipts], [1, 2, 3], "positions")
    same([receipt["line"] for receipt in receipts], [1, 2, 3], "lines")


def case_a_last_line_without_line_feed_counts(box):
    box.run("append", stdin=json.dumps(NOTE) + "\n" + json.dumps(NOTE))
    same(len(box.events()), 2, "events")


def case_receipts_and_errors_keep_to_their_schemas(box):
    box.worker()
    box.check_schema("receipt", box.append("note", "text=hello", "--id", ulid(1)))
    box.check_schema("receipt", box.append("note", "text=hello", "--id", ulid(1)))
    errors = [box.run("append", "nothing", "a=1", "--json", status=65),
              box.run("append", "worker_busy", "worker_id=w1", "--json", status=65),
              box.run("append", "note", "text=a", "--expect", "9", "--json", status=75)]
    for done in errors:
        box.check_schema("error", json.loads(done.errors))


def case_the_same_id_gives_the_first_receipt(box):
    first = box.append("note", "text=hello", "--id", ulid(1), "--run", RUN)
    box.append("note", "text=other")
    again = box.append("note", "text=hello", "--id", ulid(1), "--run", RUN)
    same({**again, "duplicate": False}, first, "receipt")
    same(again["duplicate"], True, "duplicate")
    same(len(box.events()), 2, "events")


def case_the_same_key_gives_the_first_receipt(box):
    first = box.append("note", "text=hello", "--key", "k1", "--source", "wrapper")
    again = box.append("note", "text=hello", "--key", "k1", "--source", "wrapper")
    other = box.append("note", "text=hello", "--key", "k1", "--source", "another")
    same((again["position"], again["duplicate"]), (first["position"], True), "same source")
    same((other["position"], other["duplicate"]), (2, False), "another source")


def case_expected_revision(box):
    box.append("note", "text=a", "--expect", "0")
    box.append("note", "text=b", "--expect", "1")


def case_a_dry_run_writes_nothing(box):
    box.append("note", "text=a")
    receipt = box.append("note", "text=b", "--dry-run")
    same((receipt["dry_run"], receipt["position"]), (True, 2), "receipt")
    same(len(box.events()), 1, "events")


def case_an_atomic_batch_is_one_unit(box):
    box.lines(NOTE, NOTE, arguments=["--atomic"])
    same(len(box.events()), 2, "events")
    box.lines(NOTE, {"type": "note", "payload": {}}, NOTE, arguments=["--atomic"], status=65)
    same(len(box.events()), 2, "events")


def case_a_receipt_per_line_as_it_goes(box):
    process = box.start("append", "--follow-stdin", "--json")
    for number in range(1, 4):
        process.stdin.write(json.dumps(NOTE).encode() + b"\n")
        process.stdin.flush()
        same(json.loads(process.stdout.readline())["position"], number, "position")
    output, errors = process.communicate(timeout=20)
    same((process.returncode, output, errors), (0, b"", b""), "end")


def case_who_follows_before_there_is_a_log_sees_what_others_append(box):
    process = box.start("append", "--follow-stdin", "--json")

    def answer(kind):
        line = {"type": kind, "payload": {"worker_id": "w1"}}
        process.stdin.write(json.dumps(line).encode() + b"\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        same(answer("worker_idle")["error"]["code"], "rejected", "before there is a worker")
        same(os.path.exists(box.log), False, "a log")
        box.append("worker_spawned", "worker_id=w1", "adapter_type=aider")
        same(answer("worker_idle")["position"], 2, "position")
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()
        process.stderr.close()


def case_a_refused_line_does_not_end_the_following(box):
    process = box.start("append", "--follow-stdin", "--json")
    answers = []
    for line in ['{"type":"note","payload":{}}', "no json", json.dumps(NOTE)]:
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        answers.append(json.loads(process.stdout.readline()))
    process.communicate(timeout=20)
    same(["error" in answer for answer in answers], [True, True, False], "answers")
    same(process.returncode, 65, "exit")


def case_a_reaction_is_in_the_receipt(box):
    box.append("budget_set", "scope=total", "limit_micro_usd=1000", "mode=halt")
    receipt = box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=1",
                         "output_tokens=1", "amount_micro_usd=900")
    same([reaction["type"] for reaction in receipt["reactions"]], ["budget_warning"], "reactions")
    events = box.events()
    same(events[-1]["causation_id"], receipt["event_id"], "cause")
    box.check_schema("receipt", receipt)
    again = box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=1",
                       "output_tokens=1", "amount_micro_usd=900")
    reactions = [{**reaction, "duplicate": True} for reaction in receipt["reactions"]]
    same(again, {**receipt, "duplicate": True, "reactions": reactions}, "a retry")


def case_the_log_lies_in_the_common_git_directory(box):
    repository = box.path("repository")
    subprocess.run(["git", "init", "-q", repository], check=True)
    box.run("append", "note", "text=hello", UETLOG="", PWD=repository)
    same(os.path.isfile(os.path.join(repository, ".git/uetlog/data.mdb")), True, "log in .git")
    status = os.stat(os.path.join(repository, ".git/uetlog")).st_mode & 0o777
    same(oct(status), oct(0o700), "mode")


def case_the_nearest_folder_counts(box):
    below = box.path("a/b")
    os.makedirs(below)
    box.run("append", "note", "text=one", UETLOG="", PWD=box.path("a"))
    box.run("append", "note", "text=two", UETLOG="", PWD=below)
    same(os.path.exists(box.path("a/b/.uetlog")), False, "a second log")


def case_many_processes_at_once(box):
    box.append("note", "text=first")
    processes = [box.start("append", "--json") for _ in range(6)]
    text = "".join(json.dumps(NOTE) + "\n" for _ in range(200)).encode()
    for process in processes:
        process.stdin.write(text)
        process.stdin.close()
    positions = [1]
    for process in processes:
        positions += [json.loads(line)["position"] for line in process.stdout]
        same(process.wait(60), 0, "exit")
    same(sorted(positions), list(range(1, 1202)), "positions")
    box.run("verify")


def case_the_receipt_goes_to_a_file_too(box):
    path = box.path("receipt.json")
    receipt = box.append("note", "text=hello", "--receipt", path)
    with open(path, encoding="utf-8") as file:
        same(json.load(file), receipt, "file")


def case_a_charge_is_made_once(box):
    words = ["cost_charged", "charge_id=C", "model=m", "input_tokens=1", "output_tokens=1"]
    first = box.append(*words, "amount_micro_usd=100")
    for more in (["--source", "s1"], ["--source", "s2"], ["--key", "k1"], ["--key", "k2"]):
        again = box.append(*words, "amount_micro_usd=100", *more)
        same((again["position"], again["duplicate"]), (first["position"], True), str(more))
    error = box.append(*words, "amount_micro_usd=101", "--key", "k3", status=65)
    has(error["message"], 'charge_id "C"')
    total, = box.run("project", "budget", "--key", "total", "--format", "json").json
    same(total["spent_micro_usd"], 100, "spent")
    box.run("verify")


def case_the_same_content_for_the_same_request_is_one_patch(box):
    box.patch()
    draft = box.events()[0]["payload"]
    del draft["ledger_id"]
    draft["artifact"]["patch_id"] = ulid(7)
    again = box.append("patch_created", "--data", json.dumps(draft))
    same((again["position"], again["duplicate"]), (1, True), "the same request")
    draft["artifact"]["origin"]["execution_request_id"] = ulid(8)
    other = box.append("patch_created", "--data", json.dumps(draft))
    same((other["position"], other["duplicate"]), (2, False), "another request")
    same(box.events()[1]["payload"]["same_content_as"], PATCH, "whose content it is")
    export = box.run("replay", "--format", "jsonl").bytes
    box.run("verify")
    box.log = box.path("copy")
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "second export")
    box.run("verify")


def case_costs_count_for_all_that_encloses_them(box):
    box.append("workstream_created", "workstream_id=W", "phase_id=P", "project_id=X")
    box.append("task_created", "task_id=T", "name=n", "kind=k", "workstream_id=W")
    box.append("budget_set", "scope=project:X", "limit_micro_usd=100", "mode=warn")
    box.append("cost_charged", "charge_id=c", "model=m", "input_tokens=1", "output_tokens=1",
               "amount_micro_usd=60", "task_id=T")
    error = box.append("cost_reserved", "reservation_id=r", "estimate_micro_usd=41", "task_id=T",
                       status=77)
    has(error["message"], "project:X")
    box.append("cost_reserved", "reservation_id=r", "estimate_micro_usd=40", "task_id=T")
    export = box.run("replay", "--format", "jsonl").bytes
    box.run("verify")
    box.log = box.path("copy")
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "second export")


def case_a_priced_reservation_needs_no_amount(box):
    price = "gpt-4"
    box.append("cost_reserved", "reservation_id=p1", f"model={price}", "input_tokens=1000",
               "output_tokens=10")
    total, = box.run("project", "budget", "--key", "total", "--format", "json").json
    same(total["reserved_micro_usd"] > 0, True, "reserved")
    box.append("cost_reserved", "reservation_id=p2", "model=nobody-knows", status=65)


def case_an_imported_history_can_be_copied(box):
    repository = box.path("repository")
    git = ["git", "-C", repository, "-c", "user.name=n", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "-q", repository], check=True)
    for number in range(3):
        box.path("repository/file", str(number))
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-q", "-m", str(number)], check=True)
    box.run("import", "git", repository)
    export = box.run("replay", "--format", "jsonl").bytes
    box.log = box.path("copy")
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "second export")


def case_writers_that_stay_commit_together(box):
    box.worker()
    with open(os.path.join(box.log, "config.json"), "w", encoding="ascii") as file:
        json.dump({"append": {"group": True}}, file)
    writers = [box.start("append", "--follow-stdin", "--json") for _ in range(4)]
    # The third is refused: for that writer, by that line's number, and for nobody else.
    drafts = [NOTE, {"type": "worker_heartbeat", "payload": {"worker_id": "w1"}},
              {"type": "worker_idle", "payload": {"worker_id": "nobody"}}, NOTE]
    positions = []
    for number in range(40):
        if number == 20:
            box.run("compact")
        draft = json.dumps(drafts[number % len(drafts)]).encode() + b"\n"
        for writer in writers:
            writer.stdin.write(draft)
            writer.stdin.flush()
        for writer in writers:
            answer = json.loads(writer.stdout.readline())
            if number % len(drafts) == 2:
                same((answer["error"]["code"], answer["error"]["line"]), ("rejected", number + 1),
                     "a refusal")
            else:
                same((answer["line"], answer["duplicate"]), (number + 1, False), "a receipt")
                positions.append(answer["position"])
    for writer in writers:
        writer.communicate()
        same(writer.returncode, 65, "the end of a writer with refused lines")
    same(sorted(positions), list(range(3, 3 + len(positions))), "positions")
    same(os.path.exists(os.path.join(box.log, "group.slots")), True, "a slot file")
    box.run("verify")
