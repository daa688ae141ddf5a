"""Any text in any script in every box of every form: kept as it was typed, or refused at the box with what was typed still in it."""

from __future__ import annotations

import html
from functools import cache

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenancy.links import find_link
from tenancy.models import Person, Tenant, TenantModel
from tenancy.scope import tenant_context
from tests.access.filling import fill, form_of, shown_data
from tests.access.small_world import World, undone
from tests.access.test_double_submit import REFUSED
from tests.access.test_every_url import MATRIX, POSTS, methods
from tests.queries import ask_again

# Arabic and Hebrew with a mark of direction, Devanagari, an emoji of several parts, Deseret, CJK of extension B, a letter with
# two combining marks, zero-width characters inside a word.
SCRIPTS = "مرحبا \u200fשלום नमस्ते 👩🏽‍🚒 𐐔𐐯𐑅 𠀋𪚥 a\u0323\u0308 zero\u200bwidth"
LINES = "one\u2028two\u2029three\u0085four"
LONG = "wörd " * 2_000
# What these boxes hold has a shape of its own.
SHAPED = ("email", "url", "colour", "reply_to", "word_", "received", "confidence", "skills", "relationships")
FREE = [n for n in POSTS if "get" in methods(n) and n not in REFUSED]


def free(typed: list[str]) -> list[str]:
    return [name for name in typed if not any(part in name for part in SHAPED)]


def plain(text: str) -> str:
    """Titles and names lose doubled and trailing white space; nothing else may change."""
    return " ".join(text.split())


def words_of(model: type[TenantModel]) -> list[str]:
    """SELECTs of every text that the model's rows hold, those within lists and JSON too."""
    found = []
    for f in model._meta.concrete_fields:
        column, table = f'"{f.column}"', f'"{model._meta.db_table}"'
        if isinstance(f, models.CharField | models.TextField):
            found.append(f"SELECT {column}::text FROM {table}")
        elif isinstance(f, models.JSONField):
            found.append(f"SELECT jsonb_path_query({column}, 'strict $.**') #>> '{{}}' FROM {table}")
        elif isinstance(f, ArrayField):
            found.append(f"SELECT unnest({column})::text FROM {table}")
    return found


@cache
def all_words() -> str:
    ours = [m for m in apps.get_models() if issubclass(m, TenantModel) and not hasattr(m, "pgh_tracked_model")]
    return " UNION ".join(select for model in ours if not model.wall.closed for select in words_of(model))


def holder_of(world: World, about: str) -> Person | None:
    """Whom the link that opens the page is for; None for a page that anybody opens."""
    with tenant_context(world.tenant):
        found = find_link(world.at[about].get("token", ""))
        return Person.objects.filter(pk=found.person_id).first() if found else None


def kept(world: World, name: str) -> set[str]:
    """Every text that any row of the tenant holds, as far as the one who posted may read it."""
    row = MATRIX[name]
    who = world.person(row.allowed[0]) if row.needs_sign_in else holder_of(world, row.about)
    with tenant_context(world.tenant, who):
        found = {plain(text) for (text,) in ask_again(all_words()) if text}
    return found | {plain(Tenant.objects.get(pk=world.tenant.pk).name)}


@pytest.mark.parametrize("text", [SCRIPTS, LINES, LONG], ids=["scripts", "line separators", "10,000 characters"])
@pytest.mark.parametrize("name", FREE)
def test_kept_or_refused(world: World, name: str, text: str) -> None:
    with undone():
        filled = fill(world, name)
        boxes = free(filled.typed)
        if not boxes:
            pytest.skip("nothing to type")
        # each box its own, so that one kept can't stand for another that isn't
        typed = {box: f"{n} {text}" for n, box in enumerate(boxes)}
        answer = filled.send(**typed)
        assert answer.status_code in {200, 302, 422}
        if answer.status_code == 422:
            refused_at_its_box(answer.content.decode(), typed)
            return
        stored = kept(world, name)
        # a reason may stand within a longer sentence of the history
        lost = [box for box, words in typed.items() if not any(plain(words) in kept_text for kept_text in stored)]
        assert lost == [] or set(lost) <= NOT_STORED.get(name, set())


# Boxes whose words aren't kept as such, and why.
NOT_STORED = {
    # an organisation of the list is chosen
    "cohorts:movement-link-edit": {"organisation_name"},
    "cohorts:movement-mine-edit": {"organisation_name"},
    # likewise, and what interests them stands behind the wall of whoever says yes
    "cohorts:movement-public": {"organisation_name", "interests"},
    "projects:project-sponsor": {"name", "job_title"},  # of somebody new; here somebody known is chosen
    "selection:offer-answer": {"reason"},  # asked of whoever declines; here the place is taken
    "selection:equality-question-create": {"answers"},  # one answer a line, likewise
    "selection:equality-question-edit": {"answers"},
    "tenancy:organisation-create": {"aliases"},  # one spelling a line: a line separator makes two of it
    "tenancy:organisation-edit": {"aliases"},
}


def refused_at_its_box(page: str, typed: dict[str, str]) -> None:
    form = form_of(page)
    assert form is not None
    shown = shown_data(form)
    assert {box: plain(shown[box]) for box in typed} == {box: plain(words) for box, words in typed.items()}
    assert any(f'href="#id_{box}"' in page for box in typed), html.unescape(page)[:3000]


@pytest.mark.parametrize("name", FREE)
def test_a_lone_surrogate_is_no_error_of_ours(world: World, name: str) -> None:
    """No text can hold one; sent by hand as three bytes, it arrives as replacement characters."""
    with undone():
        filled = fill(world, name)
        if not free(filled.typed) or "file" in filled.data:
            pytest.skip("nothing to type")
        body = b"&".join(f"{box}=".encode() + b"a%ED%A0%80b" for box in free(filled.typed))
        answer = filled.client.post(filled.url, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 302, 409, 422}
