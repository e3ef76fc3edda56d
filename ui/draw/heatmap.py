"""A matrix of cosines as a table that is a picture: each cell has its number, arrow keys walk the cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

from ui.draw import numbers
from ui.draw.template import fill, joined

UPRIGHT = 3
"""Column names of up to so many characters stand upright; longer ones are turned, so that columns stay narrow."""


@dataclass(frozen=True, slots=True)
class Label:
    """A row's or column's name: `name` is shown, `full` is what it stands for, `added` sets it in italics."""

    name: str
    full: str = ""
    added: bool = False


def heatmap(
    caption: str,
    rows: Sequence[Label],
    columns: Sequence[Label],
    matrix: NDArray[np.floating],
    *,
    decimals: int = 2,
    best_in_row: bool = False,
) -> Markup:
    """Cosines (rows, columns) as an ARIA grid; `best_in_row` frames the largest of each row."""
    head = joined(_head(label) for label in columns)
    best = np.argmax(matrix, axis=1) if best_in_row else [-1] * len(rows)
    body = joined(
        fill(
            '<tr><th scope="row" title="{}"><span>{}</span></th>{}</tr>',
            label.full or label.name,
            _name(label),
            joined(
                _cell(float(matrix[i, j]), decimals, first=i == j == 0, best=int(best[i]) == j)
                for j in range(len(columns))
            ),
        )
        for i, label in enumerate(rows)
    )
    return fill(
        '<p class="ss-how">{}</p><div class="ss-scroll"><table class="ss-heatmap" role="grid" aria-readonly="true" '
        'aria-label="{}"><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>',
        caption,
        caption,
        head,
        body,
    )


def _head(label: Label) -> Markup:
    turned = Markup(' class="ss-turned"') if len(label.name) > UPRIGHT else ""
    return fill('<th scope="col" title="{}"{}><span>{}</span></th>', label.full or label.name, turned, _name(label))


def _name(label: Label) -> Markup:
    return fill("<em>{}</em>", label.name) if label.added else escape(label.name)


def _cell(value: float, decimals: int, *, first: bool, best: bool) -> Markup:
    """The tone grows with the cosine's size; a number below 0 has a tone of its own, and its minus."""
    names = ["ss-heat", "ss-against" if value < 0 else "", "ss-top" if best else ""]
    return fill(
        '<td class="{}" tabindex="{}" style="--strength:{:.0f}%"{}>{}</td>',
        " ".join(name for name in names if name),
        0 if first else -1,
        100 * min(abs(value), 1),
        Markup(' title="best of its row"') if best else "",
        numbers.cosine(value, decimals),
    )
