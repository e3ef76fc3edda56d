"""The pages that are no part of Gradio's: the student's, light enough for three hundred phones, and two doors."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from ui import words as common
from ui.classroom import words
from ui.classroom.codes import EXAMPLE
from ui.draw.template import fill
from ui.packed import packed_script, packed_style
from ui.takehome.looks import colour_rules

FOLDER = Path(__file__).parent
SCRIPTS = ("stream", "student", "lecturer", "door")
HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
    'content="width=device-width, initial-scale=1"><title>{title}</title>'
    '<link rel="stylesheet" href="{root}files/colours.css"><link rel="stylesheet" href="{root}files/class.css">'
    "{scripts}</head><body>"
)


def _page(title: str, root: str, body: Markup, *scripts: str) -> bytes:
    loaded = Markup("").join(
        fill('<script type="module" src="{}files/{}.js"></script>', root, name) for name in scripts
    )
    head = fill(HEAD, title=f"{title} · {common.NAME}", root=root, scripts=loaded)
    return (head + body + Markup("</body></html>\n")).encode("utf-8", "replace")


def student_page(code: str) -> bytes:
    """Where a phone joins."""
    body = fill(
        '<main class="cl-phone" data-code="{}"><h1>{} <span class="cl-small">class {}</span></h1>'
        '<p class="cl-trouble" role="alert"></p><p class="cl-said ss-hidden" role="status"></p>'
        '<p class="cl-away cl-small"></p><div class="cl-screen"><p class="cl-lead">Joining …</p></div>'
        '<p class="cl-tally cl-small"></p><noscript>This page needs JavaScript.</noscript></main>',
        code,
        common.NAME,
        code,
    )
    return _page("Class", "", body, "student")


def join_page(root: str, typed: str = "", sentence: str = "") -> bytes:
    """Where a code is typed; `sentence` says what was wrong with the one before."""
    body = fill(
        '<main class="cl-phone"><h1>{}</h1><form class="cl-join-form" action="{}join"><label>Code of the class '
        '<input name="code" value="{}" autocomplete="off" autocapitalize="characters" spellcheck="false" '
        'maxlength="24" placeholder="{}" autofocus{}></label> '
        '<button class="cl-button cl-primary">Join</button></form>{}'
        '<p class="cl-small">{}</p></main>',
        words.JOIN,
        root,
        typed,
        EXAMPLE,
        Markup(' aria-invalid="true" aria-describedby="cl-wrong"') if sentence else "",
        fill('<p class="cl-trouble" id="cl-wrong" role="alert">{}</p>', sentence) if sentence else "",
        words.NO_ACCOUNT,
    )
    return _page(words.JOIN, root, body)


def lecturer_door() -> bytes:
    """Takes the lecturer's secret out of the link, so that no projector shows it, and opens the class's tab."""
    body = Markup('<main class="cl-phone"><p class="cl-lead">Opening your class …</p></main>')
    return _page("Your class", "../", body, "door")


def files() -> dict[str, tuple[bytes, str]]:
    """The scripts and the sheet by name, each with its type."""
    made = {
        f"{name}.js": (
            packed_script((FOLDER / f"{name}.js").read_text("utf-8")).encode(),
            "text/javascript; charset=utf-8",
        )
        for name in SCRIPTS
    }
    sheets = {"colours.css": colour_rules(), "class.css": (FOLDER / "class.css").read_text("utf-8")}
    return made | {name: (packed_style(sheet).encode(), "text/css; charset=utf-8") for name, sheet in sheets.items()}
