"""A small judged corpus for the tests of evaluations: ten sentences, ten queries of four kinds."""

from __future__ import annotations

from pathlib import Path

from tests.fakes import write_beir

NAME, TITLE = "planets", "Planets"
DOCS = {
    "mercury": "Mercury is the planet nearest to the Sun, and a year there takes 88 days.",
    "venus": "Venus turns backwards and very slowly, so that a day there is longer than its year.",
    "mars": "Mars is red because its dust is full of rust.",
    "jupiter": "Jupiter is the largest planet and has a storm wider than the Earth.",
    "saturn": "Saturn is known for its rings, which are made of ice and rock.",
    "uranus": "Uranus lies on its side as it goes around the Sun.",
    "neptune": "Neptune has the strongest winds and is the farthest planet from the Sun.",
    "pluto": "Pluto was called a planet until 2006 and is a dwarf planet now.",
    "moon": "The Moon always shows the same side to the Earth.",
    "sun": "The Sun is a star, and every planet goes around it.",
}
QUERIES = [
    ("q1", "Which planet has rings?", "question", {"saturn": 3}),
    ("q2", "Why is the fourth planet red?", "question", {"mars": 3}),
    ("q3", "the biggest of the planets", "paraphrase", {"jupiter": 3, "saturn": 1}),
    ("q4", "a world that rotates the wrong way round", "paraphrase", {"venus": 3, "uranus": 1}),
    ("q5", "wind", "keywords", {"neptune": 3, "jupiter": 2}),
    ("q6", "ice", "keywords", {"saturn": 3}),
    ("q7", "not a planet any more", "trap", {"pluto": 3, "sun": 1, "moon": 1}),
    ("q8", "planet that is not near the Sun", "trap", {"neptune": 3, "uranus": 2, "pluto": 1}),
    ("q9", "Which of them is not a planet?", "trap", {"sun": 3, "moon": 3, "pluto": 2}),
    ("q10", "red", "keywords", {"mars": 3}),
]


def write_planets(root: Path) -> None:
    """The corpus as a folder in BEIR layout."""
    write_beir(
        root / NAME,
        [{"_id": doc_id, "text": text} for doc_id, text in DOCS.items()],
        [{"_id": query_id, "text": text, "metadata": {"kind": kind}} for query_id, text, kind, _ in QUERIES],
        "".join(
            f"{query_id}\t{doc_id}\t{grade}\n" for query_id, _, _, qrels in QUERIES for doc_id, grade in qrels.items()
        ),
        f"---\npretty_name: {TITLE}\n---\n",
    )
