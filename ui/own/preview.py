"""How a corpus of one's own is given and shown: the form, what was read of a file, and the corpus in use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from searchcore.corpora import MAX_OWN_DOCUMENTS, MAX_UPLOAD_BYTES, WORDS_IN_A_PASSAGE, Columns, Table, shown_name
from searchcore.types import Corpus, Document
from ui import words
from ui.draw.template import fill, joined
from ui.own.draft import Draft

FIRST_DOCUMENTS = 5
SHOWN_CHARACTERS = 160
NOTHING, CHECKED, SELECTED = Markup(""), Markup(" checked"), Markup(" selected")
ENDINGS = (".txt", ".csv", ".tsv", ".jsonl", ".xlsx", ".zip")
PRIVATE = "Only this browser tab can see them."
KEPT = (
    "They are kept in memory, never on disk, and are gone a minute after the tab is closed, or after an hour without "
    "use."
)


def form() -> Markup:
    """Where texts are pasted, chosen or dropped. The page's script sends them, see ui/script/own.js."""
    return fill(
        '<section class="ss-own-give" aria-label="Give your own texts">'
        '<p><label for="own-lines">Paste lines, one document each</label></p>'
        '<textarea id="own-lines" rows="4" spellcheck="false"></textarea>'
        '<p class="ss-own-ways"><button type="button" class="ss-button" data-own="read">Read these lines</button>'
        '<label class="ss-button">Choose a file<input type="file" class="ss-own-file" accept="{}"></label>'
        '<span class="ss-how">or drop one here: TXT, CSV, TSV, JSONL, XLSX or a BEIR zip, at most {:,} documents and '
        '{} MB</span></p><p class="ss-own-said" role="status"></p><p class="ss-how">{}</p></section>',
        ",".join(ENDINGS),
        MAX_OWN_DOCUMENTS,
        MAX_UPLOAD_BYTES // 1_000_000,
        f"{PRIVATE} {KEPT}",
    )


def preview(draft: Draft) -> Markup:
    """What was read of a file: its columns to choose from, the first documents, and what is left out and why."""
    corpus = draft.corpus
    parts = [fill("<h2>{}</h2>", summary(draft))]
    if draft.table is not None and draft.columns is not None:
        parts.append(_choices(draft.table, draft.columns))
    if corpus is not None:
        parts += [_first(corpus.documents), notes(corpus.notes)]
        parts.append(
            fill(
                '<p><button type="button" class="ss-button ss-primary" data-own="use">Search {}</button></p>',
                _them(corpus),
            )
        )
    return fill(
        '<section class="ss-own-preview" aria-label="What was read" data-given="{}">{}</section>',
        draft.token,
        joined(parts),
    )


def in_use(draft: Draft, corpus: Corpus) -> Markup:
    """The corpus that is searched, and what can be done with it."""
    return fill(
        '<section class="ss-own-used" aria-label="Your own corpus"><p><b>{}.</b> {} '
        '<button type="button" class="ss-link" data-own="again">Give other texts</button> '
        '<button type="button" class="ss-link" data-own="download">Download as a BEIR zip</button> '
        '<button type="button" class="ss-link" data-own="delete">Delete</button> '
        '<span class="ss-own-said" role="status"></span></p>{}</section>',
        _of(draft, corpus),
        PRIVATE,
        notes(corpus.notes),
    )


def notes(sentences: Sequence[str]) -> Markup:
    """What was left out or changed, folded."""
    if not sentences:
        return Markup("")
    items = joined(fill("<li>{}</li>", sentence) for sentence in sentences)
    return fill(
        '<details class="ss-own-notes"><summary>{}</summary><ul>{}</ul></details>',
        f"Left out or changed: {words.count(len(sentences), 'note')}",
        items,
    )


def summary(draft: Draft) -> str:
    """What was read of a file, or why nothing was."""
    return _of(draft, draft.corpus) if draft.corpus is not None else f"{shown_name(draft.name)}: {draft.problem}"


def _of(draft: Draft, corpus: Corpus) -> str:
    judged = f", {words.count(len(corpus.qrels), 'judged query', 'judged queries')}" if corpus.qrels else ""
    return f"{words.count(len(corpus), _noun(corpus))} from {shown_name(draft.name)}{judged}"


def _noun(corpus: Corpus) -> str:
    return "passage" if any("part" in document.metadata for document in corpus.documents) else "document"


def _them(corpus: Corpus) -> str:
    count = words.count(len(corpus), _noun(corpus))
    return f"this {_noun(corpus)}" if len(corpus) == 1 else f"these {count}"


def _choices(table: Table, columns: Columns) -> Markup:
    texts = _select("text", table.columns, columns.text)
    titles = _select("title", table.columns, columns.title, "none")
    long = f"Cut long texts into passages of whole sentences, about {WORDS_IN_A_PASSAGE} words each"
    return fill(
        '<p class="ss-own-columns"><label>Texts {}</label> <label>Titles {}</label> '
        '<label><input type="checkbox" data-own="passages"{}> {}</label></p>',
        texts,
        titles,
        CHECKED if columns.passages else NOTHING,
        long,
    )


def _select(name: str, columns: Sequence[str], chosen: int | None, none: str = "") -> Markup:
    options: list[tuple[str, str]] = [("", none)] if none else []
    options += [(str(place), column) for place, column in enumerate(columns)]
    now = "" if chosen is None else str(chosen)
    drawn = joined(
        fill('<option value="{}"{}>{}</option>', value, SELECTED if value == now else NOTHING, text)
        for value, text in options
    )
    return fill('<select data-own="{}">{}</select>', name, drawn)


def _first(documents: Sequence[Document]) -> Markup:
    titled = any(document.title for document in documents[:FIRST_DOCUMENTS])
    head = _cells("th", ["Id", *(["Title"] if titled else []), "Text"])
    rows = [
        _cells("td", [d.doc_id, *([_short(d.title)] if titled else []), _short(d.text)])
        for d in documents[:FIRST_DOCUMENTS]
    ]
    more = len(documents) - len(rows)
    return fill(
        '<table class="ss-own-rows"><caption>The first of them</caption>{}{}</table>{}',
        head,
        joined(rows),
        fill("<p>and {:,} more</p>", more) if more > 0 else "",
    )


def _cells(tag: str, texts: Iterable[str]) -> Markup:
    return fill(
        "<tr>{}</tr>",
        joined(fill("<{0}>{1}</{0}>", Markup(tag), text) for text in texts),  # noqa: S704
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
