"""Names of fictional people: combined in a fixed order, so that every load makes the same cast. Nobody here is real."""

from __future__ import annotations

from collections.abc import Iterator

FIRST = (
    "Amara Bethan Callum Deepa Eleri Farouk Grace Hamish Imogen Jerome Kirsty Leila Morwenna Nikhil Oonagh Patrice "
    "Quentin Rosalind Siobhan Tariq Una Vikram Wendy Xanthe Yusuf Zainab Alasdair Bronwyn Cyril Dilys Emeka Fiona "
    "Gethin Hyacinth Ifeoma Jocelyn Kwame Lowri Maeve Ngozi Olwen Parveen Rhodri Sanjay Temperance Ulrika Verity "
    "Winston Yasmin Zachary"
).split()
LAST = (
    "Abernathy Bosworth Chakrabarti Dunmore Eastaugh Featherstone Goldhanger Harkness Inworth Jessop Kelvedon "
    "Langenhoe Mersea Nwosu Oyelaran Peldon Quendon Rivenhall Saffron Thorrington Ulting Virley Wivenhoe Yeldham "
    "Zubairi Ardleigh Bocking Copford Dedham Elmstead Fingringhoe Gosfield Halstead Ingatestone Jaywick Kirby "
    "Layer Messing Nazeing Osyth Pebmarsh Rettendon Stisted Tolleshunt Ugley Wickham Birdbrook Hempstead Lindsell "
    "Manuden"
).split()
# Names that break pages which were tried with short ones only: long, hyphenated, accented, right to left, astral.
UNUSUAL = [
    "Órlaith Ní Dhomhnaill-Featherstonehaugh",
    "Zoë D’Arcy-O’Shaughnessy",
    "Nguyễn Thị Ánh Tuyết",
    "ليلى الزهراني",
    "Maximiliana Wolfeschlegelstein-Hausenbergerdorff-Carruthers",
    "𐐀𐐯𐑌 𐐜𐐲𐑉𐑌",
]


def people(start: int = 0) -> Iterator[str]:
    """An endless, fixed sequence of names from number `start`; no two alike among the first 2,500."""
    number = start
    while True:
        yield f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + number // len(FIRST)) % len(LAST)]}"
        number += 1
