"""How much memory the sender takes, parent and workers together."""

import pathlib
import signal
import time

import pairs
import program

LOOK_SECONDS = 0.2   # VmHWM remembers: it is enough to look once before a process ends
FEW, MANY = 10_000, 1_000_000


def memory_of(pid):
    """KiB of a process: the most that it ever had, and what of it is files', which others may share."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmHWM:", "RssFile:"))}
    return int(values.get("VmHWM", 0)), int(values.get("RssFile", 0))


def peak_mib(yard, most):
    """MiB of `sender --once`: its processes' peaks, added up with the largest's libraries once; and all added up.

    Ends it after `most` messages, or the last."""
    process = yard.town.program.start("sender", "--once")
    peaks = {}
    looked = time.monotonic()
    while process.poll() is None:
        for pid in (process.pid, *program.descendants(process.pid)):
            peaks[pid] = max(peaks.get(pid, (0, 0)), memory_of(pid))
        if time.monotonic() - looked > 1:
            looked = time.monotonic()
            if yard.sent()[0] >= most:
                process.send_signal(signal.SIGTERM)
        time.sleep(LOOK_SECONDS)
    yard.town.program.started.remove(process)
    if process.returncode != 0:
        raise RuntimeError(f"sender: exit {process.returncode}:\n{yard.town.program.log()}")
    if yard.sent()[0] < min(most, FEW):
        raise RuntimeError(f"only {yard.sent()[0]} were sent")
    plain = sum(peak for peak, _ in peaks.values())
    shared = sum(files for _, files in peaks.values()) - max(files for _, files in peaks.values())
    return (plain - shared) / 1024, plain / 1024


def of_the_sender(yard, is_quick):
    """The same sender with few and with many subscribers; of the many only the first thousands are told."""
    many = 100_000 if is_quick else MANY
    yard.relay()
    rounds, peaks = 2, {FEW: [], many: []}
    for count in peaks:
        yard.subscribers(count)
        for _ in range(rounds):
            yard.open_incident("We are looking into it.")
            peaks[count].append(peak_mib(yard, 2 * FEW))
    ours, theirs = ([once for once, _ in peaks[count]] for count in (many, FEW))
    row = pairs.compare(ours, theirs, 1.2, "MiB", f"the same at {FEW:,}",
                        f"VmHWM of parent and 4 workers, libraries counted once ({max(all_ for _, all_ in peaks[many]):.0f}"
                        f" MiB with theirs in each); ended after the first {2 * FEW:,} or so of {many:,}", is_most=True)
    row.asked += ", <= 64 MiB"
    row.is_met = row.is_met and row.ours <= 64
    yard.tell_nobody()
    return row
