"""The event streams of a class: what each screen is told, and what nobody is told before the reveal."""

from __future__ import annotations

from tests.class_calls import Following, Lecturer, Student, counted, options, points
from tests.server import Server
from ui.classroom.lecturer import PARTS
from ui.classroom.room import MOST_STREAMS
from ui.classroom.rooms import ENDED_BY_LECTURER
from ui.classroom.stream import ELSEWHERE
from ui.classroom.words import AWAY

QUERY = "a world that rotates the wrong way round"
QUESTION = {"corpus": "planets", "q": QUERY, "k": "10", "picks": "1"}


def covered(server: Server) -> tuple[list[str], list[str]]:
    """The documents in the order of the covered ranking, and its scores as they are written."""
    found = server.call("search", "planets", QUERY, 10, None, None, None)["rankings"]["cross_encoder"]["hits"]
    return [hit["doc_id"] for hit in found], [f"{abs(hit['score']):.2f}" for hit in found]


def raw(stream: Following) -> str:
    return stream.raw.decode("utf-8")


def test_a_student_who_answers_changes_nothing_for_others_and_for_the_lecturer_a_number_alone(
    lecturer: Lecturer,
) -> None:
    lead = lecturer.follow()
    students = [Student(lecturer) for _ in range(4)]
    streams = [student.follow() for student in students]
    lecturer.must("ask", **QUESTION)
    keys = options(streams[0].until(options))
    for stream in streams:
        stream.until(options)
    before = lead.until(lambda shown: (counted(shown, "joined"), counted(shown, "answered")) == (4, 0))
    heard = [len(stream.events) for stream in streams]
    for student in students[1:]:
        assert student.answer(1, keys[3]).status == 200
    after = lead.until(lambda shown: counted(shown, "answered") == 3)
    assert {part: after[part] for part in after if after[part] != before[part]} == {"counts": after["counts"]}
    # The first one has heard nothing of it, and what the others hear is their own.
    for stream in streams[1:]:
        assert stream.until(lambda shown: shown["mine"]["answer"] == [keys[3]])
    assert len(streams[0].events) == heard[0]
    for stream, before_it in zip(streams[1:], heard[1:], strict=True):
        [event] = stream.events[before_it:]
        assert event.startswith(b'data: {"mine": ')


def test_nothing_tells_the_answer_before_the_reveal(server: Server, lecturer: Lecturer) -> None:
    order, scores = covered(server)
    lead = lecturer.follow()
    key = lecturer.key(lead)
    students = [Student(lecturer) for _ in range(3)]
    streams = [student.follow() for student in students]
    lecturer.must("ask", **QUESTION)
    keys = options(streams[0].until(options))
    for student in students:
        student.answer(1, keys[3])
    lecturer.must("close", round=1)
    lead.until_said("closed")
    for stream in streams:
        stream.until_said("closed")
    assert keys != order and sorted(keys) == sorted(order)
    told = [*map(raw, streams), *(lead.shown[part] for part in (*PARTS, "said") if part != "form")]
    for each in told:
        assert not [score for score in scores if score in each]
        assert "cl-bar" not in each and "ss-column" not in each and "cl-outcome" not in each
    for stream in streams:
        assert "ss-cross_encoder" not in raw(stream) and raw(stream).count(f'data-key=\\"{keys[3]}') == 1
    assert counted(lead.shown, "answered") == 3 and ">3<" not in lead.shown["stage"]

    lecturer.must("reveal", round=1)
    shown = lead.until(lambda shown: "cl-outcome" in shown["stage"])
    assert points(shown) == {keys[3]: 3}
    assert all(score in shown["stage"] for score in scores)
    assert "ss-cross_encoder" in streams[0].until(lambda shown: "cl-places" in shown["screen"])["screen"]
    # What controls or opens the class is never told to a student; the lecturer's own link is put together in the page.
    for stream in streams:
        assert lecturer.secret not in raw(stream) and key not in raw(stream)
    assert lecturer.secret not in raw(lead) and key in raw(lead)


def test_no_phone_knows_which_method_found_a_document_or_what_others_say_of_it(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    students = [Student(lecturer) for _ in range(3)]
    streams = [student.follow() for student in students]
    lecturer.must("judge", **QUESTION, depth=10)
    handed = [stream.until(lambda shown: shown["mine"].get("cards"))["mine"]["cards"][0][0] for stream in streams]
    assert len(set(handed)) == 3
    for student, doc_id in zip(students, handed, strict=True):
        assert student.grade(1, doc_id, 2).status == 200
    for stream, doc_id in zip(streams, handed, strict=True):
        mine = stream.until(lambda shown: len(shown["mine"]["cards"]) == 2)["mine"]
        assert mine["grades"] == {doc_id: 2}
        assert not [name for name in ("encoder", "bm25", "ss-late", "alpha") if name in raw(stream)]
    # Nobody grades what another was handed.
    other = next(
        doc_id for doc_id in handed[1:] if doc_id not in [card[0] for card in streams[0].shown["mine"]["cards"]]
    )
    assert students[0].grade(1, other, 0).status == 422
    assert "3 judgements" in lead.until(lambda shown: "3 judgements" in shown["stage"])["stage"]


def test_a_lecturer_who_is_gone_is_missed_and_finds_the_class_again(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    student = Student(lecturer)
    screen = student.follow()
    lecturer.must("ask", **QUESTION)
    keys = options(screen.until(options))
    lead.until(lambda shown: counted(shown, "answered") == 0)
    lead.cut()
    assert screen.until(lambda shown: shown["away"] == AWAY)
    # What is answered meanwhile counts.
    assert student.answer(1, keys[0]).status == 200
    again = lecturer.follow()
    shown = again.until(lambda shown: "stage" in shown)
    assert (counted(shown, "joined"), counted(shown, "answered")) == (1, 1)
    assert set(PARTS) <= set(shown) and QUERY in shown["stage"]
    assert screen.until(lambda shown: shown["away"] == "")


def test_a_stream_that_is_cut_frees_its_place_and_the_answer_stays(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    students = [Student(lecturer) for _ in range(3)]
    streams = [student.follow() for student in students]
    lecturer.must("ask", **QUESTION)
    keys = options(streams[0].until(options))
    students[0].answer(1, keys[0])
    lead.until(lambda shown: (counted(shown, "joined"), counted(shown, "answered")) == (3, 1))
    streams[0].cut()
    streams[1].cut()
    lead.until(lambda shown: (counted(shown, "joined"), counted(shown, "answered")) == (1, 1))


def test_a_phone_that_wakes_up_gets_all_of_it_at_once(lecturer: Lecturer) -> None:
    student = Student(lecturer)
    screen = student.follow()
    lecturer.must("ask", **QUESTION)
    keys = options(screen.until(options))
    student.answer(1, keys[1])
    screen.until(lambda shown: shown["mine"].get("answer") == [keys[1]])
    screen.cut()
    lecturer.must("close", round=1)
    lecturer.must("again", round=1)
    awake = student.follow()
    shown = awake.until(options)
    assert (len(awake.events), shown["mine"]["answer"], shown["mine"]["before"]) == (1, [], [keys[1]])
    assert 'data-vote="2"' in shown["screen"]
    # The one that never slept shows the same.
    assert student.answer(1, keys[1], vote=2).status == 200
    now = awake.until(lambda shown: shown["mine"]["answer"] == [keys[1]])
    assert student.follow().until(options) == now


def test_of_too_many_windows_of_one_browser_the_oldest_is_told_so(lecturer: Lecturer) -> None:
    lead = lecturer.follow()
    student = Student(lecturer)
    windows = [student.follow() for _ in range(MOST_STREAMS + 1)]
    assert windows[0].until_ended()["elsewhere"] == ELSEWHERE
    lecturer.must("ask", **QUESTION)
    for window in windows[1:]:
        assert "elsewhere" not in window.until(options)
    assert counted(lead.until(lambda shown: counted(shown, "answered") == 0), "joined") == 1


def test_the_end_is_the_last_that_every_screen_hears(lecturer: Lecturer) -> None:
    lead, student = lecturer.follow(), Student(lecturer)
    screen = student.follow()
    screen.until(lambda shown: "screen" in shown)
    lecturer.must("end")
    shown = screen.until_ended()
    assert (shown["over"], shown["said"], ENDED_BY_LECTURER in shown["screen"]) == (True, ENDED_BY_LECTURER, True)
    last = lead.until_ended()
    assert (last["said"], last["door"], last["form"]) == (ENDED_BY_LECTURER, "", "")
