#!/usr/bin/env python3
"""Draws what a run printed as an SVG.

    letterproof run --no-color > summary.txt
    tools/terminal-picture.py summary.txt AT5-AT14 > docs/summary.svg

The second argument leaves the tests from one to another out; a line says so. Nothing but the
standard library is needed. Colours are the terminal's own: green for pass,
yellow for warning, red for fail and error.
"""

import re
import sys
from html import escape

SIZE, ADVANCE, LEADING = 13, 7.83, 18
LEFT, TOP = 22, 26
INK, MUTED, PAPER, EDGE = "#1f2933", "#616e7c", "#fbfcfd", "#cbd2d9"
COLOURS = {
    "✓": "#1a7f37", "⚠": "#8a6100", "✗": "#c62828", "!": "#c62828",
    "?": "#6f42c1", "–": MUTED, "○": MUTED,
}
RESULTS = {"PASSED": "#1a7f37", "FAILED": "#c62828", "INCOMPLETE": "#8a6100"}


def span(text, fill=INK, bold=False, column=0, row=0):
    weight = ' font-weight="bold"' if bold else ""
    length = f' textLength="{len(text) * ADVANCE:.1f}" lengthAdjust="spacing"' if len(text) > 1 else ""
    return (
        f'<text x="{LEFT + column * ADVANCE:.1f}" y="{TOP + row * LEADING}" '
        f'fill="{fill}"{weight}{length}>{escape(text)}</text>'
    )


def parts(line):
    """The pieces of a line: column, text, colour, bold. No piece holds two spaces in a row."""
    for column, text, fill, bold in styled(line):
        for piece in re.finditer(r"\S+(?: \S+)*", text):
            yield column + piece.start(), piece.group(), fill, bold


def styled(line):
    stripped = line.lstrip()
    indent = len(line) - len(stripped)
    first = line.split(" ")[0]
    if indent == 2 and stripped[0] in COLOURS:
        yield 0, line[:18], COLOURS[stripped[0]], True
        yield 18, line[18:], INK, False
    elif line.startswith("AT") and line.endswith(")"):
        name, _, level = line.rpartition(" (")
        yield 0, name, INK, True
        yield len(name) + 1, "(" + level, MUTED, False
    elif first in RESULTS:
        yield 0, first, RESULTS[first], True
        yield len(first), line[len(first) :], INK, False
    elif stripped.startswith("⋮") or (indent >= 20 and indent != 28):
        yield 0, line, MUTED, False
    else:
        yield 0, line, INK, False


def without(lines, first, last):
    """The lines, with one in place of the tests from `first` to `last`."""
    start = next(at for at, line in enumerate(lines) if line.startswith(first + " "))
    last = next(at for at, line in enumerate(lines) if line.startswith(last + " "))
    end = next(at for at in range(last, len(lines)) if not lines[at])
    points = sum(line[2:3] in COLOURS and line[:2] == "  " for line in lines[start:end] if line)
    told = f"          ⋮  {first} to {sys.argv[2].split('-')[1]}: {points} points, not in this picture"
    return lines[:start] + [told] + lines[end:]


def main():
    lines = open(sys.argv[1], encoding="utf-8").read().rstrip("\n").split("\n")
    if len(sys.argv) > 2:
        lines = without(lines, *sys.argv[2].split("-"))
    width = round(2 * LEFT + max(map(len, lines)) * ADVANCE)
    height = 2 * TOP + (len(lines) - 1) * LEADING - 4
    print(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="What letterproof run prints when it ends">'
    )
    print(
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8" '
        f'fill="{PAPER}" stroke="{EDGE}"/>'
    )
    print(
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', '
        f'\'Liberation Mono\', monospace" font-size="{SIZE}">'
    )
    for row, line in enumerate(lines):
        for column, text, fill, bold in parts(line):
            print(span(text, fill, bold, column, row))
    print("</g>\n</svg>")


main()
