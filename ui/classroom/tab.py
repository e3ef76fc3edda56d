"""The Class tab: start a class or join one; then it is the lecturer's screen, which a script of its own keeps up."""

from __future__ import annotations

from ui.classroom import words
from ui.classroom.codes import EXAMPLE
from ui.draw.template import fill, joined
from ui.reports import html
from ui.wiring import Wiring

# The script and the sheet are fetched when the tab is opened for the first time: few visitors lead a class. Until the
# script is there nothing can be started.
LOADER = """
const here = (name) => new URL(`class/files/${name}`, document.baseURI).href;
const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: here("class.css") });
const script = Object.assign(document.createElement("script"), { type: "module", src: here("lecturer.js") });
document.head.append(sheet, script);
"""


def build_class_tab(wiring: Wiring) -> None:
    """Lay out the tab. Called inside a gr.Tab."""
    html(wiring, "class", str(_first()), LOADER)


def _first() -> str:
    """What stands there before a class is started, and the places for the screen of one."""
    return fill(
        '<section class="cl" aria-label="A class together"><p class="cl-trouble" role="alert"></p>'
        '<p class="cl-said ss-hidden" role="status"></p><div class="cl-idle"><div class="cl-doors">'
        "<section><h2>Lead a class</h2><ol>{}</ol>"
        '<p><button type="button" class="cl-button cl-primary" data-start disabled>Start a class</button></p></section>'
        '<section><h2>{}</h2><form class="cl-join-form" action="class/join"><label>Code <input name="code" '
        'autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="24" placeholder="{}"></label> '
        '<button class="cl-button">Join</button></form><p class="cl-small">{}</p></section></div></div>'
        '<div class="cl-room" tabindex="-1" hidden><div class="cl-top"><div data-part="door"></div>'
        '<div data-part="counts"></div></div><div class="cl-main">'
        '<div data-part="acts"></div><div data-part="stage" class="ss-results"></div><div data-part="form"></div>'
        '<div data-part="chart"></div></div></div></section>',
        joined(fill("<li>{}</li>", each) for each in words.LEAD),
        words.JOIN,
        EXAMPLE,
        words.NO_ACCOUNT,
    )
