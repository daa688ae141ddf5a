"""Lists that may be taken away: the page's own list, whole, as a spreadsheet or CSV, at the page's own address.

`?download=xlsx` or `?download=csv` beside whatever filters and sorts the page: so who may, which rows and in which order are the
page's, and nobody downloads what they couldn't read there. Every download is written down (tenancy.models.Access).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from engine.sheets import write_csv, write_xlsx
from tenancy.models import TenantModel
from tenancy.services.access import record_download, roles_in_words
from tenancy.views.base import TenantView
from tenancy.words import Words

# More than this isn't a list that anybody reads, and would hold a web process for too long.
MOST_ROWS = 20_000
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# Of the address, what says which page or how long and not which rows.
NOT_FILTERS = ("download", "page", "per_page")


@dataclass(frozen=True)
class Column:
    """`value` is a function of the row, or the name of what to read: 'person.name' of an object, a key of a dict.

    `kind` is 'text', 'number', 'day' (a moment becomes its local day), 'moment' or 'yes' (Yes or No; empty for None).
    """

    heading: Words
    value: str | Callable[[Any], Any]
    kind: str = "text"

    def cell(self, row: Any) -> Any:
        return KINDS[self.kind](self.value(row) if callable(self.value) else read(row, self.value))


@dataclass(frozen=True)
class Sheet:
    """A list as data. `title` names the file and the sheet, and what the record says was taken away."""

    title: Words
    columns: Sequence[Column]
    rows: Iterable[Any]

    def cells(self) -> Iterator[list[Any]]:
        for row in self.rows:
            yield [column.cell(row) for column in self.columns]


def read(row: Any, name: str) -> Any:
    """A key of a dict, or attributes of an object one after the other; None where one of them is None."""
    if isinstance(row, dict):
        return row[name]
    for part in name.split("."):
        if row is None:
            return None
        row = getattr(row, part)
    return row


def _day(value: Any) -> Any:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _yes(value: Any) -> Any:
    return None if value is None else (_("Yes") if value else _("No"))


KINDS: dict[str, Callable[[Any], Any]] = {
    "text": lambda value: None if value is None else str(value),
    "number": lambda value: value,
    "day": _day,
    "moment": lambda value: value,
    "yes": _yes,
}


class Downloads(TenantView):
    """A page with a list. `sheet()` gives the whole of what the page shows a page of, narrowed and sorted by the same address.

    The template says `{% download_links %}` under the list.
    """

    def sheet(self) -> Sheet | None:
        """None when the page has no list at the moment."""
        raise NotImplementedError

    def download_subject(self) -> TenantModel | None:
        """What the list is of, for the record: a round, a cohort; None for the tenant's own lists."""
        return self.object if isinstance(self.object, TenantModel) else None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = request.GET.get("download")
        if form in TYPES and (sheet := self.sheet()) is not None:
            return self.download(sheet, form)
        return super().get(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("downloads", True)
        return super().get_context_data(**kwargs)

    def download(self, sheet: Sheet, form: str) -> HttpResponse:
        kept = [(name, value) for name, value in self.request.GET.items() if name not in NOT_FILTERS and value]
        rows = list(islice(sheet.cells(), MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            text = _("The list has more than %(most)s rows. Narrow it down, then download it.")
            messages.error(self.request, text % {"most": f"{MOST_ROWS:,}"})
            return HttpResponseRedirect(f"{self.request.path}?{urlencode(kept)}")
        title = str(sheet.title)
        headings = [str(column.heading) for column in sheet.columns]
        content = write_xlsx(headings, rows, title) if form == "xlsx" else write_csv(headings, rows)
        record_download(
            what=title,
            subject=self.download_subject(),
            role=roles_in_words(self.actor),
            filters=", ".join(f"{name}: {value}" for name, value in kept),
            form=form,
            rows=len(rows),
            by=self.actor,
        )
        name = f"{slugify(title) or 'list'}-{timezone.localdate().isoformat()}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type=TYPES[form], headers=headers)
