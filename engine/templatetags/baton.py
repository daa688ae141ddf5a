"""The tags and filters of every template of Baton. The library is built in, so templates needn't load it."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from engine import dates
from engine.browsers import browser_name
from engine.forms.bound import render_bound_field
from engine.forms.components import flat_attributes, render_component
from engine.forms.errors import error_summary as summary_of
from tenancy.vocabulary import open_tenant, term

register = template.Library()

for phrase in (
    dates.uk_date,
    dates.uk_weekday,
    dates.uk_time,
    dates.uk_datetime,
    dates.uk_deadline,
    dates.in_days,
):
    register.filter(phrase.__name__, phrase)
    register.simple_tag(phrase, name=phrase.__name__)
register.simple_tag(dates.uk_period, name="uk_period")
register.filter("attributes", flat_attributes)
register.filter("browser_name", browser_name)

DOWNLOADS = {"xlsx": gettext_lazy("Download as spreadsheet"), "csv": gettext_lazy("Download as CSV")}
TAG_COLOURS = frozenset(
    {"grey", "green", "turquoise", "blue", "light-blue", "purple", "pink", "red", "orange", "yellow"}
)


@register.simple_tag(takes_context=True, name="term")
def term_tag(context: Context, key: str, count: int = 1) -> str:
    """The tenant's own word: {% term "learning set" 2 as sets %}. Singular for a count of 1."""
    return term(context.get("tenant") or open_tenant(), key, count)


@register.filter
def person_name(person: Any) -> str:
    """A person's name as they write it; never guessed from an address."""
    return "" if person is None else str(getattr(person, "name", person))


@register.simple_block_tag(takes_context=True)
def page_title(context: Context, content: str) -> str:
    """'Error: Your role – Essex – Baton', from what stands between the tags and from the page's context."""
    tenant = context.get("tenant")
    where = [tenant.name if tenant else "", context.get("portal_name") or "Baton"]
    parts = [" ".join(content.split()), *(conditional_escape(name) for name in where)]
    title = " – ".join(part for part in parts if part)
    form: Any = context.get("form")
    wrong = context.get("page_has_errors") or (getattr(form, "is_bound", False) and form.errors)
    # the content is a rendered piece of template, so it's escaped already
    return SafeString(f"{gettext('Error:')} {title}" if wrong else title)


@register.simple_tag
def status_tag(text: str, colour: str = "") -> SafeString:
    """A status in words; its colour only repeats what the word says."""
    if colour and colour not in TAG_COLOURS:
        raise template.TemplateSyntaxError(f"no tag has the colour {colour!r}: {sorted(TAG_COLOURS)}")
    return render_component("tag", {"text": text, "classes": f"govuk-tag--{colour}" if colour else ""})


def in_sentence(label: str) -> str:
    """A label inside a sentence: its first word loses the capital, unless it stands alone or is an abbreviation (I, RAG)."""
    first = label.split(" ", 1)[0]
    return label if len(first) < 2 or first[1:] != first[1:].lower() else f"{first.lower()}{label[len(first) :]}"


def _summary_row(row: dict[str, Any]) -> dict[str, Any]:
    actions = row.get("actions") or ([row] if row.get("href") else [])
    return {
        "key": {"text": row["key"]},
        "value": {"text": row["value"]},
        "actions": {
            "items": [
                {
                    "href": action["href"],
                    "text": action.get("text") or gettext("Change"),
                    "visually_hidden_text": action.get("about") or in_sentence(str(row["key"])),
                }
                for action in actions
            ]
        },
    }


@register.simple_tag
def summary_list(rows: list[dict[str, Any]], title: str = "", classes: str = "") -> SafeString:
    """Rows are {key, value} with `href` for a 'Change' link, or `actions`: [{href, text, about}]. With a title: a card."""
    params: dict[str, Any] = {"rows": [_summary_row(row) for row in rows], "classes": classes}
    if title:
        params["card"] = {"title": {"text": title}}
    return render_component("summary_list", params)


def _task(item: dict[str, Any]) -> dict[str, Any]:
    colour = item.get("colour")
    status = {"text": item["status"], "classes": f"govuk-tag--{colour}"} if colour else None
    return {
        "title": {"text": item["text"]},
        "href": item.get("href"),
        "hint": {"text": item["hint"]} if item.get("hint") else None,
        "status": {"tag": status}
        if status
        else {
            "text": item["status"],
            "classes": "" if item.get("href") else "govuk-task-list__status--cannot-start-yet",
        },
    }


@register.simple_tag
def task_list(items: list[dict[str, Any]], prefix: str = "task-list") -> SafeString:
    """Items are {text, href, status, colour, hint}: no colour for what is done, no href for what can't start yet."""
    return render_component("task_list", {"items": [_task(item) for item in items], "id_prefix": prefix})


def _with_query(context: Context, **changes: Any) -> str:
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is None:
        return "?" + "&".join(f"{name}={value}" for name, value in changes.items())
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The address of this list with some of its parameters changed; None takes one away."""
    return _with_query(context, **changes)


@register.simple_tag(takes_context=True)
def pagination(context: Context, page_obj: Any, parameter: str = "page") -> SafeString:
    """Links to the pages of a list, keeping its filter and order. Nothing when there is one page."""
    paginator = page_obj.paginator
    if paginator.num_pages < 2:
        return SafeString("")

    def link(number: int) -> str:
        return _with_query(context, **{parameter: number})

    items = [
        {"ellipsis": True}
        if number == paginator.ELLIPSIS
        else {"number": number, "href": link(number), "current": number == page_obj.number}
        for number in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    ]
    return render_component(
        "pagination",
        {
            "items": items,
            "previous": {"href": link(page_obj.previous_page_number())} if page_obj.has_previous() else None,
            "next": {"href": link(page_obj.next_page_number())} if page_obj.has_next() else None,
        },
    )


@register.simple_tag(takes_context=True)
def download_links(context: Context, **changes: Any) -> SafeString:
    """Under a list of a page that is one of engine.views.downloads: the whole list, with the filter and order of this page."""
    if not context.get("downloads"):
        return SafeString("")
    links = [(_with_query(context, download=form, page=None, **changes), text) for form, text in DOWNLOADS.items()]
    return format_html(
        '<p class="govuk-body govuk-!-display-none-print">{}</p>',
        format_html_join(
            " ", '<a class="govuk-link baton-nowrap govuk-!-margin-right-3" href="{}" download>{}</a>', links
        ),
    )


@register.simple_tag(takes_context=True)
def sort_header(context: Context, text: str, key: str, classes: str = "", parameter: str = "sort") -> SafeString:
    """The header cell of a column one can sort by. The order is in the address: `?sort=name` or `?sort=-name`."""
    request = context.get("request")
    given = str(context.get("sort") or "")
    now = request.GET.get(parameter, given) if request else given
    order = {key: "ascending", f"-{key}": "descending"}.get(now)
    href = _with_query(context, **{parameter: f"-{key}" if order == "ascending" else key, "page": None})
    return format_html(
        '<th scope="col"{}><a href="{}">{}</a></th>',
        flat_attributes({"aria-sort": order, "class": classes or None}),
        href,
        text,
    )


@register.simple_tag
def warning(text: str) -> SafeString:
    """A consequence one must know before acting."""
    return render_component("warning_text", {"text": text})


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """A quotation, example or aside. The content is the template's own markup."""
    return render_component("inset_text", {"text": content})


@register.simple_block_tag
def details(content: str, summary: str, open: bool = False) -> SafeString:
    """Something a few people need: a link that opens it."""
    return render_component("details", {"summary_text": summary, "text": content, "open": open})


@register.simple_tag
def panel(title: str, text: str = "") -> SafeString:
    """The head of a confirmation page: it holds the h1."""
    return render_component("panel", {"title_text": title, "text": text})


@register.simple_tag
def empty_state(title: str, text: str = "", link_text: str = "", href: str = "") -> SafeString:
    """What will be here, and how to begin."""
    params = {"title": title, "text": text, "link_text": link_text, "href": href}
    return render_component("empty_state", params)


@register.simple_tag
def button(text: str, href: str = "", kind: str = "", name: str = "", value: str = "") -> SafeString:
    """A button, or a link that looks like one; `kind` is '', 'secondary', 'warning' or 'inverse'."""
    params: dict[str, Any] = {
        "text": text,
        "href": href,
        "name": name,
        "value": value,
        "classes": f"govuk-button--{kind}" if kind else "",
    }
    return render_component("button", params if href else params | {"prevent_double_click": True})


@register.simple_tag
def progress(done: int, total: int, text: str, poll: str = "", finished: bool = False) -> SafeString:
    """How far long work is. With `poll` (an address that answers this same piece) it refreshes itself until finished."""
    return render_component(
        "progress", {"done": done, "total": total, "text": text, "poll": poll, "finished": finished}
    )


@register.simple_tag
def govuk_field(bound: BoundField, **options: Any) -> SafeString:
    """One field of a form with label, hint and error. Options given here win over those of the form."""
    own = bound.form.field_options(bound.name) if hasattr(bound.form, "field_options") else {}
    return render_bound_field(bound, **own | options)


@register.simple_tag
def error_summary(form: Any) -> SafeString:
    """The errors of a form on top of the page, once."""
    return summary_of(form)


@register.simple_tag(takes_context=True)
def panel_block(context: Context, panel: Any) -> SafeString:
    """A panel of the home page (engine.home.Panel): its template with its own context, and what every page knows."""
    known = {name: context.get(name) for name in ("request", "tenant", "actor", "user", "csrf_token")}
    page: Any = get_template(panel.template)
    return SafeString(page.template.render(context.new({**known, **panel.context})))
