"""From a bound field of Django to the component that shows it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from engine.forms.components import Params, flat_attributes, render_component
from engine.forms.fields import PARTS, DayMonthYearWidget
from engine.forms.wording import error_text

# Attributes of widgets that the component sets itself, or that the design system leaves out: browsers' own checks say
# less than ours do, a maximum length silently cuts what is pasted, and focus belongs to the start of the page.
NOT_PASSED_ON = {
    "aria-describedby",
    "aria-invalid",
    "autofocus",
    "checked",
    "class",
    "cols",
    "id",
    "max",
    "maxlength",
    "min",
    "minlength",
    "placeholder",
    "required",
    "rows",
    "step",
    "type",
}
EMPTY_CHOICE = "---------"


def first_input_id(bound: BoundField) -> str:
    """Where a link of the error summary leads: the first box of a date that is wrong, the first radio, the input."""
    if isinstance(bound.field.widget, DayMonthYearWidget):
        return f"{bound.auto_id}-{_wrong_parts(bound)[0]}"
    return bound.auto_id


def _wrong_parts(bound: BoundField) -> tuple[str, ...]:
    for error in bound.errors.as_data() if bound.errors else ():
        parts = (error.params or {}).get("parts")
        if parts:
            return tuple(parts)
    return PARTS


def render_bound_field(bound: BoundField, **options: Any) -> SafeString:
    """The whole form group of a field. `options`: `heading` (its label is the title of the page), `label_size`
    ('s', 'm', 'l' or ''), `classes` of the input, `optional` (say so in the label of a field one may leave), `label` and
    `hint` in place of the field's own, `prefix` and `suffix` of a text input."""
    widget = bound.field.widget
    if bound.is_hidden:
        return SafeString(bound.as_hidden())
    for kind, make in MAKERS:
        if isinstance(widget, kind):
            component, params = make(bound, options)
            return render_component(component, params)
    return render_component("other_field", _base(bound, options) | {"content": bound.as_widget()})


def _label(bound: BoundField, options: Mapping[str, Any]) -> str:
    label = str(options.get("label") or bound.label)
    if options.get("optional") and not bound.field.required:
        return pgettext("label of a field", "%(label)s (optional)") % {"label": label}
    return label


def _sized(kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    size = "l" if options.get("heading") else options.get("label_size")
    return {
        "classes": f"{kind}--{size}" if size else "",
        "is_page_heading": bool(options.get("heading")),
    }


def _base(bound: BoundField, options: Mapping[str, Any]) -> Params:
    """What every component takes: names, label or legend, hint, error."""
    params: Params = {
        "id": bound.auto_id,
        "name": bound.html_name,
        "label": {"text": _label(bound, options)} | _sized("govuk-label", options),
    }
    hint = options.get("hint", bound.help_text)
    if hint:
        params["hint"] = {"text": hint}
    if bound.errors:
        params["error_message"] = {"text": error_text(bound)}
    return params


def _widget(bound: BoundField) -> dict[str, Any]:
    """What Django would give the widget's template: formatted value, attributes, choices with what is chosen."""
    attrs = {"disabled": True} if bound.field.disabled else {}
    return bound.field.widget.get_context(bound.html_name, bound.value(), attrs)["widget"]


def _with_input(bound: BoundField, options: Mapping[str, Any]) -> tuple[Params, dict[str, Any]]:
    params, widget = _base(bound, options), _widget(bound)
    attrs = dict(widget["attrs"])
    params["classes"] = " ".join(filter(None, (attrs.get("class"), options.get("classes"))))
    for name in ("autocomplete", "inputmode", "pattern", "disabled", "spellcheck"):
        params[name] = attrs.pop(name, None)
    if params["spellcheck"] is not None:
        params["spellcheck"] = str(params["spellcheck"]).lower() == "true"
    params["attributes"] = {name: value for name, value in attrs.items() if name not in NOT_PASSED_ON}
    params["value"] = widget["value"]
    return params, widget


def _text(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    params, widget = _with_input(bound, options)
    kind = widget.get("type") or "text"
    field = bound.field
    if kind == "number":
        whole = isinstance(field, forms.IntegerField) and not isinstance(field, forms.FloatField | forms.DecimalField)
        params["inputmode"] = params["inputmode"] or ("numeric" if whole else "decimal")
        params["classes"] = params["classes"] or "govuk-input--width-5"
        kind = "text"
    elif kind in {"email", "url", "tel"}:
        params["spellcheck"] = False
    params["type"] = kind
    affixes = ("prefix", "suffix")
    return "input", params | {a: {"text": options[a]} for a in affixes if options.get(a)}


def _textarea(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    params, widget = _with_input(bound, options)
    params["rows"] = widget["attrs"].get("rows")
    words = getattr(bound.field, "max_words", None)
    characters = getattr(bound.field, "max_length", None)
    if words:
        return "character_count", params | {"maxlength": words, "count_type": "words"}
    if characters:
        return "character_count", params | {"maxlength": characters, "threshold": 75}
    return "textarea", params


def _password(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    return "password_input", _with_input(bound, options)[0] | {"value": None}


def _file(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    params, widget = _with_input(bound, options)
    params["multiple"] = params["attributes"].pop("multiple", None) or widget["attrs"].get("multiple")
    return "file_upload", params | {"value": None}


def _options(widget: Mapping[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    return [(group, option) for group, members, _index in widget["optgroups"] for option in members]


def _select(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    params, widget = _with_input(bound, options)
    items: list[Params] = []
    before: str | None = None
    for group, option in _options(widget):
        text = gettext("Choose one") if option["label"] == EMPTY_CHOICE else option["label"]
        item: Params = {
            "value": option["value"] if option["value"] is not None else "",
            "text": text,
            "selected": option["selected"],
        }
        if group != before:
            if before and items:
                items[-1]["group_end"] = True
            item["group"] = group
        before = group
        items.append(item)
    if before and items:
        items[-1]["group_end"] = True
    if widget["attrs"].get("multiple"):
        params["attributes"]["multiple"] = True
    return "select", params | {"items": items, "value": None}


def _choice_params(bound: BoundField, options: Mapping[str, Any]) -> Params:
    params = _base(bound, options)
    params.pop("label")
    return params | {
        "id_prefix": bound.auto_id,
        "fieldset": {"legend": {"text": _label(bound, options)} | _sized("govuk-fieldset__legend", options)},
    }


def _revealed(bound: BoundField, value: Any, options: Mapping[str, Any]) -> dict[str, SafeString] | None:
    names = getattr(bound.form, "reveals", {}).get(bound.name, {}).get(str(value), ())
    inner = {key: options[key] for key in ("optional",) if key in options}
    html = "".join(render_bound_field(bound.form[name], **inner) for name in names)
    return {"text": SafeString(html)} if html else None


def _choices(bound: BoundField, options: Mapping[str, Any], component: str) -> tuple[str, Params]:
    params, widget = _choice_params(bound, options), bound.field.widget
    hints: Mapping[str, str] = getattr(widget, "hints", {})
    exclusive = getattr(widget, "exclusive", None)
    items: list[Params] = []
    for _group, option in _options(_widget(bound)):
        value = option["value"]
        if value in ("", None) and option["label"] == EMPTY_CHOICE:
            continue
        hint = hints.get(str(value))
        item = {
            "value": value,
            "text": option["label"],
            "checked": option["selected"],
            "disabled": bound.field.disabled,
            "hint": {"text": hint} if hint else None,
            "conditional": _revealed(bound, value, options),
        }
        if exclusive is not None and str(value) == exclusive:
            items.append({"divider": gettext("or")})
            item["behaviour"] = "exclusive"
        items.append(item)
    marks = (("inline", getattr(widget, "inline", False)), ("small", getattr(widget, "small", False)))
    params["classes"] = " ".join(f"govuk-{component}--{name}" for name, on in marks if on)
    return component, params | {"items": items}


def _checkbox(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    """A single checkbox: its label is the statement one agrees to, so there is no legend."""
    params, widget = _base(bound, options), _widget(bound)
    item = {
        "id": bound.auto_id,
        "value": widget["value"] or "on",
        "text": options.get("label") or bound.label,
        "checked": widget["attrs"].get("checked"),
        "disabled": bound.field.disabled,
        "hint": params.pop("hint", None),
        "conditional": _revealed(bound, "on", options),
    }
    params.pop("label")
    return "checkboxes", params | {"id_prefix": bound.auto_id, "items": [item]}


def _date(bound: BoundField, options: Mapping[str, Any]) -> tuple[str, Params]:
    params = _choice_params(bound, options)
    value = bound.value()
    values = list(value) if isinstance(value, list | tuple) else bound.field.widget.decompress(value)
    wrong = _wrong_parts(bound) if bound.errors else ()
    names = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    birthday = bound.field.widget.attrs.get("autocomplete") == "bday"
    params["items"] = [
        {
            "name": part,
            "label": names[part],
            "value": typed if typed not in (None, "") else None,
            "error": part in wrong,
            "autocomplete": f"bday-{part}" if birthday else None,
            # the month may be typed as a name, which a keypad of digits can't do
            "inputmode": "text" if part == "month" else "numeric",
            "attributes": {"disabled": bound.field.disabled},
        }
        for part, typed in zip(PARTS, values, strict=False)
    ]
    return "date_input", params | {"name_prefix": bound.html_name}


MAKERS = (
    (DayMonthYearWidget, _date),
    (forms.CheckboxSelectMultiple, lambda bound, options: _choices(bound, options, "checkboxes")),
    (forms.RadioSelect, lambda bound, options: _choices(bound, options, "radios")),
    (forms.CheckboxInput, _checkbox),
    (forms.Select, _select),
    (forms.Textarea, _textarea),
    (forms.PasswordInput, _password),
    (forms.FileInput, _file),
    (forms.widgets.Input, _text),
)

__all__ = ["first_input_id", "flat_attributes", "render_bound_field"]
