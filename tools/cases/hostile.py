"""Text that would move a cursor, turn the direction of reading or hide itself: none is printed."""
import glob
import json
import os
import pty
import subprocess
import unicodedata

import program
from box import RUN, has, same

# Controls, both kinds of marks of direction, hidden letters, separators of lines, tags, selectors.
CODES = [*range(0x01, 0x20), *range(0x7F, 0xA0), 0xAD, 0x34F, 0x61C, 0x115F, 0x180E,
         *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xE000,
         0xFEFF, 0xFFA0, 0xFFF9, 0xFFFB, 0xE0001, 0xE0041, 0xE0100]
HOSTILE = "a" + "".join(map(chr, CODES)) + "\x1b]0;title\x07\x1b[2J\x1b[31mz"
# Most schemas refuse controls, but not the rest.
TURNING = "a" + "".join(chr(code) for code in CODES if code >= 0xA0) + "z"
JOINERS = "\u200c\u200d"
HIDDEN = "\u034f\u115f\u1160\u180b\u180e\u3164\uffa0"


def is_hidden(char):
    if char in JOINERS or char == "\n":
        return False
    return (unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cs") or char in HIDDEN
            or 0xE0100 <= ord(char) <= 0xE01EF)


def hidden(data, what):
    """Fails when bytes that are shown have anything that is not visible."""
    text = data.decode("utf-8")
    found = sorted({f"U+{ord(char):04X}" for char in text if is_hidden(char)})
    same(found, [], f"what {what} lets through")


def only_data(data, what):
    """JSON may hold what was stored, as JSON does: controls are escaped."""
    text = data.decode("utf-8")
    same(sorted({char for char in text if char < " " and char != "\n"}), [], f"controls of {what}")
    for line in text.split("\n"):
        if line[:1] == "{":
            json.loads(line)


def on_terminal(box, *words):
    """The bytes that a command prints on a terminal, and its errors on another."""
    output, errors = pty.openpty(), pty.openpty()
    process = subprocess.Popen(
        [program.binary(), *words], stdin=subprocess.DEVNULL, stdout=output[1], stderr=errors[1],
        cwd=box.home, env=program.surroundings(box.home, UETLOG=box.log, NO_COLOR="1"))
    found = []
    for _, terminal in (output, errors):
        os.close(terminal)
    for reader, _ in (output, errors):
        text = b""
        try:
            while block := os.read(reader, 1 << 16):
                text += block
        except OSError:
            pass
        os.close(reader)
        found.append(text.replace(b"\r\n", b"\n"))
    process.wait(timeout=60)
    return found[0] + found[1]


def check(box, *words, is_data=False):
    """Runs a command with and without a terminal; what it prints can harm neither."""
    name = " ".join(words)[:60].encode("ascii", "backslashreplace").decode()
    done = box.run(*words, status=None)
    same(done.status >= 0 and done.status != 128, True, f"end of {name}")
    (only_data if is_data else hidden)(done.bytes, name)
    (only_data if "--json" in words else hidden)(done.errors.encode(), name + " (errors)")
    hidden(on_terminal(box, *words), name + " on a terminal")
    return done


def strings(value, path=()):
    """The places of all strings of a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from strings(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strings(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def changed(value, path, text):
    """A copy with another text at one place."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = text
    return copy


def of_others(value, number):
    """The same about other things: each can be made but once."""
    if isinstance(value, dict):
        return {key: inner[:-6] + f"{number:06d}" if key.endswith("_id") and isinstance(inner, str)
                and len(inner) == 26 else f"{inner}-{number}" if key.endswith("_id")
                and isinstance(inner, str) else of_others(inner, number)
                for key, inner in value.items()}
    return [of_others(inner, number) for inner in value] if isinstance(value, list) else value


def examples():
    """The valid examples of all types."""
    folder = os.path.join(program.ROOT, "schema", "examples", "events")
    for path in sorted(glob.glob(os.path.join(folder, "*", "*", "valid-*.json"))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(os.path.dirname(path)), json.load(file)


def drafts():
    """Each type with hostile text in each of its strings; most schemas refuse some of them."""
    own = {"source": HOSTILE[:40], "correlation_id": HOSTILE[:40], "key": HOSTILE[:40],
           "labels": {"la" + HOSTILE[60:70]: HOSTILE[:20]}}
    yield {"type": "note", "payload": {"text": "a note"}, "run_id": RUN, **own}
    number = 0
    for kind, payload in examples():
        for path in strings(payload):
            for text in (HOSTILE, TURNING, HOSTILE[70:90]):
                number += 1
                payload = of_others(payload, number)
                yield {"type": kind, "payload": changed(payload, path, text)}
        yield {"type": kind, "payload": {**payload, HOSTILE: HOSTILE}}
    # Each once as it is, so that what follows from it can be stored, and then that with text.
    yield from ({"type": kind, "payload": payload} for kind, payload in examples())
    for kind, payload in examples():
        for path in strings(payload):
            yield {"type": kind, "payload": changed(payload, path, TURNING)}
    yield {"type": HOSTILE, "payload": {}}
    yield {"type": "note", "payload": {"text": "x"}, HOSTILE: 1}
    for field in ("event_id", "stream", "ts", "severity", "run_id", "causation_id", "reverses"):
        yield {"type": "note", "payload": {"text": "x"}, field: HOSTILE}


def story(box):
    """A log with as much hostile text as it takes."""
    text = "".join(json.dumps(draft) + "\n" for draft in drafts())
    done = box.run("append", stdin=text, status=None)
    hidden(done.bytes, "append")
    hidden(done.errors.encode(), "append (errors)")
    done = box.run("append", "--json", "--log", box.path("other"), stdin=text, status=None)
    only_data(done.bytes, "append --json")
    only_data(done.errors.encode(), "append --json (errors)")
    events = box.events()
    stored = json.dumps([event["payload"] for event in events], ensure_ascii=False)
    same(len(events) > 300, True, f"that {len(events)} events are enough")
    missing = [f"U+{code:04X}" for code in CODES if code >= 0x7F and chr(code) not in stored]
    same(missing, [], "what the log has not taken: the case would prove nothing")
    return events


def case_no_event_reaches_a_terminal(box):
    """Every command that prints what events hold."""
    events = story(box)
    for words in ([], ["--by", "ts"], ["--backwards"], ["--severity", "warning"]):
        check(box, "replay", *words)
    for words in (["jsonl"], ["cloudevents"], ["jsonl", "--log-fields"]):
        check(box, "replay", "--format", *words, is_data=True)
    for event in events[::max(1, len(events) // 60)]:
        check(box, "show", str(event["position"]))
    check(box, "show", str(events[0]["position"]), "--json", is_data=True)
    check(box, "trace", RUN)
    check(box, "trace", HOSTILE[:40].replace("\0", ""))
    check(box, "trace", RUN, "--json", is_data=True)
    for view in ("budget", "patches", "runs", "tasks", "workers"):
        check(box, "project", view)
        for words in (["json"], ["jsonl"], ["csv"]):
            name = f"project {view} {words}"
            done = box.run("project", view, "--format", *words)
            same(b"\x1b" in done.bytes and words != ["csv"], False, name)
            hidden(on_terminal(box, "project", view, "--format", *words), name)
    for words in (["stats"], ["verify"], ["scan"], ["doctor"], ["config", "show"],
                  ["schema", "list"]):
        check(box, *words)
        check(box, *words, "--json", is_data=True)
    for stream in sorted({event["stream"] for event in events})[:40]:
        check(box, "compensate", "--stream", stream, "--to", "0", "--dry-run")
    check(box, "compensate", "--run", RUN, "--dry-run", "--reason", HOSTILE)


def case_no_error_reaches_a_terminal(box):
    """What is wrong on the command line, in variables, files and schemas, is quoted visibly."""
    box.append("note", "text=x")
    words = HOSTILE
    name = HOSTILE[:60].replace("/", "")
    for arguments in (
            [words], ["append", words], ["append", "note", words], ["append", "note", "text=x",
            "--" + words], ["append", "note", "text=x", "--ts", words], ["append", "note",
            "text=x", "--label", words], ["append", "note", "--data", words], ["append", "note",
            "--data", "@" + name], ["append", "note", "text=x", "--stream", words], ["show", words],
            ["trace", words], ["replay", "--stream", words], ["replay", "--type", words],
            ["replay", "--category", words], ["replay", "--since", words], ["replay", "--last",
            words], ["replay", "--format", words], ["replay", "--" + words], ["project", words],
            ["project", "tasks", "--where", words], ["project", "tasks", "--where", words + "=1"],
            ["project", "tasks", "--sort", words], ["verify", "--log", name], ["verify", "--key",
            words], ["verify", "--against", name], ["scan", name], ["scan", "--secret-env", words],
            ["compensate", "--event", words, "--reason", "r"], ["compensate", "--stream", words,
            "--to", "0", "--reason", "r"], ["compensate", "--phase", words, "--reason", "r"],
            ["help", words], ["schema", "show", words], ["schema", "check", "--schema", words,
            name], ["schema", "add", name], ["backup", name + "/" + name], ["restore", name],
            ["import", "git", name], ["import", "git", ".", "--since", words], ["key", "new",
            words], ["key", "show", words], ["seal", "--key", words], ["prove", words],
            ["bundle", "--run", words, "--output", name]):
        check(box, *arguments)
        check(box, *arguments, "--json", is_data=True)
    for content in (HOSTILE, json.dumps({HOSTILE: 1}), json.dumps({"workers": {HOSTILE: 1}}),
                    json.dumps({"workers": {"heartbeat_timeout": HOSTILE}})):
        path = box.path(name, content)
        for arguments in (["scan", path], ["schema", "check", "--schema", "note", path],
                          ["schema", "check", "--schema", path, path], ["schema", "add", path],
                          ["append", "note", "--data", "@" + path], ["verify", "--against", path],
                          ["verify", "--receipt", path], ["verify", path]):
            check(box, *arguments)
        with open(os.path.join(box.log, "config.json"), "w", encoding="utf-8") as file:
            file.write(content)
        check(box, "stats")
        check(box, "config", "show")
        os.remove(os.path.join(box.log, "config.json"))
    for variable in ("UETLOG_LOG", "UETLOG", "UETLOG_KEYS", "UETLOG_HEARTBEAT_TIMEOUT"):
        done = box.run("stats", status=None, **{variable: HOSTILE})
        hidden(done.bytes + done.errors.encode(), variable)


def case_no_schema_reaches_a_terminal(box):
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#", "$id": "schema/build_ended.v1.json",
        "title": "build_ended", "description": TURNING, "type": "object",
        "additionalProperties": False, "required": ["id"],
        "properties": {"id": {"type": "string", "description": HOSTILE},
                       HOSTILE: {"enum": [HOSTILE]}},
        "x-uetlog": {"stream": "build-{id}", "reversal": "none", "severity": "info"}}
    path = box.path("type.json", json.dumps(schema))
    check(box, "schema", "check", "--schema", path, box.path("value", json.dumps({"id": 1})))
    check(box, "schema", "check", "--schema", path, box.path("value", json.dumps({HOSTILE: 1})))
    check(box, "schema", "add", path)
    check(box, "schema", "add", path, "--json", is_data=True)
    same(box.run("schema", "list").output.count("build_ended"), 1, "schemas")
    check(box, "schema", "list")
    check(box, "schema", "show", "build_ended")
    for payload in ({"id": HOSTILE}, {HOSTILE: HOSTILE}, {"id": "x", HOSTILE: "y"}):
        done = box.run("append", "build_ended", "--data", json.dumps(payload), status=None)
        hidden(done.bytes + done.errors.encode(), "append build_ended")
    for words in (["replay"], ["stats"], ["show", "2"]):
        check(box, *words)


def case_no_history_reaches_a_terminal(box):
    """Subjects, authors, branches and file names of a repository that somebody else made."""
    repository = box.path("repo" + TURNING)
    environment = {**program.surroundings(box.home), "GIT_COMMITTER_DATE": "2020-02-03T04:05:06Z",
                   "GIT_AUTHOR_NAME": HOSTILE.replace("\n", ""),
                   "GIT_AUTHOR_EMAIL": "a@example.org",
                   "GIT_COMMITTER_NAME": "c", "GIT_COMMITTER_EMAIL": "c@example.org"}

    def git(*words, **options):
        subprocess.run(["git", "-C", repository, *words], check=True, env=environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    os.mkdir(repository)
    git("init", "-q")
    for number, name in enumerate((HOSTILE[:90].replace("/", ""), "b\u202egnp.exe", "raw")):
        file = name.encode() if number < 2 else b"\xff\xfe\x1b[31m"
        with open(os.path.join(repository.encode(), file), "w", encoding="utf-8") as output:
            output.write(HOSTILE + "\n")
        git("add", "-A")
        git("commit", "-q", "-F", "-", input=(HOSTILE + "\n\n" + HOSTILE).encode())
    git("commit", "-q", "--allow-empty", "-F", "-", input=(HOSTILE + str(1)).encode())
    for words in (["--dry-run"], [], ["--since", "HEAD~1"]):
        done = check(box, "import", "git", repository, *words)
        same(done.status, 0, f"import: {done.errors}")
        has(done.output, "skipped " if "--since" not in words else "1 commits read")
    for words in (["replay"], ["project", "patches"], ["stats"], ["verify"], ["scan"],
                  *(["show", str(position)] for position in range(1, 20))):
        check(box, *words)
    # No schema takes the path with line feeds; that the commit was left out is told above.
    same(len(box.run("project", "patches", "--json").json), 2, "patches")


def case_what_is_hidden_is_found(box):
    """The control: the same look at output that is not made safe."""
    for text in ("a\x1b[31m", "a\u202eb", "a\x9b2J", "a\u2028b", "a\u3164b", "a\U000e0041"):
        try:
            hidden(text.encode(), "the control")
        except AssertionError as error:
            has(str(error), "U+")
        else:
            raise AssertionError(f"{text!r} was not found")
    hidden("Zoë 日本 👩‍💻 ❤️\n".encode(), "visible text")
