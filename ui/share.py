"""Copy link: the address of what is shown, as text and as a QR code that phones in the room can open."""

from __future__ import annotations

import os
import time

import gradio as gr
import segno
from markupsafe import Markup

from ui.wiring import QUIET, Wiring

PUBLIC_VARIABLE = "SEARCHCORE_PUBLIC"
SPACE_HOST_VARIABLE = "SPACE_HOST"
# What the page's script does at once, while the click still counts as the visitor's: it copies, if the browser lets it.
COPY = "(address) => { window.dispatchEvent(new CustomEvent('ss-copy')); return [address]; }"
NO_QR = (
    "There is no QR code: this page is served to this machine alone (127.0.0.1), where no phone can reach it. "
    "Started with HOST=0.0.0.0, it can."
)


def public_address(room: str | None) -> str:
    """Where others can open the page: the setting, a Space's own address, or `room`; empty where nobody else can."""
    if named := os.environ.get(PUBLIC_VARIABLE):
        return named.rstrip("/")
    if space := os.environ.get(SPACE_HOST_VARIABLE):
        return f"https://{space}"
    return room or ""


def build_share(wiring: Wiring) -> None:
    """The button, and the panel that it opens."""
    button = gr.Button("Copy link", elem_id="share", size="sm", min_width=90)
    panel = wiring.part("share-panel", gr.HTML("", elem_id="share-panel", elem_classes="ss", js_on_load=None))

    def show(address: str) -> str:
        return str(share(wiring.public, address if isinstance(address, str) else ""))

    wiring.later(lambda: button.click(show, wiring.parts["address"], panel, js=COPY, queue=False, **QUIET))


def share(public: str, address: str) -> Markup:
    """The link in a field, and its QR code or why there is none. Without `public`, the browser knows the link."""
    link = f"{public}/{'?' if address else ''}{address}" if public else ""
    drawn = Markup('<p class="ss-how">{}</p>').format(NO_QR)
    if link:
        code = segno.make(link, error="l", micro=False)
        svg = code.svg_inline(scale=4, border=2, title="QR code of the link", svgclass="ss-qr", lineclass=None)
        drawn = Markup(svg)  # noqa: S704 - drawn by the library: numbers and our title
    return Markup(
        '<section class="ss-share" data-time="{}" aria-label="Copy link"><p><label>Link <input type="text" readonly '
        'value="{}" data-address="{}"></label> <span class="ss-copied" role="status"></span> '
        '<button type="button" class="ss-link ss-close">close</button></p>{}</section>'
    ).format(time.monotonic_ns(), link, address, drawn)
