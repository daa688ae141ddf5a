"""Names as people type them: sorted alike everywhere, recognised where it's safe, left to people where it isn't."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.names import Known, clean_email, guess, sort_key, split_name
from tenancy.names import reads_as_link

# Public bodies of one county with the short names in use there.
KNOWN = [
    Known(name, name, (short,))
    for name, short in [
        ("Essex County Council", "ECC"),
        ("Southend-on-Sea City Council", "Southend"),
        ("Thurrock Council", "Thurrock"),
        ("Basildon Borough Council", "Basildon"),
        ("Braintree District Council", "Braintree"),
        ("Brentwood Borough Council", "Brentwood"),
        ("Castle Point Borough Council", "Castle Point"),
        ("Chelmsford City Council", "Chelmsford"),
        ("Colchester City Council", "Colchester"),
        ("Epping Forest District Council", "Epping Forest"),
        ("Harlow District Council", "Harlow"),
        ("Maldon District Council", "Maldon"),
        ("Rochford District Council", "Rochford"),
        ("Tendring District Council", "Tendring"),
        ("Uttlesford District Council", "Uttlesford"),
        ("Essex Police", "Essex Police"),
        ("Essex County Fire and Rescue Service", "ECFRS"),
        ("Office of the Police, Fire and Crime Commissioner for Essex", "PFCC"),
        ("Mid and South Essex NHS Foundation Trust", "MSEFT"),
        ("East Suffolk and North Essex NHS Foundation Trust", "ESNEFT"),
        ("The Princess Alexandra Hospital NHS Trust", "PAHT"),
        ("Essex Partnership University NHS Foundation Trust", "EPUT"),
        ("East of England Ambulance Service NHS Trust", "EEAST"),
        ("NHS Mid and South Essex Integrated Care Board", "MSE ICB"),
        ("NHS Suffolk and North East Essex Integrated Care Board", "SNEE ICB"),
        ("University of Essex", "UoE"),
        ("Anglia Ruskin University", "ARU"),
        ("Colchester Institute", "Colchester Institute"),
        ("South Essex College", "SEC"),
        ("Community360", "C360"),
        ("Rural Community Council of Essex", "RCCE"),
        ("Essex Community Foundation", "ECF"),
        ("Active Essex", "Active Essex"),
        ("Essex Chambers of Commerce", "Essex Chambers"),
        ("Probation Service East of England", "Probation"),
        ("Department for Work and Pensions", "DWP"),
    ]
]


@pytest.mark.parametrize("record", KNOWN, ids=lambda record: record.aliases[0])
def test_full_and_short_name_are_certain(record: Known) -> None:
    for typed in (record.name, record.name.upper() + " ", record.name.lower()):
        found = guess(typed, KNOWN)
        assert (found.best, found.confidence, found.reason) == (record.id, 1.0, "exact")
    short = guess(record.aliases[0], KNOWN)
    assert (short.best, short.confidence) == (record.id, 1.0)


@pytest.mark.parametrize(
    ("typed", "meant", "reason"),
    [
        ("Essex C.C.", "Essex County Council", "abbreviation"),
        ("Essex CC", "Essex County Council", "abbreviation"),
        ("essex county council ", "Essex County Council", "exact"),
        ("Essex\u00a0County  Council", "Essex County Council", "exact"),
        ("Essex Conuty Council", "Essex County Council", "similar"),
        ("Southend City Council", "Southend-on-Sea City Council", "similar"),
        ("Southend on Sea Borough Council", "Southend-on-Sea City Council", "similar"),
        ("MSEFT", "Mid and South Essex NHS Foundation Trust", "alias"),
        ("Mid & South Essex NHS FT", "Mid and South Essex NHS Foundation Trust", "abbreviation"),
        ("NHS Mid & South Essex ICB", "NHS Mid and South Essex Integrated Care Board", "abbreviation"),
        ("ESNEFT", "East Suffolk and North Essex NHS Foundation Trust", "alias"),
        ("EPUT NHS FT", "Essex Partnership University NHS Foundation Trust", "similar"),
        ("Basildon", "Basildon Borough Council", "alias"),
        ("Basildon B.C.", "Basildon Borough Council", "abbreviation"),
        ("Castlepoint Borough Council", "Castle Point Borough Council", "exact"),
        ("Colchster City Council", "Colchester City Council", "similar"),
        ("Colchester Borough Council", "Colchester City Council", "similar"),
        ("Thurock council", "Thurrock Council", "similar"),
        ("Essex University", "University of Essex", "abbreviation"),
        ("U.o.E.", "University of Essex", "alias"),
        ("Dept for Work & Pensions", "Department for Work and Pensions", "abbreviation"),
        ("Princess Alexandra Hospital", "The Princess Alexandra Hospital NHS Trust", "similar"),
        ("East of England Ambulance", "East of England Ambulance Service NHS Trust", "similar"),
        ("Essex County Fire & Rescue", "Essex County Fire and Rescue Service", "similar"),
        ("S. Essex College", "South Essex College", "similar"),
        ("Community 360", "Community360", "exact"),
        ("Rural Community Council for Essex", "Rural Community Council of Essex", "exact"),
    ],
)
def test_what_people_type_is_recognised(typed: str, meant: str, reason: str) -> None:
    found = guess(typed, KNOWN)
    assert (found.best, found.reason) == (meant, reason)
    assert (found.confidence == 1.0) == (reason in ("exact", "alias"))


@pytest.mark.parametrize(
    "typed",
    [
        "Suffolk County Council",
        "Kent Police",
        "University of East Anglia",
        "Southend Hospital",
        "Job Centre",
        "NHS Essex",
        "Council",
        "Essex",
        "Mid and South Essex",
        "Essex Fire",
        "X",
        "",
        "  ",
        "...",
    ],
)
def test_another_body_or_one_of_several_is_never_guessed(typed: str) -> None:
    found = guess(typed, KNOWN)
    assert (found.best, found.confidence, found.reason) == (None, 0.0, "none")


def test_near_candidates_are_offered_and_not_chosen() -> None:
    found = guess("Mid and South Essex", KNOWN)
    assert found.alternatives[:2] == [
        "Mid and South Essex NHS Foundation Trust",
        "NHS Mid and South Essex Integrated Care Board",
    ]
    twins = [Known(1, "Lincoln City Council"), Known(2, "Lincoln County Council")]
    assert guess("Lincoln CC", twins).best is None
    assert sorted(guess("Lincoln CC", twins).alternatives) == [1, 2]
    assert guess("Lincoln Council", twins).best is None


def test_two_records_of_one_name_are_never_chosen_between() -> None:
    assert guess("Active Essex", [Known(1, "Active Essex"), Known(2, "Active  Essex")]).best is None


def test_initials_count_only_while_they_fit_one() -> None:
    assert guess("KFRS", [Known(1, "Kent Fire and Rescue Service")]).best == 1
    two = [Known(1, "Kent Fire and Rescue Service"), Known(2, "Kent Family Relief Society")]
    assert guess("KFRS", two).best is None


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(typed: str) -> None:
    found = guess(typed, KNOWN)
    assert 0 <= found.confidence <= 1
    assert (found.best is None) == (found.confidence == 0)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("O’Brien-Ní Dhomhnaill", "obrien ni dhomhnaill"),
        ("O'BRIEN", "obrien"),
        ("Straße", "strasse"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("  Zoë  ", "zoe"),
        ("Zoe\u0308", "zoe"),
        ("ＡＢＣ", "abc"),
        ("王小明", "王小明"),
        ("शक्ति", "शक्ति"),
        ("!!!", "!!!"),
    ],
)
def test_sort_key(name: str, key: str) -> None:
    assert sort_key(name) == key


@given(st.text(max_size=60))
def test_sort_key_is_stable(name: str) -> None:
    assert sort_key(sort_key(name)) == sort_key(name)


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Jane Shaw", ("Jane", "Shaw")),
        ("Shaw, Jane", ("Jane", "Shaw")),
        ("SHAW, Dr Jane", ("Jane", "SHAW")),
        ("Dr. Jane Anne Shaw OBE", ("Jane Anne", "Shaw")),
        ("Jane Shaw, MBE", ("Jane", "Shaw")),
        ("Ludo van der Berg", ("Ludo", "van der Berg")),
        ("Cllr Mary O’Brien-Smith", ("Mary", "O’Brien-Smith")),
        ("Madonna", ("Madonna", "")),
        ("Van Morrison", ("Van", "Morrison")),
        ("", ("", "")),
    ],
)
def test_split_name(full: str, parts: tuple[str, str]) -> None:
    assert split_name(full) == parts


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("KEVIN.ROBERTS@ECC.EXAMPLE  ", "kevin.roberts@ecc.example"),
        ("Francis.Lee@Colchesterinstitute.Example", "francis.lee@colchesterinstitute.example"),
        ("mailto:jane@x.example", "jane@x.example"),
        ("Jane Shaw <Jane@X.example>", "jane@x.example"),
        ("jane@x.example;", "jane@x.example"),
        ("\u200bjane@x.example\u00a0", "jane@x.example"),
        ("not an address", None),
        ("a@x.example; b@x.example", None),
        ("jane@x", None),
        ("jane@x..example", None),
        ("jane @x.example", None),
        ("a" * 250 + "@x.example", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_clean_email(raw: object, clean: str | None) -> None:
    assert clean_email(raw) == clean


@pytest.mark.parametrize(
    ("name", "is_link"),
    [
        ("J. R. Smith", False),
        ("J.R.R. Tolkien", False),
        ("J.-P. Sartre", False),
        ("St. John Rivers", False),
        ("Anne O’Neill Ph.D.", False),
        ("Dr. med. Ute Weiß", False),
        ("\u200fد. أحمد", False),
        ("\U00020bb7野家", False),
        ("नीना शर्मा", False),
        ("www.", True),
        ("Win at evil.example", True),
        ("t.co", True),
        ("ev\u200bil.\u200bcom", True),
        ("evil\uff0ecom", True),
        ("evil\u3002com", True),
        ("नीनी.भारत", True),
        ("\U00020000.\u4e2d\u56fd", True),
        ("https://x", True),
        ("a\uff0fb", True),
        ("me@home", True),
        ("Prize: claim", True),
    ],
)
def test_reads_as_link(name: str, is_link: bool) -> None:
    assert reads_as_link(name) is is_link
