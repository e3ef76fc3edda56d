"""Which neighbours one query finds and which it misses, and its walk on a map of the corpus, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from searchcore.evaluate import HNSW, IVF, Neighbourhood
from searchcore.types import Document
from ui import words
from ui.draw.numbers import cosine, shortened
from ui.draw.svg import Drawing
from ui.draw.template import fill, joined
from ui.neighbours.words import HOW, named

NAME_CHARACTERS = 60
SIDE, GAP, HEAD, ACROSS = 290.0, 20.0, 28.0, 2
# More dots than these can't be told apart.
MOST_DOTS = 3_000
MOST_STEPS_NAMED = 12


def title(document: Document) -> str:
    """What a document is called where there is little room."""
    return shortened(document.title or document.text, NAME_CHARACTERS)


def sentence(made: Neighbourhood) -> str:
    """What the setting found for the query, what it missed, and how much it looked at."""
    count = len(made.exact)
    said = (
        f"For “{shortened(made.query, NAME_CHARACTERS)}” {named(made.setting)} finds {count - len(made.missed)} of the "
        f"{count} nearest; it compared the query with {made.compared:,} vectors, of {len(made.corpus):,} documents."
    )
    if made.missed:
        said += f" Missed: {'; '.join(title(document) for document in made.missed)}."
    return said


def found(made: Neighbourhood) -> Markup:
    """The true neighbours, nearest first; each found or missed."""
    missed = {document.doc_id for document in made.missed}
    rows = joined(
        fill(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>",
            fill("<del>{}</del>", title(document)) if document.doc_id in missed else title(document),
            fill("<b>missed</b>") if document.doc_id in missed else "found",
            cosine(score),
        )
        for document, score in made.exact
    )
    return fill(
        '<div class="ss-scroll" tabindex="0" role="region" aria-label="The nearest, by exact search">'
        '<table class="ss-table"><caption>The nearest by exact search, and whether {} found them</caption>'
        '<thead><tr><th scope="col">Document</th><th scope="col">{}</th><th scope="col">Cosine</th></tr></thead>'
        "<tbody>{}</tbody></table></div>",
        named(made.setting),
        named(made.setting).partition(",")[0],
        rows,
    )


def on_the_map(made: Neighbourhood) -> Markup:
    """The map, once for each layer of a walk; and the same in words."""
    drawing, said = _panels(made)
    how = joined(fill("<dt>{}</dt><dd>{}</dd>", name, text) for name, text in HOW.items())
    return fill(
        '<figure><div class="ss-scroll" tabindex="0" role="region" aria-label="The map of the corpus, drawn">{}</div>'
        "<figcaption>Each dot is a document, strong where it was compared with the query (×); the line joins those "
        "whose neighbours were looked at. Large ones are the nearest, hollow where missed. The map shows {} of the "
        "variance (two principal components): what is near in the corpus need not look near.</figcaption></figure>"
        "<details><summary>The same in words, and how it works</summary><ul>{}</ul><dl>{}</dl></details>",
        drawing.markup(),
        f"{made.map.share:.0%}",
        joined(fill("<li>{}</li>", each) for each in said),
        how,
    )


def _panels(made: Neighbourhood) -> tuple[Drawing, list[str]]:
    panels = list(_layers(made))
    rows = -(-len(panels) // ACROSS)
    drawing = Drawing(
        ACROSS * (SIDE + GAP) - GAP,
        rows * (SIDE + HEAD),
        f"Map of the corpus with what {named(made.setting)} looked at",
    )
    for place, (name, there, looked_at, path) in enumerate(panels):
        corner = (place % ACROSS * (SIDE + GAP), place // ACROSS * (SIDE + HEAD) + HEAD)
        drawing.text(corner[0], corner[1] - 8, name, "ss-tick")
        drawing.box(*corner, (SIDE, SIDE), "ss-zone", name, 0.06)
        _dots(drawing, made, corner, _thinned(set(there) - set(looked_at)), 0.22)
        _dots(drawing, made, corner, sorted(looked_at), 0.85)
        if len(path) > 1:
            drawing.path([_place(corner, made.map.points[each]) for each in path], "ss-series ss-bi_encoder")
        _nearest(drawing, made, corner, set(there))
        x, y = _place(corner, made.place)
        drawing.text(x, y + 6, "×", "ss-head", "middle")
    return drawing, [_in_words(made, *panel) for panel in panels]


Panel = tuple[str, Sequence[int], Sequence[int], Sequence[int]]
"""What a map is of, which documents are on it, which were looked at, and in which order they were followed."""


def _layers(made: Neighbourhood) -> Iterable[Panel]:
    every = range(len(made.corpus))
    if made.setting.index == HNSW and made.walk is not None:
        for layer in made.walk.layers:
            there = [each for each in every if made.graph.level(each) >= layer.level]
            name = f"Layer {layer.level}: {len(layer.looked_at):,} of {words.count(len(there), 'document')} looked at"
            yield name, there, layer.looked_at, layer.path
    elif made.setting.index == IVF:
        there = [each for cell in made.probed for each in made.cells.members(cell)]
        name = f"{words.count(len(made.probed), 'cell')} of {made.cells.count}: {words.count(len(there), 'document')}"
        yield name, every, there, ()
    else:
        yield f"All {words.count(len(made.corpus), 'document')}", every, every, ()


def _in_words(
    made: Neighbourhood, name: str, there: Sequence[int], looked_at: Sequence[int], path: Sequence[int]
) -> str:
    if not path:
        return f"{name}."
    steps = [title(made.corpus.documents[each]) for each in path[:MOST_STEPS_NAMED]]
    more = f", and {len(path) - len(steps)} more" if len(path) > len(steps) else ""
    return f"{name}; followed {' → '.join(steps)}{more}."


def _thinned(places: Iterable[int]) -> list[int]:
    ordered = sorted(places)
    return ordered[:: max(1, -(-len(ordered) // MOST_DOTS))]


def _place(corner: tuple[float, float], point: Sequence[float]) -> tuple[float, float]:
    """A point of the map in a panel; what lies beyond the edge is put on it."""
    x, y = (min(max(float(each), -1), 1) for each in point)
    half = SIDE / 2
    return corner[0] + half + x * (half - 10), corner[1] + half - y * (half - 10)


def _dots(
    drawing: Drawing, made: Neighbourhood, corner: tuple[float, float], places: Sequence[int], strength: float
) -> None:
    """Round dots as one line of no length each: thousands take little room so."""
    at = (_place(corner, made.map.points[each]) for each in places)
    steps = "".join(f"M{x:.0f},{y:.0f}h0" for x, y in at)
    drawing.add(
        fill(
            '<path d="{}" fill="none" stroke="currentColor" stroke-opacity="{}" stroke-width="4.5" '
            'stroke-linecap="round"/>',
            steps,
            strength,
        )
    )


def _nearest(drawing: Drawing, made: Neighbourhood, corner: tuple[float, float], there: set[int]) -> None:
    missed = {document.doc_id for document in made.missed}
    for document, score in made.exact:
        place = made.corpus.position(document.doc_id)
        if place in there:
            tone = "ss-hollow ss-cross_encoder" if document.doc_id in missed else "ss-dot ss-bi_encoder"
            tip = f"{title(document)}, cosine {cosine(score)}{', missed' if document.doc_id in missed else ''}"
            drawing.dot(*_place(corner, made.map.points[place]), tone, tip, 5.5)
