"""The similarity matrix, its map in two dimensions, and its CSV."""

import csv
import io

import numpy as np
import pytest

from searchcore import InvalidInput
from searchcore.explain import pca_map, similarity, to_csv
from tests.fakes import FakeEncoder, bag_of_words


def test_every_text_is_compared_with_every_other(make_engine):
    made = similarity(make_engine(), ["a b", "a b", "c d"])
    np.testing.assert_array_equal(made.matrix, made.matrix.T)
    np.testing.assert_array_equal(np.diag(made.matrix), np.ones(3))
    assert made.matrix[0, 1] == 1.0
    assert made.as_json() == {"model": "fake/encoder", "matrix": made.matrix.tolist()}


@pytest.mark.parametrize(
    ("texts", "names"), [(["one line"], "got 1"), (["a"] * 51, "got 51"), ("ab", "list"), (["a", "\t"], r"\[1\]")]
)
def test_a_matrix_takes_two_to_fifty_texts(make_engine, texts, names):
    with pytest.raises(InvalidInput, match=names):
        similarity(make_engine(), texts)


def test_fifty_texts_are_encoded_in_order_although_in_batches(make_engine):
    encoder = FakeEncoder()
    made = similarity(make_engine(encoder=encoder), [f"word{i}" for i in range(50)])
    assert len(encoder.document_calls) > 1
    np.testing.assert_array_equal(made.vectors[49], bag_of_words("word49"))


def test_points_in_a_plane_keep_their_distances_and_all_their_variance():
    plane = np.array([[0.0, 0.0, 5.0], [3.0, 0.0, 5.0], [0.0, 1.0, 5.0], [3.0, 1.0, 5.0]])
    made = pca_map(plane)
    assert made.explained == pytest.approx((0.9, 0.1))
    points = np.array(made.points)
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.testing.assert_allclose(distances, np.linalg.norm(plane[:, None] - plane[None], axis=-1), atol=1e-12)


def test_the_map_of_two_texts_is_a_line():
    made = pca_map(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert made.explained == (1.0, 0.0)
    assert made.points[0] == pytest.approx((2**0.5 / 2, 0))
    assert made.points[1] == pytest.approx((-(2**0.5) / 2, 0))


@pytest.mark.parametrize("noise", [0.0, 1e-8])
def test_identical_texts_lie_on_one_point_with_no_variance_to_explain(noise):
    vectors = np.ones((3, 4)) / 2 + noise * np.arange(12).reshape(3, 4)
    made = pca_map(vectors)
    assert made.points == ((0.0, 0.0),) * 3
    assert made.explained == (0.0, 0.0)


def test_the_order_of_the_texts_does_not_mirror_the_map():
    vectors = np.random.default_rng(7).normal(size=(9, 16))
    points = np.array(pca_map(vectors).points)
    for order in (range(8, -1, -1), [3, 1, 4, 0, 5, 8, 2, 6, 7]):
        np.testing.assert_allclose(np.array(pca_map(vectors[list(order)]).points), points[list(order)], atol=1e-9)


def test_vectors_of_one_dimension_have_a_map():
    made = pca_map(np.array([[1.0], [3.0]]))
    np.testing.assert_allclose(made.points, [[-1.0, 0.0], [1.0, 0.0]], atol=1e-9)


def test_the_csv_reads_back_as_the_matrix_with_its_texts(make_engine):
    texts = ['say "a", b', "line\nbreak", "plain"]
    made = similarity(make_engine(), texts)
    rows = list(csv.reader(io.StringIO(to_csv(made), newline="")))
    assert rows[0] == ["", *texts]
    assert [row[0] for row in rows[1:]] == texts
    assert [[float(cell) for cell in row[1:]] for row in rows[1:]] == made.matrix.tolist()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_no_text_is_a_formula_for_a_spreadsheet(make_engine, text):
    rows = list(csv.reader(io.StringIO(to_csv(similarity(make_engine(), [text, "plain"])))))
    assert rows[0] == ["", f"'{text}", "plain"]
    assert rows[1][0] == f"'{text}"
