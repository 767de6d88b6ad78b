"""How the examples print: aligned lines and a table, no more."""

from __future__ import annotations

from collections.abc import Sequence


def title(text: str) -> None:
    """Prints the name of a section."""
    print(f"\n{text}")


def line(what: str, outcome: object) -> None:
    """Prints one aligned line: what was done, and what came of it."""
    print(f"  {what:<26}{outcome}")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows of text in aligned columns."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
