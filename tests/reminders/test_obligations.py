from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from cohorts.models import Participation
from reminders.checks import obligations_can_be_told
from reminders.obligations import obligation_sources
from reminders.selectors import count_obligations, read_obligations
from tenancy.scope import tenant_context
from tests.factories.reminders import finish, make_cohort, make_person, make_source, owe

NOW = timezone.now()
pytestmark = pytest.mark.usefixtures("only_sources")


@pytest.fixture
def things(in_essex):
    one, two = make_cohort("Cohort 1"), make_cohort("Cohort 2")
    ann, bob = make_person("Ann"), make_person("Bob")
    return {
        "cohorts": (one, two),
        "people": (ann, bob),
        "late": owe(ann, one, NOW - timedelta(days=5)),
        "later": owe(ann, two, NOW + timedelta(days=5)),
        "signature": owe(bob, one, NOW - timedelta(days=1), state="graduated"),
    }


def keys(owed):
    return [o.key for o in owed]


def test_a_source_whose_rows_lack_a_column_is_named(in_essex, only_sources):
    source = make_source("test.greet")
    only_sources(replace(source, rows=lambda: Participation.objects.annotate(owed_by=F("person_id"))))
    with pytest.raises(
        LookupError, match=r"'test\.greet' aren't annotated with owed_about, owed_key, .* ObligationSource"
    ):
        read_obligations()


def test_a_source_under_another_name_or_with_unknown_words_fails_the_checks(only_sources, monkeypatch):
    assert obligations_can_be_told() == []
    only_sources(make_source("test.greet", label="Greet {cohort}"))
    assert [error.id for error in obligations_can_be_told()] == ["baton.E013"]
    monkeypatch.setattr(obligation_sources, "_answers", {"test.hello": make_source("test.greet")})
    assert [error.id for error in obligations_can_be_told()] == ["baton.E012"]


def test_all_kinds_come_in_one_query_the_longest_due_first(things, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = read_obligations()
    assert keys(found) == [things[name].public_id for name in ("late", "signature", "later")]
    assert [o.label() for o in found] == ["Say hello to Cohort 1", "Sign for Cohort 1", "Say hello to Cohort 2"]
    with django_assert_num_queries(2):
        assert [o.person.name for o in read_obligations(with_people=True)] == ["Ann", "Bob", "Ann"]


def test_filters_narrow_every_kind(things):
    (_one, two), (_ann, bob) = things["cohorts"], things["people"]
    assert keys(read_obligations(person_id=bob.pk)) == [things["signature"].public_id]
    assert keys(read_obligations(cohort_id=two.pk)) == [things["later"].public_id]
    assert keys(read_obligations(cohort_ids={two.pk})) == [things["later"].public_id]
    assert read_obligations(cohort_ids=set()) == []
    assert keys(read_obligations(kind="test.sign")) == [things["signature"].public_id]
    assert keys(read_obligations(due_before=NOW)) == [things[n].public_id for n in ("late", "signature")]
    assert keys(read_obligations(limit=1, offset=1)) == [things["signature"].public_id]
    assert read_obligations(kind="test.unknown") == []


def test_counts_are_those_of_the_list(things, django_assert_num_queries):
    with django_assert_num_queries(1):
        counts = count_obligations()
    found = read_obligations()
    assert sum(c.count for c in counts) == len(found)
    for c in counts:
        same = [o for o in found if (o.kind, o.cohort_id) == (c.kind, c.cohort_id)]
        assert (c.count, c.late) == (len(same), sum(o.due < timezone.now() for o in same))


def test_it_stops_being_owed_when_it_is_done(things):
    finish(things["late"])
    assert things["late"].public_id not in keys(read_obligations())


def test_another_tenant_owes_nothing_of_ours(things, hsmc):
    with tenant_context(hsmc):
        assert read_obligations() == [] and count_obligations() == []


def test_no_date_comes_last(things, only_sources):
    from django.db.models import DateTimeField, Value

    from tests.factories.reminders import make_source, owed_rows

    undated = make_source("test.undated", label="Some day")
    dated = make_source("test.greet")
    object.__setattr__(undated, "rows", lambda: owed_rows("graduated").annotate(owed_due=Value(None, DateTimeField())))
    only_sources(undated, dated)
    assert [o.kind for o in read_obligations()] == ["test.greet", "test.greet", "test.undated"]


def test_rows_and_counts_and_a_tally_in_one_statement(things, django_assert_num_queries):
    from reminders.selectors import read_and_count
    from tenancy.models import Person

    ann, bob = things["people"]
    with django_assert_num_queries(1):
        reading = read_and_count(limit=10, only_person=ann.pk, tally=Person.objects.all())
    assert keys(reading.rows) == [things["late"].public_id, things["later"].public_id]
    assert (sum(c.count for c in reading.counts), sum(c.late for c in reading.counts), reading.tally) == (3, 2, 2)
    everything = read_and_count(limit=10)
    assert keys(everything.rows) == keys(read_obligations())
    assert sorted(map(str, everything.counts)) == sorted(map(str, count_obligations()))
    late = read_and_count(limit=1, offset=1, only_due_before=NOW, only_kind=None)
    assert keys(late.rows) == [things["signature"].public_id]
    assert keys(read_and_count(limit=10, only_kind="test.sign", person_id=bob.pk).rows) == [
        things["signature"].public_id
    ]
    empty = read_and_count(limit=10, cohort_ids=set(), tally=Person.objects.all())
    assert (empty.rows, empty.counts, empty.tally) == ([], [], 2)
