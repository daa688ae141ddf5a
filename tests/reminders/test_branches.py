"""What is written once must be what the sources say each time: for any tenant, at any moment, in any language."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from reminders.branches import PLACE, Branch, branch_of, write
from reminders.obligations import COLUMNS, obligation_sources
from reminders.selectors import count_obligations, read_obligations
from tenancy.models import Person
from tenancy.scope import NoTenant, current_scope, tenant_context
from tests.factories.reminders import make_cohort, make_person, make_source, owe, owed_rows

KINDS = sorted(name for name, _source in obligation_sources.items())


def inner(branch: Branch) -> str:
    return branch.sql[branch.sql.index("FROM (") + len("FROM (") : branch.sql.rindex(") b(")]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_what_the_source_says_for_any_tenant_and_moment(kind, essex, hsmc, monkeypatch):
    source = dict(obligation_sources.items())[kind]
    branch = branch_of(source)
    assert branch is not None and PLACE in branch.params
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    for tenant in (essex, hsmc):
        with tenant_context(tenant):
            sql, params = source.rows().order_by().values_list(*COLUMNS).query.sql_with_params()
            assert (inner(branch), branch.params_for(tenant.pk)) == (sql, [kind, *params])
    assert branch_of(source) is branch


def test_each_language_has_its_own(only_sources):
    from django.db.models import TextField, Value

    named = make_source("test.named")
    words = replace(named, rows=lambda: owed_rows().annotate(owed_about=Value(translation.get_language(), TextField())))
    with translation.override("en-gb"):
        assert "en-gb" in branch_of(words).params
    with translation.override("cy"):
        assert "cy" in branch_of(words).params


def test_rows_that_ask_while_they_are_put_together_are_refused(in_essex):
    asking = replace(make_source("test.asking"), rows=lambda: owed_rows().filter(person__in=list(Person.objects.all())))
    with pytest.raises(LookupError, match=r"reminders/branches\.py"):
        write(asking)
    assert current_scope().tenant_id == in_essex.pk


@pytest.mark.usefixtures("only_sources")
def test_each_tenant_reads_its_own_by_the_same_words(essex, hsmc):
    owed = {}
    for tenant in (essex, hsmc):
        with tenant_context(tenant):
            person, cohort = make_person(f"Ann of {tenant.slug}"), make_cohort("Cohort 1")
            owed[tenant.slug] = owe(person, cohort, timezone.now()).public_id
    for tenant in (essex, hsmc, essex):
        with tenant_context(tenant):
            assert [o.key for o in read_obligations()] == [owed[tenant.slug]]
            assert [c.count for c in count_obligations()] == [1]
    with pytest.raises(NoTenant):
        read_obligations()
