"""A prediction in a notebook: what was predicted goes in, and how good it is the notebook works out."""

from __future__ import annotations

from searchcore.ranking import BI_ENCODER, CROSS_ENCODER
from ui import words
from ui.predict.question import hidden_method, shown_method
from ui.state import RIGHT
from ui.takehome.taken import TakenSearch

# The rankings that a notebook works out: by what name, and in which frame.
FRAMES = {BI_ENCODER: ("bi-encoder", "first"), CROSS_ENCODER: ("cross-encoder", "second")}
NOT_HERE = "The prediction is about a column that is not worked out here."
JUDGED = """
figures = {"you": ndcg(PREDICTION, GRADES, 5)} | {name: ndcg(each["doc_id"], GRADES, 5) for name, each in both.items()}
print("nDCG@5: " + ", ".join(f"{name} {value:.2f}" for name, value in figures.items()) + ".")
"""
WHICH = """
figures = {name: ndcg(ranking["doc_id"], GRADES) for name, ranking in both.items()}
apart = abs(figures["bi-encoder"] - figures["cross-encoder"])
right = max(figures, key=figures.get) if apart >= CHANGED else "neither"
print(f"You said {PREDICTION}: " + ("right." if PREDICTION == right else f"but it is {right}."), figures)
"""
AGREEMENT = """
# Kendall's tau-b; what is not ranked comes last.
def ranks(ranking):
    places = dict(zip(ranking["doc_id"], ranking["rank"]))
    return pd.Series([places.get(doc_id, len(places) + 1) for doc_id in PREDICTION])
predicted = pd.Series(range(1, len(PREDICTION) + 1))
figures = {"you": predicted.corr(ranks(HIDDEN), method="kendall")}
print(f"Agreement with the NAME: {figures}, which puts them at {list(ranks(HIDDEN))}.")
"""
SEEN = """figures["bi-encoder"] = ranks(first).corr(ranks(HIDDEN), method="kendall")
"""


def prediction_cells(taken: TakenSearch) -> tuple[str, ...]:
    """The prediction, and how good it is; nothing where it is about a ranking that a notebook does not work out."""
    state, guess = taken.state, taken.state.guess
    hidden, shown = hidden_method(state), shown_method(state)
    if taken.predicted is None or not guess or hidden not in FRAMES:
        return ()
    if state.asks == RIGHT:
        return _which(taken, guess[0]) if shown in FRAMES and taken.grades else ()
    given = f"PREDICTION = {list(guess)!r}\n"
    if taken.grades:
        return (given + JUDGED.strip(),)
    name, frame = FRAMES[hidden]
    start, said = AGREEMENT.strip().rsplit("\n", 1)
    seen = SEEN if shown in FRAMES else ""
    return (given + f"{start}\n{seen}{said}".replace("HIDDEN", frame).replace("NAME", name),)


def _which(taken: TakenSearch, answer: str) -> tuple[str, ...]:
    said = FRAMES[answer][0] if answer in FRAMES else answer
    return (f"PREDICTION = {said!r}\nCHANGED = {words.CHANGED}  # less is no difference\n{WHICH.strip()}",)
