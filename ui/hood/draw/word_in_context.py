"""One word in several sentences: the sentences with the word marked, and its vectors compared."""

from __future__ import annotations

from markupsafe import Markup

from searchcore.explain import Occurrence, WordInContext
from ui import words
from ui.draw import numbers
from ui.draw.heatmap import Label, heatmap
from ui.draw.template import fill, joined


def report(made: WordInContext) -> Markup:
    """The sentences and the table, side by side where there is room."""
    table = Markup("")
    if made.occurrences:
        labels = [_label(made, occurrence) for occurrence in made.occurrences]
        table = heatmap(f"Cosines of the vectors of “{made.word}”", labels, labels, made.matrix, decimals=3)
    return fill(
        '{}<div class="ss-beside-even"><ol class="ss-sentences">{}</ol><div>{}</div></div>',
        fill("<p><b>{}</b></p>", made.statement) if made.statement else "",
        joined(_sentence(made, number) for number in range(len(made.sentences))),
        table,
    )


def summary(made: WordInContext) -> str:
    """Which two places are most alike and which least, or why there is nothing to compare."""
    if not made.occurrences:
        return made.statement
    if len(made.occurrences) == 1:
        return f"“{made.word}” occurs once, so there is nothing to compare it with."
    pairs = [
        (float(made.matrix[i, j]), i, j) for i in range(len(made.occurrences)) for j in range(i + 1, len(made.matrix))
    ]
    high, low = max(pairs), min(pairs)
    if len(pairs) == 1:
        return f"One pair to compare: “{made.word}” {_places(made, high)}. For a static vector it would be 1."
    return (
        f"“{made.word}” is most alike {_places(made, high)} and least {_places(made, low)}; "
        "for a static vector every cosine would be 1."
    )


def _places(made: WordInContext, pair: tuple[float, int, int]) -> str:
    cosine, i, j = pair
    first, second = made.occurrences[i].sentence + 1, made.occurrences[j].sentence + 1
    where = f"within sentence {first}" if first == second else f"in sentences {first} and {second}"
    return f"{where} (cosine {numbers.cosine(cosine, 3)})"


def _label(made: WordInContext, occurrence: Occurrence) -> Label:
    same = [other for other in made.occurrences if other.sentence == occurrence.sentence]
    number = str(occurrence.sentence + 1)
    if len(same) > 1:
        number += "abcdefghijklmnopqrstuvwxyz"[same.index(occurrence) % 26]
    return Label(number, f"{number}: {made.sentences[occurrence.sentence]}")


def _sentence(made: WordInContext, number: int) -> Markup:
    """The sentence with each place of the word marked, and the pieces the model cuts it into."""
    sentence = made.sentences[number]
    here = [occurrence for occurrence in made.occurrences if occurrence.sentence == number]
    parts, end = [], 0
    for occurrence in here:
        parts.append(
            fill("{}<mark>{}</mark>", sentence[end : occurrence.start], sentence[occurrence.start : occurrence.end])
        )
        end = occurrence.end
    parts.append(fill("{}", sentence[end:]))
    cut = {occurrence.pieces for occurrence in here if len(occurrence.pieces) > 1}
    pieces = "; ".join(f"{words.count(len(found), 'piece')}: {' '.join(found)}" for found in sorted(cut))
    note = pieces if here else "the word is not in this sentence"
    if number in made.unread:
        note = "stands beyond the part that the model reads"
    after = fill(" <i>({})</i>", note) if note else ""
    return fill("<li>{}{}</li>", joined(parts), after)
