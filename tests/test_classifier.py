"""The classifier is a scikit-learn estimator in every respect and fits what the site's own functions fit."""

from __future__ import annotations

import dataclasses
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone, is_classifier
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator

from logreg_docs import classifier
from logreg_docs.classifier import LogisticClassifier
from logreg_docs.datasets import load_breast_cancer, load_challenger, make_outline_data
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.newton import fit_newton

both_solvers = pytest.mark.parametrize("solver", ["gradient_descent", "newton"])
X_SMALL, Y_SMALL = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([0, 1, 0, 1])
X_SEPARABLE, Y_SEPARABLE = X_SMALL, np.array([0, 0, 1, 1])


def fitted(**parameters: Any) -> LogisticClassifier:
    return LogisticClassifier(**({"solver": "newton"} | parameters)).fit(X_SMALL, Y_SMALL)


@both_solvers
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # some checks use separable data
def test_every_check_of_scikit_learn_passes_and_none_is_skipped(solver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it scikit-learn skips one check
    model = LogisticClassifier(solver=solver)
    results = check_estimator(model, on_skip=None, on_fail="raise")
    assert {result["status"] for result in results} == {"passed"}
    assert not any(result["expected_to_fail"] for result in results)
    assert len(results) == len(list(estimator_checks_generator(model))) > 50


def test_newton_solver_fits_what_fit_newton_fits() -> None:
    data = load_challenger()
    model = LogisticClassifier(solver="newton", tolerance=1e-10).fit(data.X, data.y)
    fit = fit_newton(data.X, data.y)
    assert_array_equal(model.coef_, [fit.w])
    assert_array_equal(model.intercept_, [fit.b])
    assert model.n_iter_ == fit.n_steps
    assert model.n_features_in_ == 1


def test_gradient_descent_solver_fits_what_fit_gradient_descent_fits() -> None:
    model = LogisticClassifier(learning_rate=0.3, n_steps=70, l2=0.01, tolerance=0.0).fit(X_SMALL, Y_SMALL)
    fit = fit_gradient_descent(X_SMALL, Y_SMALL, learning_rate=0.3, n_steps=70, l2=0.01)
    assert_array_equal(model.coef_, [fit.w])
    assert_array_equal(model.intercept_, [fit.b])
    assert model.n_iter_ == 70


@pytest.mark.parametrize("l2", [0.0, 0.05])
def test_predictions_agree_with_those_of_scikit_learn(l2: float) -> None:
    split = make_outline_data()
    theirs = LogisticRegression(C=1 / (800 * l2) if l2 else np.inf, tol=1e-10, max_iter=2000)
    theirs.fit(split.X_train, split.y_train)
    ours = LogisticClassifier(solver="newton", l2=l2, tolerance=1e-12).fit(split.X_train, split.y_train)
    assert_allclose(ours.predict_proba(split.X_test), theirs.predict_proba(split.X_test), atol=1e-4)
    assert_array_equal(ours.predict(split.X_test), theirs.predict(split.X_test))
    assert ours.score(split.X_test, split.y_test) == theirs.score(split.X_test, split.y_test)
    if l2:
        assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)


def test_both_solvers_agree_on_standardised_data() -> None:
    split = make_outline_data()
    X = StandardScaler().fit_transform(split.X_train)
    descent = LogisticClassifier(learning_rate=1.0, n_steps=5000, l2=0.01).fit(X, split.y_train)
    newton = LogisticClassifier(solver="newton", l2=0.01).fit(X, split.y_train)
    assert_allclose(descent.coef_, newton.coef_, atol=1e-4)


@pytest.mark.parametrize("labels", [["no", "yes"], [-1, 1], [False, True], [3.0, 7.0], ["b", "a"]])
def test_any_two_labels_are_learnt_and_predicted(labels: list[Any]) -> None:
    y = np.array(labels)[Y_SMALL]
    model = LogisticClassifier(solver="newton").fit(X_SMALL, y)
    assert_array_equal(model.classes_, np.unique(y))
    assert set(model.predict([[-50.0], [50.0]])) == set(labels)
    assert model.predict([[50.0]])[0] == labels[1]
    positive = list(model.classes_).index(labels[1])
    assert_allclose(model.predict_proba([[50.0]])[0, positive], 1)


def test_probabilities_logits_and_labels_belong_together() -> None:
    model = fitted()
    X = np.linspace(-5, 10, 31)[:, None]
    logits, probabilities = model.decision_function(X), model.predict_proba(X)
    assert logits.shape == (31,)
    assert probabilities.shape == (31, 2)
    assert_allclose(probabilities.sum(axis=1), 1)
    assert_allclose(np.log(probabilities[:, 1] / probabilities[:, 0]), logits)
    assert_array_equal(model.predict(X), (probabilities[:, 1] > 0.5).astype(int))


def test_probabilities_of_extreme_rows_are_exact_to_the_last_digit() -> None:
    model = fitted()
    assert_array_equal(model.predict_proba([[-1e6], [1e6]]), [[1, 0], [0, 1]])


def test_a_logit_of_zero_is_the_first_class() -> None:
    model = fitted()
    model.intercept_ = np.zeros(1)
    assert model.predict([[0.0]])[0] == model.classes_[0]


def test_pipeline_cross_validation_and_search_over_the_rate_work() -> None:
    data = load_breast_cancer()
    pipeline = make_pipeline(StandardScaler(), LogisticClassifier(tolerance=0.0, n_steps=100))
    assert cross_val_score(pipeline, data.X, data.y, cv=3).min() > 0.95
    rates = [1e-5, 1e-2, 1.0]
    grid = {"logisticclassifier__learning_rate": rates}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="neg_log_loss").fit(data.X, data.y)
    assert search.best_params_ == {"logisticclassifier__learning_rate": 1.0}
    scores = search.cv_results_["mean_test_score"]
    assert (np.diff(scores) > 0).all()


@both_solvers
def test_clones_and_pickles_are_equal(solver: Any) -> None:
    model = LogisticClassifier(solver=solver, l2=0.5, n_steps=3000).fit(X_SMALL, Y_SMALL)
    copy = pickle.loads(pickle.dumps(model))
    assert_array_equal(copy.predict_proba(X_SMALL), model.predict_proba(X_SMALL))
    fresh = clone(model)
    assert fresh.get_params() == model.get_params()
    assert not hasattr(fresh, "coef_")


def test_tags_say_binary_classifier() -> None:
    tags = get_tags(LogisticClassifier())
    assert is_classifier(LogisticClassifier())
    assert tags.classifier_tags.multi_class is False
    assert tags.target_tags.required is True


@both_solvers
def test_separable_data_return_a_fit_with_a_warning_that_names_the_cause(solver: Any) -> None:
    with pytest.warns(ConvergenceWarning, match=r"^A plane separates the classes.*Pass l2 > 0"):
        model = LogisticClassifier(solver=solver).fit(X_SEPARABLE, Y_SEPARABLE)
    assert_array_equal(model.predict(X_SEPARABLE), Y_SEPARABLE)
    assert np.isfinite(model.coef_).all()


@both_solvers
def test_a_penalty_ends_the_warning_on_separable_data(solver: Any) -> None:
    model = LogisticClassifier(solver=solver, l2=0.1, n_steps=5000).fit(X_SEPARABLE, Y_SEPARABLE)
    assert_array_equal(model.predict(X_SEPARABLE), Y_SEPARABLE)


@both_solvers
def test_too_few_steps_are_warned_about(solver: Any) -> None:
    with pytest.warns(ConvergenceWarning, match=r"did not reach tolerance=1e-06 in 1 steps"):
        LogisticClassifier(solver=solver, n_steps=1).fit(X_SMALL, Y_SMALL)


@pytest.mark.parametrize("tolerance", [0.0, 1e-6])
@pytest.mark.parametrize("y", [Y_SMALL, Y_SEPARABLE])
def test_a_descent_that_diverges_is_always_warned_about_with_its_rate(y: Any, tolerance: float) -> None:
    words = r"^Gradient descent diverged with learning_rate=1e\+308 after \d steps.*Lower learning_rate.*standardise X"
    with pytest.warns(ConvergenceWarning, match=words) as caught:
        model = LogisticClassifier(learning_rate=1e308, tolerance=tolerance).fit(X_SMALL, y)
    assert "n_steps" not in str(caught[0].message)
    assert model.n_iter_ < 2


def test_a_slow_descent_is_told_to_change_what_a_descent_has() -> None:
    with pytest.warns(ConvergenceWarning, match=r"Standardise X, raise n_steps, or change learning_rate\.$"):
        LogisticClassifier(n_steps=1).fit(X_SMALL, Y_SMALL)


def test_newton_is_told_to_raise_the_steps_where_they_did_not_suffice() -> None:
    with pytest.warns(ConvergenceWarning, match=r"in 1 steps\. Raise n_steps\.$"):
        LogisticClassifier(solver="newton", n_steps=1).fit(X_SMALL, Y_SMALL)


def test_newton_is_told_to_raise_the_tolerance_where_steps_were_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = dataclasses.replace(fit_newton(X_SMALL, Y_SMALL), converged=False)
    monkeypatch.setattr(classifier, "fit_newton", lambda *_data, **_options: stopped)
    with pytest.warns(ConvergenceWarning, match=r"rounding hid any further fall\. Raise tolerance, or pass l2 > 0\.$"):
        LogisticClassifier(solver="newton").fit(X_SMALL, Y_SMALL)


def test_zero_tolerance_asks_gradient_descent_for_no_convergence() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = LogisticClassifier(n_steps=5, tolerance=0.0).fit(X_SEPARABLE, Y_SEPARABLE)
    assert model.n_iter_ == 5


def test_dependent_columns_are_fitted_without_a_warning() -> None:
    model = LogisticClassifier(solver="newton").fit(np.column_stack([X_SMALL, 2 * X_SMALL]), Y_SMALL)
    assert_allclose(model.predict_proba(np.column_stack([X_SMALL, 2 * X_SMALL])), fitted().predict_proba(X_SMALL))


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_predicting_before_fitting_is_refused(method: str) -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(LogisticClassifier(), method)(X_SMALL)
