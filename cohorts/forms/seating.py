"""Forms of seating plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cohorts.mixing import TRAITS, Aim
from cohorts.models import Event, Seating, SeatingKind
from cohorts.seating import MOST_TABLES, TABLE_AIMS, usual_tables
from engine.forms import BatonForm, Radios
from engine.forms.fields import SeenField
from tenancy.models import Person

NUMBER = {"inputmode": "numeric", "class": "govuk-input--width-3"}


class SeatingComposeForm(BatonForm):
    submit_label = _("Compose the tables")

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("People read it if there are several plans, such as “Morning” and “After lunch”."),
        error_messages={"required": _("Enter a name")},
    )
    kind = forms.ChoiceField(label=_("What for?"), choices=SeatingKind.choices, widget=Radios(inline=True))
    tables = forms.IntegerField(
        label=_("How many tables or groups?"),
        min_value=2,
        max_value=MOST_TABLES,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={"required": _("Enter how many tables or groups")},
    )
    seats = forms.IntegerField(
        label=_("How many seats has each?"),
        required=False,
        min_value=2,
        max_value=30,
        widget=forms.TextInput(attrs=NUMBER),
        help_text=_("Leave it empty if chairs can be moved."),
    )
    easy = forms.IntegerField(
        label=_("How many of them are step-free and near the door?"),
        min_value=0,
        max_value=MOST_TABLES,
        widget=forms.TextInput(attrs=NUMBER),
        help_text=_(
            "They are the first ones, from Table 1. From four weeks before the event whoever asked for such a table sits there,"
            " others too, and the plan says nowhere why."
        ),
        error_messages={"required": _("Enter how many are step-free and near the door, or 0")},
    )
    guests = forms.BooleanField(label=_("With guests who are coming"), required=False)
    officers = forms.BooleanField(label=_("With chief officers who have promised to be there"), required=False)
    seen = SeenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, trait in TRAITS.items():
            self.fields[name] = forms.ChoiceField(label=trait.label, choices=Aim.choices)
        self.fields["fresh"] = forms.ChoiceField(
            label=_("People who have sat or worked together before"),
            choices=[
                (Aim.MORE, _("Apart, above all")),
                (Aim.MIX, _("Rather not together")),
                (Aim.LEAVE, _("Leave out of account, but for this event’s other plans")),
            ],
        )

    @staticmethod
    def initial_for(event: Event, people: int, name: str) -> dict[str, Any]:
        """The tables of the venue's room where it's known, as many as are needed; or tables of about seven."""
        venue = event.venue
        tables = usual_tables(people)
        if venue and venue.tables:
            tables = venue.tables
            if venue.seats_each:
                tables = max(2, min(tables, -(-people // venue.seats_each)))
            tables = max(2, min(tables, people // 2))
        easy = min(venue.easy_tables, tables) if venue and venue.easy_tables is not None else 1
        return {
            "name": name,
            "kind": SeatingKind.TABLES,
            "tables": tables,
            "seats": venue.seats_each if venue else None,
            "easy": easy,
            "guests": True,
            **TABLE_AIMS,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        aims = {name: data.pop(name) for name in TABLE_AIMS if name in data}
        return {**data, "aims": aims}


class SeatingKeepForm(BatonForm):
    submit_label = _("Go on with these groups")

    source = forms.ModelChoiceField(
        label=_("Which design groups?"),
        queryset=None,
        to_field_name="public_id",
        empty_label=_("Choose"),
        error_messages={"required": _("Choose the design groups to go on with")},
    )

    def __init__(self, *args: Any, sources: QuerySet[Seating], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        field.queryset = sources  # type: ignore[attr-defined]
        field.label_from_instance = lambda row: f"{row.name}: {row.event.title}"  # type: ignore[attr-defined]


class SeatingPairForm(BatonForm):
    submit_label = _("Add")

    first = forms.ChoiceField(label=_("First person"), error_messages={"required": _("Choose the first person")})
    second = forms.ChoiceField(label=_("Second person"), error_messages={"required": _("Choose the second person")})
    wish = forms.ChoiceField(
        label=_("At this event they sit"),
        choices=(("together", _("Together")), ("apart", _("Apart"))),
        widget=Radios(inline=True),
        error_messages={"required": _("Choose whether they sit together or apart")},
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.public_id: person for person in people}
        choices = [("", _("Choose")), *((p.public_id, p.name) for p in people)]
        self.fields["first"].choices = self.fields["second"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("first", "second"):
            if name in data:
                data[name] = self.people[data[name]]
        if "wish" in data:
            data["together"] = data.pop("wish") == "together"
        return data


class SeatMoveForm(BatonForm):
    """Where one person goes: a table's public id, or NOWHERE. The page has such a form beside each name."""

    NOWHERE = "none"

    table = forms.CharField(label=_("Move to"), widget=forms.Select, max_length=40)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"%s-{person.public_id}", **kwargs)
        self.person = person
        self.fields["table"].error_messages["required"] = _("Choose where to move %(name)s") % {"name": person.name}
