"""What the page shows before its framework is there: its name, what it is, and a field that takes keys already.

No script is needed to show it. What is typed into it goes into the page's own box, see script/early.js.
"""

from __future__ import annotations

from markupsafe import Markup
from starlette.types import ASGIApp, Receive, Scope, Send

from searchcore.checks import MAX_QUERY_CHARACTERS
from ui import words
from ui.draw.template import fill
from ui.whole import changed_whole, is_page

BODY = b"<body"
STYLE = Markup(
    ".ss-first{font:700 18px/26px system-ui,sans-serif;padding:8px 20px}.ss-first p{font-weight:400;margin:8px 0}"
    ".ss-first form{display:flex;gap:8px;max-width:900px}.ss-first [hidden]{display:none}"
    ".ss-first :is(input,button){font:inherit;font-weight:400;min-height:44px;padding:0 12px;border-radius:8px;"
    "border:1px solid #767f92;background:#fff;color:#16203a}.ss-first input{flex:1;min-width:0}"
    ".ss-first ::placeholder{color:inherit;opacity:.75}"
    "@media(prefers-color-scheme:dark){.ss-first{color:#e7ecf5}"
    ".ss-first :is(input,button){background:#1b2438;color:#e7ecf5}}"
)
# A tab that has no query shows no field for one. Enter is taken down, and carried out when the page is there.
SCRIPT = Markup(
    'const ssFirst=document.querySelector(".ss-first form");'
    'ssFirst.hidden=new URLSearchParams(location.search).has("tab");'
    'if(matchMedia("(pointer: fine)").matches)ssFirst.elements.q.focus();'
    "ssFirst.onsubmit=(event)=>{event.preventDefault();if(!ssFirst.elements.q.value.trim())return;"
    'ssFirst.dataset.asked="";ssFirst.nextElementSibling.textContent=ssFirst.dataset.said}'
)
MARKUP = fill(
    '<style>{}</style><div class="ss-first">{}<p>{}</p>'
    '<form data-said="{}"><input name="q" autocomplete="off" maxlength="{}" aria-label="{}" placeholder="{}">'
    '<button>Search</button></form><p role="status"></p></div><script>{}</script>',
    STYLE,
    words.NAME,
    words.INTRODUCTION,
    words.ASKED_EARLY,
    MAX_QUERY_CHARACTERS,
    words.EARLY_LABEL,
    words.QUERY_PLACEHOLDER,
    SCRIPT,
)


class FirstPaint:
    """ASGI middleware that puts MARKUP at the top of the page's body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the ASGI specification."""
        if is_page(scope):
            await changed_whole(self._app, scope, receive, send, _with_first_paint)
        else:
            await self._app(scope, receive, send)


def _with_first_paint(page: bytes) -> bytes:
    """The page with MARKUP behind the opening tag of its body; as it is, where it has none."""
    at = page.find(BODY)
    end = page.find(b">", at)
    if at < 0 or end < 0:
        return page
    return page[: end + 1] + str(MARKUP).encode() + page[end + 1 :]
