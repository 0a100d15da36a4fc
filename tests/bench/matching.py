"""A monitor's mail read by all grammars that are shipped, against its own grammar alone."""

import os
import pathlib
import subprocess

import pairs

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program(yard):
    """bench_matching, built beside the program that is measured."""
    folder = pathlib.Path(os.environ.get("TOCSIN_BINARY", ROOT / "build/release/tocsin")).resolve().parent
    subprocess.run(["cmake", "--build", str(folder), "--target", "bench_matching"], check=True,
                   stdout=subprocess.DEVNULL)
    del yard
    return folder / "bench_matching"


def all_against_own(yard, is_quick):
    """Microseconds a mail, over all samples of contrib/monitors."""
    binary = program(yard)
    rounds, times = (3, "3") if is_quick else (7, "20")

    def measured(which):
        return lambda: float(subprocess.run([str(binary), which, times], check=True, capture_output=True,
                                            text=True).stdout)

    ours, own = pairs.in_turn(rounds, measured("all"), measured("own"))
    return pairs.compare(ours, own, 3, "us", "its own grammar alone", is_most=True)
