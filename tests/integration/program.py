"""The program under test: its verbs run as an unprivileged user, its processes, their end."""

import contextlib
import os
import pathlib
import pwd
import signal
import socket
import subprocess
import time

from ports import answers, wait_until

SOURCES = pathlib.Path(__file__).resolve().parents[2]
USER = "nobody"


def binary():
    """The program: TOCSIN_BINARY, else the release build beside these sources."""
    return pathlib.Path(os.environ.get("TOCSIN_BINARY", SOURCES / "build" / "release" / "tocsin")).resolve()


def account():
    """uid and gid that the gateway runs with."""
    entry = pwd.getpwnam(USER)
    return entry.pw_uid, entry.pw_gid


@contextlib.contextmanager
def as_gateway():
    """Files opened here are the gateway's user's, so that none of ours stands in its way."""
    uid, gid = account()
    os.setegid(gid)
    os.seteuid(uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


class Program:
    """`tocsin` with one configuration file; `serve` and single verbs share an environment."""

    def __init__(self, config, log_file, environment=None):
        self.config = config
        self.log_file = pathlib.Path(log_file)
        self.environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/nonexistent",
                            "LC_ALL": "C.UTF-8", "TOCSIN_CONFIG": str(config), **(environment or {})}
        for name, value in os.environ.items():
            if name.startswith(("ASAN_", "UBSAN_", "LSAN_", "TSAN_")):
                self.environment[name] = value
        self.started = []

    def run(self, *arguments, stdin=None, seconds=60, check=False):
        """One verb to its end: a CompletedProcess with text, or bytes where stdin is bytes."""
        uid, gid = account()
        text = not isinstance(stdin, bytes)
        done = subprocess.run([binary(), *map(str, arguments)], input="" if stdin is None else stdin,
                              capture_output=True, text=text, timeout=seconds, cwd="/",
                              env=self.environment, user=uid, group=gid, extra_groups=[])
        if check and done.returncode != 0:
            raise AssertionError(f"tocsin {' '.join(map(str, arguments))}: exit {done.returncode}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done

    def start(self, *arguments):
        """A verb that stays, its standard error appended to the log."""
        uid, gid = account()
        with open(self.log_file, "ab") as log:
            process = subprocess.Popen([binary(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                                       stdout=log, stderr=log, cwd="/", env=self.environment,
                                       user=uid, group=gid, extra_groups=[], start_new_session=True)
        self.started.append(process)
        return process

    def serve(self, milter_socket, seconds=20):
        """Starts `serve` and waits until its milter answers."""
        process = self.start("serve")

        def ready():
            if process.poll() is not None:
                raise AssertionError(f"tocsin serve ended with {process.returncode}:\n{self.log()}")
            return answers(socket.AF_UNIX, str(milter_socket))

        wait_until(ready, seconds, f"the milter answers at {milter_socket}:\n{self.log()}")
        return process

    def stop(self, process, seconds=30):
        """SIGTERM, and its exit code; fails when it does not end or leaves a child behind."""
        family = descendants(process.pid)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            process.kill()
            process.wait()
        time.sleep(0.2)
        orphans = [pid for pid, born in family.items() if birth(pid) == born and not is_zombie(pid)]
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.started.remove(process)
        if code is None or orphans:
            raise AssertionError(f"SIGTERM: exit {code} within {seconds} s, orphans {orphans}:\n{self.log()}")
        return code

    def stop_all(self):
        """Stops what still runs, all of it, and then says what did not end well."""
        faults = []
        for process in list(self.started):
            try:
                self.stop(process)
            except AssertionError as fault:
                faults.append(str(fault))
        if faults:
            raise AssertionError("\n".join(faults))

    def log(self, lines=80):
        try:
            return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(no log)"


def _stat(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rpartition(")")[2].split()


def birth(pid):
    """When this process began, in ticks; None when there is none. With the pid it names one process."""
    fields = _stat(pid)
    return fields[19] if fields else None


def is_zombie(pid):
    fields = _stat(pid)
    return bool(fields) and fields[0] in "ZX"


def descendants(pid):
    """{pid: birth} of all living processes below this one."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        fields = _stat(entry.name) if entry.name.isdigit() else None
        if fields and fields[0] not in "ZX":
            parents.setdefault(int(fields[1]), []).append((int(entry.name), fields[19]))
    found, todo = {}, [pid]
    while todo:
        for child, born in parents.get(todo.pop(), []):
            found[child] = born
            todo.append(child)
    return found


def children_named(pid, verb):
    """The processes below `pid` that run this verb, the outermost first."""
    found = []
    for child in sorted(descendants(pid)):
        try:
            words = pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if verb.encode() in words[1:]:
            found.append(child)
    return found
