"""Figures that a strict content policy, a colour-blind reader, a grey printer and a screen reader can all use."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import figures
from engine.figures.canvas import INK, SHADES, WHITE, WIDTH, ink_on, luminance, text_width, wrap
from engine.figures.rag import FILLS

SVG = "{http://www.w3.org/2000/svg}"
STAGES = [("Nominated", 128), ("Applied", 96), ("Scored", None), ("Offered", 50)]
GROUPS = [("Local government", 42, 35), ("Health", 12.5, 25), ("Voluntary", None, 15), ("Business", 3, None)]
CHANGES = [("Confidence", 2.8, 4.1, 24), ("Power", None, None, None), ("Calm", 3.0, 3.0, 23)]
SHARES = [("Basildon", [4, 10, 22]), ("Harlow", [1, 0, 5]), ("Thurrock", [None, 2, 1])]
EVENTS = [("Launch", 48, 50), ("Module 2", None, 50), ("End", 0, 0)]
PEOPLE = [("Zoë O’Brien", ["present", "part", None]), ("Tom Shaw", ["absent", "apologies", "present"])]
MARKS = [*(figures.Mark(0, 3, n, n % 2 == 0) for n in range(1, 8)), figures.Mark(2, 0, 60, False)]


def on_grid(marks: list[figures.Mark], title: str) -> str:
    rows, columns = ["High", "Medium", "Low"], ["Against", "Neutral", "Supportive", "Champion"]
    return figures.placed(
        marks, rows=rows, columns=columns, scale="Influence", title=title, settled="there", moving="not yet there"
    )


ALL = {
    "funnel": lambda title: figures.funnel(STAGES, title=title),
    "balance": lambda title: figures.balance_bars(GROUPS, title=title),
    "rag": lambda title: figures.rag_strip({"red": 2, "amber": None, "green": 9, "none": 1}, title=title),
    "change": lambda title: figures.paired_change(CHANGES, title=title),
    "share": lambda title: figures.stacked_share(SHARES, series=["No", "Maybe", "Yes"], title=title),
    "attendance": lambda title: figures.attendance_bars(EVENTS, title=title),
    "grid": lambda title: figures.attendance_grid(PEOPLE, events=["Launch", "M1", "End"], title=title),
    "placed": lambda title: on_grid(MARKS, title),
}
every_figure = pytest.mark.parametrize("draw", ALL.values(), ids=ALL)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def shapes(svg: str, kind: str) -> list[dict[str, str]]:
    return [node.attrib for node in ElementTree.fromstring(svg).iter(f"{SVG}{kind}")]


@every_figure
def test_only_drawing_and_no_style_script_or_address(draw) -> None:
    svg = draw("Funnel")
    allowed = {"svg", "title", "rect", "line", "circle", "text"}
    for node in ElementTree.fromstring(svg).iter():
        assert node.tag.removeprefix(SVG) in allowed
        assert not any(name in ("style", "id", "href") or name.startswith("on") for name in node.attrib)
    assert svg.count("http") == 1  # the namespace


@every_figure
def test_it_has_a_role_a_name_and_bends_to_its_place(draw) -> None:
    root = ElementTree.fromstring(draw("How cohort 2 came about"))
    assert root.get("role") == "img"
    assert root.get("aria-label").startswith("How cohort 2 came about. ")
    assert root.find(f"{SVG}title").text == root.get("aria-label")
    assert root.get("class") == "baton-figure"
    assert root.get("viewBox").startswith(f"0 0 {WIDTH} ")
    assert root.get("width") is None


@every_figure
def test_everything_stands_inside_the_picture(draw) -> None:
    root = ElementTree.fromstring(draw("x"))
    height = float(root.get("viewBox").split()[3])
    for node in root:
        a = node.attrib
        if node.tag == f"{SVG}rect":
            assert -4 <= float(a["x"]) <= float(a["x"]) + float(a["width"]) <= WIDTH + 0.01
            assert -4 <= float(a["y"]) <= float(a["y"]) + float(a["height"]) <= height
        if node.tag == f"{SVG}text":
            wide = text_width(node.text or "", int(a["font-size"]))
            left = {"start": 0, "middle": wide / 2, "end": wide}[a["text-anchor"]]
            assert float(a["x"]) - left >= -8
            assert float(a["x"]) - left + wide <= WIDTH + 8
            assert float(a["y"]) <= height


@settings(max_examples=60, deadline=None)
@given(st.text(), st.sampled_from(sorted(ALL)))
def test_any_title_is_escaped(title: str, name: str) -> None:
    root = ElementTree.fromstring(ALL[name](title))
    assert "script" not in {node.tag for node in root.iter()}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=80), st.one_of(st.none(), st.integers(0, 10**7))), max_size=5))
def test_any_funnel_is_well_formed(stages: list[tuple[str, int | None]]) -> None:
    ElementTree.fromstring(figures.funnel(stages, title="<script>alert(1)</script>"))


def test_markup_in_a_label_stays_text() -> None:
    svg = figures.funnel([("</text><script>x()</script>", 3)], title='"><script>')
    assert "<script" not in svg
    assert any("<script>" in text for text in texts(svg))


@pytest.mark.parametrize(
    "empty",
    [
        figures.funnel([], title="T <b>"),
        figures.funnel([("A", 0), ("B", 0)], title="T <b>"),
        figures.balance_bars([], title="T <b>"),
        figures.balance_bars([("A", 0, None)], title="T <b>"),
        figures.rag_strip({}, title="T <b>"),
        figures.rag_strip({"red": 0, "green": 0}, title="T <b>"),
        figures.paired_change([], title="T <b>"),
        figures.stacked_share([("A", [0, 0])], series=["x", "y"], title="T <b>"),
        figures.attendance_bars([("A", 0, 0)], title="T <b>"),
        figures.attendance_grid([], events=["x"], title="T <b>"),
        on_grid([], "T <b>"),
    ],
)
def test_nothing_to_show_is_a_sentence(empty: str) -> None:
    assert empty.startswith('<p class="govuk-body">T &lt;b&gt;: ')
    assert "nothing to show" in empty


@pytest.mark.parametrize(
    "withheld",
    [
        figures.funnel([("A", None)], title="T"),
        figures.balance_bars([("A", None, 3)], title="T"),
        figures.rag_strip({"red": None}, title="T"),
        figures.paired_change([("A", None, 3.0, 4)], title="T"),
        figures.stacked_share([("A", [None, 3])], series=["x", "y"], title="T"),
        figures.attendance_bars([("A", None, 4)], title="T"),
    ],
)
def test_all_withheld_is_a_sentence(withheld: str) -> None:
    assert "<svg" not in withheld
    assert "not shown" in withheld


def test_funnel_gives_share_of_the_stage_before_but_not_around_a_withheld_one() -> None:
    assert texts(figures.funnel(STAGES, title="x")) == [
        "Nominated", "128", "Applied", "96 (75%)", "Scored", "not shown", "Offered", "50",
    ]  # fmt: skip
    assert figures.funnel_table(STAGES).rows == [
        ["Nominated", "128", ""],
        ["Applied", "96", "75%"],
        ["Scored", "not shown", ""],
        ["Offered", "50", ""],
    ]
    bars = [float(rect["width"]) for rect in shapes(figures.funnel(STAGES, title="x"), "rect") if "stroke" not in rect]
    assert bars == pytest.approx([WIDTH, WIDTH * 96 / 128, WIDTH * 50 / 128], abs=0.1)


def test_a_withheld_part_cannot_be_worked_out_from_its_row() -> None:
    svg = figures.stacked_share(SHARES, series=["No", "Maybe", "Yes"], title="x")
    assert "33%" not in svg
    assert figures.share_table(SHARES, series=["No", "Maybe", "Yes"]).rows[2] == ["Thurrock", *["not shown"] * 4]
    assert figures.change_table([("A", None, 3.4, 4)]).rows == [["A", "not shown", "not shown", "not shown", "4"]]
    assert "3.4" not in figures.paired_change([("A", None, 3.4, 4), *CHANGES], title="x")


def test_withheld_part_of_the_strip_has_one_width_whatever_it_holds() -> None:
    first = shapes(figures.rag_strip({"red": None, "green": 90}, title="x"), "rect")[0]["width"]
    second = shapes(figures.rag_strip({"red": None, "green": 3}, title="x"), "rect")[0]["width"]
    assert first == second


def test_dumbbell_stands_on_its_scale() -> None:
    svg = figures.paired_change([("A", 1, 5, 9)], title="x", scale=(1, 5))
    before, after = [float(circle["cx"]) for circle in shapes(svg, "circle")][2:]
    assert (before, after) == (12, WIDTH - 12)
    assert texts(svg)[-5:] == ["1", "2", "3", "4", "5"]


def test_target_mark_stands_where_the_target_is() -> None:
    rects = shapes(figures.balance_bars([("A", 20, 40), ("B", 40, None)], title="x"), "rect")
    bars = [rect for rect in rects if rect["height"] == "18"]
    mark = next(rect for rect in rects if rect["fill"] == INK)
    assert float(mark["x"]) + 1 == pytest.approx(float(bars[1]["width"]) * 2, abs=0.1)


def test_tables_say_what_the_pictures_show() -> None:
    assert figures.balance_table(GROUPS).rows[1:] == [
        ["Health", "12.5%", "25%"],
        ["Voluntary", "not shown", "15%"],
        ["Business", "3%", "no target"],
    ]
    assert figures.rag_table({"green": 9, "red": None}).rows == [["Red", "not shown"], ["Green", "9"]]
    assert figures.change_table(CHANGES).rows[0] == ["Confidence", "2.8", "4.1", "+1.3", "24"]
    assert figures.attendance_table(EVENTS).rows == [
        ["Launch", "48", "50", "96%"],
        ["Module 2", "not shown", "50", ""],
        ["End", "0", "0", ""],
    ]
    assert figures.grid_table(PEOPLE, events=["a", "b", "c"]).rows[0][1:] == [
        "Present",
        "Part of the time",
        "Not recorded",
    ]
    assert figures.share_table(SHARES, series=["a", "b", "c"]).rows[1] == [
        "Harlow",
        "1 (17%)",
        "0 (0%)",
        "5 (83%)",
        "6",
    ]


@pytest.mark.parametrize("shades", [SHADES, [FILLS[key] for key in ("red", "green", "amber")]])
def test_neighbouring_colours_differ_in_grey(shades: list[str]) -> None:
    for dark, light in pairwise(shades):
        assert (luminance(light) + 0.05) / (luminance(dark) + 0.05) >= 1.45


@pytest.mark.parametrize("fill", [*SHADES, *FILLS.values()])
def test_text_on_a_colour_can_be_read(fill: str) -> None:
    light, dark = sorted((luminance(ink_on(fill)), luminance(fill)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.1
    assert ink_on(fill) in (INK, WHITE)


def test_long_labels_wrap_and_are_cut_last() -> None:
    lines = wrap("Understanding of the wider system in which every partner works, day by day and year by year", 200, 15)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert all(text_width(line, 15) <= 215 for line in lines)
    assert wrap("x" * 500, 100, 15)[1].endswith("…")
    assert wrap("", 100, 15) == [""]


def test_a_rating_or_state_unknown_to_the_figure_is_an_error() -> None:
    with pytest.raises(ValueError, match="blue"):
        figures.rag_strip({"blue": 1}, title="x")
    with pytest.raises(ValueError, match="late"):
        figures.attendance_grid([("A", ["late"])], events=["x"], title="x")
    with pytest.raises(ValueError, match="at most 6"):
        figures.stacked_share([("A", [1] * 7)], series=list("abcdefg"), title="x")


def test_same_figures_same_picture() -> None:
    assert ALL["share"]("x") == ALL["share"]("x")
    assert not re.search(r"\d{4}-\d\d-\d\d", ALL["share"]("x"))


def test_a_cell_grows_with_its_marks_and_shapes_tell_who_is_there() -> None:
    svg = on_grid(MARKS, "x")
    circles, height = shapes(svg, "circle"), float(ElementTree.fromstring(svg).get("viewBox").split()[3])
    # the marks, and one of each kind in the legend
    assert len(circles) == len(MARKS) + 2 and [c["fill"] for c in circles].count("#ffffff") == 5 + 1
    assert len(shapes(svg, "line")) == 2 * (5 + 1)  # an arrow is two lines, of those alone who aren't there
    assert len({(c["cx"], c["cy"]) for c in circles}) == len(circles)
    assert height > float(ElementTree.fromstring(on_grid(MARKS[:1], "x")).get("viewBox").split()[3])
