"""The lesson as markup: the rail, a step with its question and what is to be noticed, and the questions at the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from ui.draw.template import fill, joined
from ui.draw.terms import EXPLANATIONS, term
from ui.lesson.claims import Find, filled
from ui.lesson.steps import Lesson, Said, Step
from ui.state import LESSON, SEARCH, PageState

_BOLD = re.compile(r"<strong>([^<]*)</strong>")
_MARKDOWN = MarkdownIt("zero", {"html": False}).enable(["emphasis", "backticks"])


def inline(text: str) -> Markup:
    """A line of a lesson: **bold**, *italics* and `code`; all other markup is shown as it is typed."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - the library escapes what it does not know


def rail(lesson: Lesson, at: int) -> Markup:
    """All places of the lesson in order, and which one is open."""
    items = joined(
        fill(
            '<li><a href="{}" data-step="{}"{}><b>{}</b> <span>{}</span></a></li>',
            address(number),
            number,
            Markup(' aria-current="step"') if number == at else "",
            number if lesson.step(number) is not None else "?",
            lesson.title_of(number),
        )
        for number in range(1, len(lesson) + 1)
    )
    return fill('<nav class="ss-rail" aria-label="{}"><ol>{}</ol></nav>', f"Lesson: {lesson.title}", items)


def address(number: int) -> str:
    """Where a place of the lesson is."""
    return "?" + PageState(tab=LESSON, step=number).to_query()


def step(lesson: Lesson, state: PageState, shown: Step, find: Find | None) -> Markup:
    """A step's text and its question; with `find`, which answer is right by the live result."""
    return fill(
        '<article class="ss-step" data-at="{at}"><p class="ss-where">{where}</p><h2 tabindex="-1">{title}</h2>{text}'
        '<section class="ss-ask"><h3>Predict</h3><p>{question}</p>{options}</section></article>',
        at=state.step,
        where=f"Step {state.step} of {len(lesson.steps)}",
        title=shown.title,
        text=paragraphs(shown),
        question=inline(shown.question),
        options=_options(shown, state, find),
    )


def paragraphs(shown: Step) -> Markup:
    """The text of a step."""
    return joined(fill("<p>{}</p>", _explained(inline(text))) for text in shown.paragraphs)


def _explained(text: Markup) -> Markup:
    """What is bold and a word of the field explains itself."""
    return Markup(_BOLD.sub(lambda found: f"<strong>{_term(found[1])}</strong>", text))  # noqa: S704 - markup before


def _term(words: str) -> Markup:
    one = words.removesuffix("s")
    return term(one if words not in EXPLANATIONS and one in EXPLANATIONS else words, words)


def _options(shown: Step, state: PageState, find: Find | None) -> Markup:
    if not shown.options:
        return Markup("")
    if not state.revealed:
        buttons = joined(
            fill(
                '<li><button type="button" class="ss-option" data-option="{}">{}</button></li>',
                number,
                inline(option.text),
            )
            for number, option in enumerate(shown.options, start=1)
        )
        return fill(
            '<ol>{}</ol><button type="button" class="ss-link" data-option="">Show it without predicting</button>',
            buttons,
        )
    right = rights(shown, find) if find is not None else None
    return fill(
        "<ol>{}</ol>",
        joined(
            fill(
                '<li class="ss-option{}">{}{}</li>',
                " ss-right" if right and right[number - 1] else "",
                inline(option.text),
                _marks(number, state, right),
            )
            for number, option in enumerate(shown.options, start=1)
        ),
    )


def _marks(number: int, state: PageState, right: Sequence[bool] | None) -> Markup:
    marks = ["✓ right"] if right and right[number - 1] else []
    marks += ["your answer"] if state.guess == (str(number),) else []
    return fill(" <b>{}</b>", " · ".join(marks)) if marks else Markup("")


def rights(shown: Step, find: Find) -> list[bool]:
    """Which options are right by the live result."""
    return [holds(option, find) for option in shown.options]


def holds(said: Said, find: Find) -> bool:
    """Whether all claims of a sentence hold; one that makes none, or whose facts can't be found, is not shown to."""
    try:
        return said.claims is not None and all(claim.holds(find) for claim in said.claims)
    except ValueError:
        return False


def answered(shown: Step, state: PageState, find: Find) -> Markup:
    """What came of the prediction, in a sentence."""
    right = [option.text for option, is_right in zip(shown.options, rights(shown, find), strict=True) if is_right]
    said = " or ".join(f"“{text}”" for text in right) or "none of these, this time"
    if not state.guess:
        return fill('<p class="ss-answered">Right is {}.</p>', inline(said))
    chosen = shown.options[int(state.guess[0]) - 1].text
    if chosen in right:
        return fill('<p class="ss-answered ss-good">You predicted “{}”: right.</p>', inline(chosen))
    return fill('<p class="ss-answered">You predicted “{}”; right is {}.</p>', inline(chosen), inline(said))


def below(lesson: Lesson, state: PageState, shown: Step, find: Find | None) -> Markup:
    """What is to be noticed, once there is a result, and the way on."""
    notice = noticed(shown, find) if find is not None else Markup("")
    return notice + onwards(lesson, state.step, shown.view)


def noticed(shown: Step, find: Find) -> Markup:
    """What is to be noticed, with the numbers of this very result; what is not so this time says that."""
    return fill(
        '<section class="ss-notice"><h3 tabindex="-1">Notice</h3><ul>{}</ul></section>',
        joined(fill("<li>{}</li>", _noticed(said, find)) for said in shown.notice),
    )


def _noticed(said: Said, find: Find) -> Markup:
    try:
        sentence = inline(filled(said.text, find))
    except ValueError as error:
        return fill("<b>Not to be said of this result:</b> {}", str(error))
    if said.claims is None or holds(said, find):
        return sentence
    return fill("<b>Not so this time:</b> {}", sentence)


def onwards(lesson: Lesson, at: int, view: PageState | None = None) -> Markup:
    """The way back and on and, where there is one, to the view by itself."""
    links = [_link(at - 1, "Back", "")] if at > 1 else []
    links += [_link(at + 1, "Next", lesson.title_of(at + 1))] if at < len(lesson) else []
    if view is not None:
        alone = view.with_changes(predict=False).to_query()
        links.append(fill('<a class="ss-link" href="?{0}" data-open="{0}">Open this view by itself</a>', alone))
    return fill('<p class="ss-onwards">{}</p>', joined(links))


def _link(number: int, word: str, title: str) -> Markup:
    return fill(
        '<a class="ss-button{}" href="{}" data-step="{}">{}</a>',
        " ss-primary" if title else "",
        address(number),
        number,
        f"{word}: {title}" if title else word,
    )


def cover(shown: Step) -> Markup:
    """In place of the view: what it will be about."""
    return fill(
        '<section class="ss-cover ss-lesson-cover" aria-label="The view, covered">{}<p>{}</p></section>',
        about(shown.view),
        "The view opens with your answer.",
    )


def asked(view: PageState) -> Markup:
    """The query above its rankings, which don't say it themselves."""
    if view.tab != SEARCH or not view.query:
        return Markup("")
    return fill('<p class="ss-about"><b>Query</b> {}</p>', view.query)


def about(view: PageState) -> Markup:
    """The texts that a view is about, as far as its state names them."""
    named = [("Query", view.query), ("Query", view.text_a), ("Document", view.text_b), ("Word", view.word)]
    rows = [(name, text) for name, text in named if text]
    rows += [(str(number), text) for number, text in enumerate(view.texts, start=1)]
    return fill("<dl>{}</dl>", joined(fill("<div><dt>{}</dt><dd>{}</dd></div>", name, text) for name, text in rows))


def questions(lesson: Lesson) -> Markup:
    """The questions at the end: each answer is explained at once, with the step to read again; and the handout."""
    items = joined(
        fill(
            '<li><fieldset><legend>{text}</legend>{options}<p class="ss-why"><b class="ss-yes">Right.</b>'
            '<b class="ss-no">No: {right}.</b> {why} <a class="ss-link" href="{address}" data-step="{step}">'
            "Step {step}: {title}</a></p></fieldset></li>",
            text=inline(question.text),
            options=_radios(number, question.options, question.right),
            right=inline(question.options[question.right].rstrip(".")),
            why=inline(question.why),
            address=address(question.step),
            step=question.step,
            title=lesson.title_of(question.step),
        )
        for number, question in enumerate(lesson.questions, start=1)
    )
    said = Markup(
        "Each answer is explained at once. The whole lesson on paper, with this machine’s results: "
        '<a class="ss-link" href="handout.html" target="_blank">the handout</a>.'
    )
    return fill(
        '<article class="ss-step ss-quiz" data-at="{}"><h2 tabindex="-1">Questions</h2><p>{}</p><ol>{}</ol>'
        '<p class="ss-quiz-said" role="status"><span class="ss-hidden"></span> <span></span></p></article>',
        len(lesson),
        said,
        items,
    )


def _radios(number: int, options: Sequence[str], right: int) -> Markup:
    return joined(
        fill(
            '<label><input type="radio" name="ss-quiz-{}"{}> {}</label>',
            number,
            Markup(" data-right") if i == right else "",
            inline(option),
        )
        for i, option in enumerate(options)
    )


def note(sentence: str) -> Markup:
    """A sentence about the lesson itself."""
    return fill('<p class="ss-status ss-error">{}</p>', escape(sentence)) if sentence else Markup("")
