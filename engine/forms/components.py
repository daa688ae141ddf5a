"""Components of the GOV.UK Design System as Django templates.

`render_component(name, params)` takes the options of govuk-frontend's Nunjucks macro of that name in snake_case; where the
macro has both `text` and `html`, there is only `text` here and a SafeString is markup. The result is compared with the
fixtures that the npm package ships (tests/look/test_fixtures.py), so change a template and its fixtures tell.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

Params = dict[str, Any]


@lru_cache(maxsize=64)
def _template(name: str) -> Any:
    return get_template(f"components/{name}.html")


def flat_attributes(attributes: Mapping[str, Any] | None) -> SafeString:
    """Attributes with a leading space each: True is a bare name, None and False are left out."""
    given = (attributes or {}).items()
    parts = [
        (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
        for name, value in given
        if value is not None and value is not False
    ]
    return SafeString(format_html_join("", "{}", parts))


def render_component(name: str, params: Mapping[str, Any]) -> SafeString:
    """The markup of one component."""
    context = dict(params)
    prepare = PREPARE.get(name)
    if prepare:
        context = prepare(context)
    return _template(name).render(context)


def _joined(*ids: str | None) -> str:
    return " ".join(part for part in ids if part)


def _notes(params: Params, base: str, described_by: str | None) -> str:
    """Renders hint and error of a field into `params`; returns what describes the input."""
    hint, error = params.get("hint"), params.get("error_message")
    if hint:
        params["hint_html"] = render_component("hint", hint | {"id": f"{base}-hint"})
        described_by = _joined(described_by, f"{base}-hint")
    if error:
        params["error_html"] = render_component("error_message", error | {"id": f"{base}-error"})
        described_by = _joined(described_by, f"{base}-error")
    return described_by or ""


def _single(params: Params) -> Params:
    """A field with one input: a label above it, hint and error between."""
    params["id"] = params.get("id") or params.get("name")
    params["described_by"] = _notes(params, params["id"], params.get("described_by"))
    label = params.get("label")
    params["label_html"] = render_component("label", label | {"for": params["id"]}) if label else ""
    return params


def _input(params: Params) -> Params:
    params = _single(params)
    group = params.get("form_group") or {}
    params["wrapped"] = any(
        (part or {}).get("text")
        for part in (
            params.get("prefix"),
            params.get("suffix"),
            group.get("before_input"),
            group.get("after_input"),
        )
    )
    if params.get("spellcheck") is not None:
        params["spellcheck"] = "true" if params["spellcheck"] else "false"
    # a value of 0 is shown, an absent one is not
    params["has_value"] = params.get("value") is not None and params.get("value") is not False
    return params


def _textarea(params: Params) -> Params:
    params = _single(params)
    if params.get("spellcheck") is not None:
        params["spellcheck"] = "true" if params["spellcheck"] else "false"
    return params


def _with_group(params: Params, *, classes: str, attributes: Params, after: SafeString) -> Params:
    """A field inside a form group that carries a module: its own classes and attributes come first."""
    group = dict(params.get("form_group") or {})
    own_after = (group.get("after_input") or {}).get("text", "")
    group["classes"] = _joined(classes, group.get("classes"))
    group["attributes"] = attributes | dict(group.get("attributes") or {})
    group["after_input"] = {"text": format_html("{}{}", after, own_after)}
    return params | {"form_group": group}


def _texts(key: str, value: Any) -> Params:
    """Attributes of a text that a module shows; a mapping holds one text per plural rule."""
    if isinstance(value, Mapping):
        return {f"data-i18n.{key}.{rule}": text for rule, text in value.items()}
    return {f"data-i18n.{key}": value} if value else {}


def _character_count(params: Params) -> Params:
    base = params.get("id") or params.get("name")
    limit = params.get("maxwords") or params.get("maxlength")
    words = params.get("maxwords") if not params.get("count_type") else params["count_type"] == "words"
    given = params.get("textarea_description_text")
    sentence = given or (
        gettext("You can enter up to %%{count} words") if words else gettext("You can enter up to %%{count} characters")
    ).replace("%%", "%")
    attributes: Params = {
        "data-module": "govuk-character-count",
        "data-maxlength": params.get("maxlength"),
        "data-maxwords": params.get("maxwords"),
        "data-threshold": params.get("threshold"),
        "data-count-type": params.get("count_type") or ("words" if params.get("maxwords") else None),
    }
    if not limit and given:
        attributes |= _texts("textarea-description", {"other": given})
    for unit in ("characters", "words"):
        for state in ("under", "at", "over"):
            attributes |= _texts(f"{unit}-{state}-limit", params.get(f"{unit}_{state}_limit_text"))
    message = render_component(
        "hint",
        {
            "id": f"{base}-info",
            "text": sentence.replace("%{count}", str(limit)) if limit else "",
            "classes": _joined("govuk-character-count__message", (params.get("count_message") or {}).get("classes")),
        },
    )
    params = _with_group(params, classes="govuk-character-count", attributes=attributes, after=message)
    return _textarea(
        params
        | {
            "id": base,
            "described_by": f"{base}-info",
            "classes": _joined("govuk-js-character-count", params.get("classes")),
        }
    )


def _password_input(params: Params) -> Params:
    base = params.get("id") or params.get("name")
    attributes: Params = {"data-module": "govuk-password-input"}
    for key in (
        "show_password",
        "hide_password",
        "show_password_aria_label",
        "hide_password_aria_label",
        "password_shown_announcement",
        "password_hidden_announcement",
    ):
        attributes |= _texts(key.replace("_", "-"), params.get(f"{key}_text"))
    button = render_component(
        "button",
        {
            "type": "button",
            "classes": _joined(
                "govuk-button--secondary govuk-password-input__toggle govuk-js-password-input-toggle",
                (params.get("button") or {}).get("classes"),
            ),
            "text": params.get("show_password_text") or gettext("Show"),
            "attributes": {
                "aria-controls": base,
                "aria-label": params.get("show_password_aria_label_text") or gettext("Show password"),
                "hidden": True,
            },
        },
    )
    params = _with_group(params, classes="govuk-password-input", attributes=attributes, after=button)
    return _input(
        params
        | {
            "id": base,
            "type": "password",
            "spellcheck": False,
            "autocapitalize": "none",
            "autocomplete": params.get("autocomplete") or "current-password",
            "classes": _joined("govuk-password-input__input govuk-js-password-input-input", params.get("classes")),
            "input_wrapper": {"classes": "govuk-password-input__wrapper"},
        }
    )


def _button(params: Params) -> Params:
    # start buttons are flex boxes, which would swallow the spaces between elements of their content
    if params.get("is_start_button") and isinstance(params.get("text"), SafeString):
        params["text"] = format_html("<span>{}</span>", params["text"])
    return params


def _select(params: Params) -> Params:
    params = _single(params)
    chosen = params.get("value")
    items = []
    for item in filter(None, params.get("items") or []):
        value = item.get("value", item.get("text"))
        selected = item.get("selected") or (bool(chosen) and value == chosen and item.get("selected") is not False)
        items.append(item | {"selected": selected, "has_value": "value" in item})
    return params | {"items": items}


def _is_checked(item: Params, params: Params) -> bool:
    if item.get("checked"):
        return True
    values = params.get("values") or ([params["value"]] if params.get("value") else [])
    return item.get("value") in values and item.get("checked") is not False


def _choice_item(item: Params, params: Params, base: str, index: int, outer: str, kind: str) -> Params:
    item_id = item.get("id") or (f"{base}-{index}" if index > 1 else base)
    hint = item.get("hint")
    hint_id = f"{item_id}-item-hint" if hint and hint.get("text") else None
    label = item.get("label") or {}
    prepared = item | {
        "id": item_id,
        "name": item.get("name") or params.get("name"),
        "checked": _is_checked(item, params),
        "described_by": _joined(outer, hint_id),
        "label_html": render_component(
            "label",
            {
                "text": item.get("text"),
                "for": item_id,
                "classes": _joined(f"govuk-{kind}__label", label.get("classes")),
                "attributes": label.get("attributes"),
            },
        ),
    }
    if hint and hint_id:
        classes = _joined(f"govuk-{kind}__hint", hint.get("classes"))
        prepared["hint_html"] = render_component("hint", hint | {"id": hint_id, "classes": classes})
    return prepared


def _choices(params: Params, kind: str) -> Params:
    base = params.get("id_prefix") or params.get("name") or ""
    fieldset = params.get("fieldset")
    outer = (fieldset or {}).get("described_by") or params.get("described_by") or ""
    # Without a fieldset nothing else can announce what describes the group, so each checkbox does.
    described_by = _notes(params, base, outer)
    each = described_by if kind == "checkboxes" and not fieldset else ""
    params["items"] = [
        item if item.get("divider") else _choice_item(item, params, base, index, each, kind)
        for index, item in enumerate(params.get("items") or [], start=1)
        if item
    ]
    params["kind"] = kind
    return _in_fieldset(params, described_by)


def _in_fieldset(params: Params, described_by: str, role: str | None = None) -> Params:
    fieldset = params.get("fieldset")
    if fieldset:
        params["fieldset"] = fieldset | {"described_by": described_by, "role": role}
    return params


def _date_input(params: Params) -> Params:
    base = params.get("id") or ""
    outer = (params.get("fieldset") or {}).get("described_by")
    described_by = _notes(params, base, outer)
    prefix = f"{params['name_prefix']}-" if params.get("name_prefix") else ""
    items = [item for item in params.get("items") or _date_parts(params) if item]
    marked = any(item.get("error") or "govuk-input--error" in (item.get("classes") or "") for item in items)
    inputs = []
    for item in items:
        name = item.get("name") or ""
        classes = item.get("classes") or ""
        wrong = item.get("error") or (params.get("error_message") and not marked and item.get("error") is not False)
        width = "" if "govuk-input--width-" in classes else f"govuk-input--width-{4 if name.endswith('year') else 2}"
        error = "govuk-input--error" if wrong and "govuk-input--error" not in classes else ""
        inputs.append(
            render_component(
                "input",
                {
                    "label": {
                        "text": item.get("label") or name.capitalize(),
                        "classes": "govuk-date-input__label",
                    },
                    "id": item.get("id") or f"{base}-{name}",
                    "classes": _joined("govuk-date-input__input", error, width, classes),
                    "name": f"{prefix}{name}",
                    "value": item.get("value", (params.get("values") or {}).get(f"{prefix}{name}")),
                    "inputmode": item.get("inputmode") or "numeric",
                    "autocomplete": item.get("autocomplete"),
                    "pattern": item.get("pattern"),
                    "attributes": item.get("attributes"),
                },
            )
        )
    params["inputs"] = inputs
    return _in_fieldset(params, described_by, role="group")


def _date_parts(params: Params) -> list[Params]:
    parts = ("day", "month", "year")
    return [{"name": part} | (params.get(part) or {}) for part in parts if params.get(part) is not False]


def _summary_list(params: Params) -> Params:
    rows = [row for row in params.get("rows") or [] if row]
    params["any_actions"] = any((row.get("actions") or {}).get("items") for row in rows)
    return params | {"rows": rows}


def _task_list(params: Params) -> Params:
    prefix = params.get("id_prefix") or "task-list"
    items = []
    for index, item in enumerate(params.get("items") or [], start=1):
        if item:
            hint_id = f"{prefix}-{index}-hint" if item.get("hint") else ""
            status_id = f"{prefix}-{index}-status"
            items.append(
                item | {"hint_id": hint_id, "status_id": status_id, "described_by": _joined(hint_id, status_id)}
            )
    return params | {"items": items}


def _pagination(params: Params) -> Params:
    params["block"] = not params.get("items") and bool(params.get("next") or params.get("previous"))
    return params | {"items": [item for item in params.get("items") or [] if item]}


def _fieldset(params: Params) -> Params:
    return {"fieldset": params, "content": params.get("text") or ""}


def _notification_banner(params: Params) -> Params:
    """Markup brings its own heading; a plain sentence is one."""
    if isinstance(params.get("text"), SafeString):
        params["content"] = params["text"]
    return params


PREPARE: dict[str, Callable[[Params], Params]] = {
    "input": _input,
    "textarea": _textarea,
    "character_count": _character_count,
    "password_input": _password_input,
    "button": _button,
    "select": _select,
    "file_upload": _single,
    "radios": lambda params: _choices(params, "radios"),
    "checkboxes": lambda params: _choices(params, "checkboxes"),
    "date_input": _date_input,
    "summary_list": _summary_list,
    "task_list": _task_list,
    "pagination": _pagination,
    "fieldset": _fieldset,
    "notification_banner": _notification_banner,
}
