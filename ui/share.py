"""Copy link: the address of what is shown, as text and as a QR code that phones in the room can open."""

from __future__ import annotations

import time

import gradio as gr
import segno
from markupsafe import Markup

from ui.draw.template import fill
from ui.wiring import QUIET, Wiring

NO_QR = (
    "There is no QR code, since no address is known at which phones can reach this page: at 127.0.0.1 only this "
    "machine can. HOST=0.0.0.0 serves it to the room, and SEARCHCORE_PUBLIC names an address."
)


def build_share(wiring: Wiring) -> None:
    """The button, and the panel that it opens."""
    button = gr.Button("Copy link", elem_id="share", size="sm", min_width=90)
    panel = wiring.part("share-panel", gr.HTML("", elem_id="share-panel", elem_classes="ss", js_on_load=None))

    def show(address: str) -> str:
        return str(share(wiring.public, address if isinstance(address, str) else ""))

    wiring.later(lambda: button.click(show, wiring.parts["address"], panel, queue=False, **QUIET))


def share(public: str, address: str) -> Markup:
    """The link in a field, and its QR code or why there is none. Without `public`, the browser knows the link."""
    link = f"{public}/{'?' if address else ''}{address}" if public else ""
    drawn = fill('<p class="ss-how">{}</p>', NO_QR)
    if link:
        code = segno.make(link, error="l", micro=False)
        svg = code.svg_inline(scale=4, border=2, title="QR code of the link", svgclass="ss-qr", lineclass=None)
        drawn = Markup(svg)  # noqa: S704 - drawn by the library: numbers and our title
    return fill(
        '<section class="ss-share" data-time="{}" aria-label="Copy link"><p><label>Link <input type="text" readonly '
        'value="{}" data-address="{}"></label> <span class="ss-copied" role="status"></span> '
        '<button type="button" class="ss-link ss-close">close</button></p>{}</section>',
        time.monotonic_ns(),
        link,
        address,
        drawn,
    )
