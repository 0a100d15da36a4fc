"""How much memory the sender takes, parent and workers together."""

import pathlib
import signal
import time

import pairs
import program

LOOK_SECONDS = 0.02
FEW, MANY = 10_000, 1_000_000


def high_water(pid):
    """The most KiB that a process ever had in memory; 0 when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    for line in text.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def peak_mib(yard, most):
    """MiB of `sender --once`: the sum of its processes' peaks. Ends it after `most` messages or the last."""
    process = yard.town.program.start("sender", "--once")
    peaks = {}
    looked = time.monotonic()
    while process.poll() is None:
        for pid in (process.pid, *program.descendants(process.pid)):
            peaks[pid] = max(peaks.get(pid, 0), high_water(pid))
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
    return sum(peaks.values()) / 1024


def of_the_sender(yard, is_quick):
    """The same sender with few and with many subscribers; of the many only the first thousands are told."""
    many = 100_000 if is_quick else MANY
    yard.relay()
    rounds, peaks = 1 if is_quick else 2, {FEW: [], many: []}
    for count in peaks:
        yard.subscribers(count)
        for _ in range(rounds):
            yard.open_incident("We are looking into it.")
            peaks[count].append(peak_mib(yard, 2 * FEW))
    row = pairs.compare(peaks[many], peaks[FEW], 1.2, "MiB", f"the same at {FEW:,}",
                        f"VmHWM of parent and 4 workers, added up; ended after the first {2 * FEW:,} or so of {many:,}",
                        is_most=True)
    row.asked += ", <= 64 MiB"
    row.is_met = row.is_met and row.ours <= 64
    yard.tell_nobody()
    return row
