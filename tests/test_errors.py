"""The error family."""

import pickle

from desktop_llm.errors import AppError, ModelNotFoundError


def test_an_error_is_a_sentence_made_of_its_template_and_values() -> None:
    error = ModelNotFoundError("There is no file {path}.", path="/a{b}")
    assert str(error) == "There is no file /a{b}."
    assert (error.template, error.values) == ("There is no file {path}.", {"path": "/a{b}"})
    assert isinstance(error, FileNotFoundError)


def test_braces_without_values_stay_as_they_are() -> None:
    assert str(AppError('Write {"a": 1}.')) == 'Write {"a": 1}.'


def test_an_error_survives_the_way_out_of_a_process() -> None:
    error = pickle.loads(pickle.dumps(ModelNotFoundError("There is no file {path}.", path="x")))
    assert (type(error), str(error), error.values) == (ModelNotFoundError, "There is no file x.", {"path": "x"})
