"""Every code that people may meet has words to read."""

from iom.adapters.programme_files import programmes
from iom.vocabulary import NEED_LABELS, OUTCOME_LABELS, RESULT_LABELS, ROLE_LABELS, Need, Outcome, Role


def test_every_result_that_a_programme_offers_has_a_label() -> None:
    offered = {
        result
        for programme in programmes().values()
        for step in (*programme.steps, *programme.review_steps)
        for result in step.results
    }
    assert offered - RESULT_LABELS.keys() == set()


def test_roles_needs_and_outcomes_have_labels() -> None:
    assert ROLE_LABELS.keys() == set(Role)
    assert NEED_LABELS.keys() == set(Need)
    assert OUTCOME_LABELS.keys() == set(Outcome)
