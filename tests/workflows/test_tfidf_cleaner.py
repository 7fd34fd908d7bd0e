"""TF-IDF with a function of the notebook that cleans the texts."""

from __future__ import annotations

from tests.workflows.notebook import Executed
from tests.workflows.workflow import Workflow


class TestTfidfCleaner(Workflow):
    """Texts in a list, cleaned by a function that uses a pattern of the notebook."""

    NOTEBOOK = '''
import re

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from exo_nbregistry import ModelRegistry

NUMBER = re.compile(r"[0-9]+")
STOP = {"the", "a", "of"}


def clean(text):
    """Return the words of a text without numbers."""
    words = NUMBER.sub(" ", text.lower()).split()
    return " ".join(word for word in words if word not in STOP)


good = ["A great planet %d", "clear transit of the star %d", "deep and clean dip %d"]
bad = ["the noise of spacecraft %d", "Spike, then flat %d", "a blend of 2 stars %d"]
texts = [line % n for n in range(12) for line in good + bad]
labels = ["planet", "planet", "planet", "noise", "noise", "noise"] * 12
model = make_pipeline(TfidfVectorizer(preprocessor=clean), LogisticRegression())
model.fit(texts[:60], labels[:60])

registry = ModelRegistry("registry")
ref = registry.register_model(
    model,
    "notes",
    X=texts[:60],
    y=labels[:60],
    X_test=texts[60:],
    y_test=labels[60:],
    pos_label="planet",
)
rows = texts[60:]
expected = model.predict(rows)
'''
    SHOWN = ("LogisticRegression", "recall", "carries its own code")
    BAD = ("x0", None)
    STATUS = "missing"
    PROBLEM = "is missing"

    def test_it_is_recorded(self, done: Executed) -> None:
        """The record has the metrics, the kind of input and the function with its source."""
        version = done.version
        assert version.metrics["recall"] == 1
        assert version.signature is not None
        assert version.signature.container == "list"
        assert version.code is not None
        assert version.code.by_value == ("__main__.clean",)
        sources = done.registry.load_attachment(done.ref, "sources")
        assert "NUMBER.sub" in sources["__main__.clean"]
