"""Ours and theirs in turn, and the table that comes of it."""

import dataclasses
import statistics
import sys


@dataclasses.dataclass
class Row:
    """What one row found; more is better unless is_most."""
    ours: float
    theirs: float
    ratio: float
    asked: str              # as the table says it
    is_met: bool
    unit: str
    reference: str          # what `theirs` is
    note: str = ""


def in_turn(rounds, ours, theirs):
    """Runs both so often, in turn: two lists. Each starts as often as the other does."""
    found = {ours: [], theirs: []}
    for number in range(rounds):
        for run in (ours, theirs) if number % 2 == 0 else (theirs, ours):
            found[run].append(run())
            print(f"    {'ours' if run is ours else 'reference'}: {found[run][-1]:.4g}", file=sys.stderr, flush=True)
    return found[ours], found[theirs]


def compare(ours, theirs, asked, unit, reference, note="", is_most=False):
    """The Row of two lists that were measured in turn; the ratio is the median of the pairs'."""
    ratio = statistics.median(one / other for one, other in zip(ours, theirs))
    return Row(statistics.median(ours), statistics.median(theirs), ratio, f"{'<=' if is_most else '>='} {asked:g}",
               ratio <= asked if is_most else ratio >= asked, unit, reference, note)


def number(value):
    """Three figures, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(rows):
    """Markdown, aligned for a terminal too."""
    lines = [("measure", "ours", "reference", "ratio", "asked", "")]
    for name, row in rows:
        lines.append((name, f"{number(row.ours)} {row.unit}", f"{number(row.theirs)} {row.unit} ({row.reference})",
                      f"{row.ratio:.2f}", row.asked, "ok" if row.is_met else "below"))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    lines.insert(1, tuple("-" * width for width in widths))
    text = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    text += [f"{name}: {row.note}" for name, row in rows if row.note]
    return "\n".join(text)
