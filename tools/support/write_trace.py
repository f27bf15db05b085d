"""What a command wrote, synced, renamed and promised, in order, from strace."""
import os
import re

import injection
import soundness

CALLS = ("pwrite64,pwritev,writev,write,fdatasync,fsync,ftruncate,rename,renameat2,unlink,rmdir,"
         "mkdir,openat,lseek,close")
OPTIONS = ["-y", "-xx", "-v", "-s", "100000", "-e", f"trace={CALLS}"]
LINE = re.compile(r"^(\d+) +(?:([a-z0-9_]+)\((.*)|<\.\.\. ([a-z0-9_]+) resumed>(.*))$", re.S)
RESULT = re.compile(r"\) += (-?\d+)")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
TARGET = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2}|[^>])*)>")


def plain(text):
    return bytes.fromhex(text.replace("\\x", ""))


def whole_calls(trace):
    """Name, arguments and result of each call, in the order in which they returned."""
    begun = {}
    with open(trace, encoding="ascii", errors="replace") as lines:
        for line in lines:
            match = LINE.match(line)
            if match is None:
                continue
            thread, name, arguments, resumed, rest = match.groups()
            if name is None:
                name, first = begun.pop(thread, (resumed, ""))
                arguments = first + rest
            elif "<unfinished ...>" in arguments:
                begun[thread] = (name, arguments.split(" <unfinished ...>")[0])
                continue
            result = RESULT.findall(arguments)
            if result and int(result[-1]) >= 0:
                yield name, arguments, int(result[-1])


class Recorder:
    """Turns the calls of commands in one directory into steps: tuples that begin with what was
    done. Paths are relative to the directory; what lies outside of it is left out."""

    def __init__(self, home):
        self.home = home
        self.steps = []
        self.offsets = {}
        self.synchronous = set()

    def run(self, arguments, box, stdin=b""):
        trace = os.path.join(box.home, "trace")
        status, _, errors = injection.traced(OPTIONS, arguments, box.home, stdin, trace,
                                             UETLOG=box.log)
        if status != 0:
            raise RuntimeError(f"{arguments}: exit {status}: {errors[-300:]!r}")
        self.synchronous = set()
        output = b""
        for name, text, result in whole_calls(trace):
            if name == "write" and text.startswith("1<"):
                output += b"".join(map(plain, STRING.findall(text)))
                self.steps.append(("promise", soundness.receipts(output)))
            else:
                self.call(name, text, result)

    def inside(self, path):
        if isinstance(path, bytes):
            path = path.decode()
        path = os.path.relpath(path, self.home)
        return None if path.startswith("..") or path == "trace" else path

    def call(self, name, text, result):
        target = TARGET.match(text)
        path = self.inside(plain(target[2])) if target and target[2].startswith("\\x") else None
        strings = [plain(string) for string in STRING.findall(text)]
        if name in ("openat", "mkdir", "rename", "renameat2", "unlink", "rmdir"):
            self.names(name, [self.inside(string) for string in strings], text, result)
        elif path is None:
            return
        elif name == "close":
            self.synchronous.discard(int(target[1]))
        elif name == "lseek":
            self.offsets[target[1]] = result
        elif name in ("fsync", "fdatasync"):
            self.steps.append(("sync", path))
        elif name == "ftruncate":
            self.steps.append(("size", path, int(re.search(r">, (\d+)\)", text)[1])))
        else:
            self.written(name, path, target[1], b"".join(strings)[:result], text)

    def written(self, name, path, descriptor, data, text):
        if name in ("pwrite64", "pwritev"):
            offset = int(re.search(r", (\d+)\) +=", text)[1])
        else:
            offset = self.offsets.get(descriptor, 0)
            self.offsets[descriptor] = offset + len(data)
        synchronous = int(descriptor) in self.synchronous
        self.steps.append(("write", path, offset, data, synchronous))

    def names(self, name, paths, text, result):
        if name == "openat":
            if paths[-1] is None:
                return
            self.offsets[str(result)] = 0
            self.synchronous.discard(result)
            if "O_DSYNC" in text or "O_SYNC" in text:
                self.synchronous.add(result)
            if "O_CREAT" in text:
                self.steps.append(("create", paths[-1]))
        elif None not in paths:
            self.steps.append(("rename" if name == "renameat2" else name, *paths))
