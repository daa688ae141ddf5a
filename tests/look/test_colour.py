import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from engine.colour import INK, WHITE, brand_css, check_brand_colour, contrast_ratio, readable_on

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_of_known_pairs() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast_ratio("#1d70b8", "#ffffff") == pytest.approx(5.17, abs=0.01)


@given(colours, colours)
def test_contrast_has_no_direction_and_keeps_its_bounds(a: str, b: str) -> None:
    assert contrast_ratio(a, b) == contrast_ratio(b, a)
    assert 1 <= contrast_ratio(a, b) <= 21


@given(colours)
def test_an_accepted_colour_can_be_read_and_seen(colour: str) -> None:
    try:
        check_brand_colour(colour)
    except ValidationError:
        assert contrast_ratio(colour, WHITE) < 3 or max(contrast_ratio(colour, t) for t in (WHITE, INK)) < 4.5
    else:
        assert contrast_ratio(colour, readable_on(colour)) >= 4.5
        assert contrast_ratio(colour, WHITE) >= 3


@pytest.mark.parametrize(("colour", "code"), [("#ffdd00", "too_light"), ("#0073f0", "no_text"), ("red", "form")])
def test_refused_with_its_reason(colour: str, code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_brand_colour(colour)
    assert refusal.value.code == code


def test_stylesheet_takes_nothing_but_a_colour() -> None:
    assert brand_css("#1D5B79") == ":root{--baton-brand:#1d5b79;--baton-brand-text:#ffffff}\n"
    for text in ("#1d5b79}body{display:none", "#1d5b79\n", "url(x)"):
        with pytest.raises(ValueError, match="not a colour"):
            brand_css(text)
