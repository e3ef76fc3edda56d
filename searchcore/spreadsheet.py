"""Texts in CSV files that people open in a spreadsheet."""

from __future__ import annotations

# The wide signs are taken for the narrow ones by some programs.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    # Some programs skip white space before they look for the sign.
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text
