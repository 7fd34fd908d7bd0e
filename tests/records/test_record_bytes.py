"""The bytes of a record do not change from one release to the next."""

from __future__ import annotations

import hashlib
import math
from datetime import UTC, date, datetime

from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.records.metadata import (
    Artifact,
    Column,
    Dataset,
    Environment,
    ModelMetadata,
    Provenance,
    Signature,
)
from exo_nbregistry.records.record import VERSION, seal

AT = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
# Computed with release code that used json.dumps for the file.
FACTS = "77f2b02cf28775d93cfafd5d3b63ed5568e05396a70d9f3bb7426d8dd9649b0b"
CHECK = "ba019ce6973c7ef6ab6f775e9a5657792c1b1cfaa153193b829ab90952b8199b"
FILE = "5d5533b15872a365c7120776e9514e50cdc1f99960d49765335f5da52e9c43a5"


def test_the_same_metadata_give_the_same_bytes() -> None:
    """The facts digest, the check and the file are the same as in earlier releases."""
    metadata = ModelMetadata(
        model_id="toy:3",
        model_name="Toy",
        version=3,
        created_at=AT,
        training_date=date(2025, 1, 1),
        algorithm="SVC",
        description='größe "q"\u2028\0',
        metrics={"f1_score": 0.1 + 0.2, "loss": math.inf, "n": 3},
        hyperparameters={
            "C": 1e300,
            "layers": (64, [True, None]),
            "weights": {0: 1.0, "b": math.nan},
        },
        feature_columns=("a", "b"),
        signature=Signature(
            (Column("a", "float64", 0.0, 1.5), Column("b", "str", missing=2)), (0, "x")
        ),
        class_distribution={0: 5, 1.5: 7},
        dataset=Dataset("koi", 12, "ab" * 32),
        environment=Environment("3.11.7", "Linux", {"numpy": "2.0"}),
        provenance=Provenance("a.ipynb", 4, "x = 1\n", None, True, "ada", "host"),
        artifact=Artifact("joblib", "cd" * 32, 589, ("a.B", "c.D")),
        attachments={"evaluation": Artifact("npz", "ef" * 32, 7)},
        additional_metrics={"matrix": [[1, 2], []], "empty": {}, "tag": {"$map": 1}},
        tags={"reviewed": True, "big": 10**40},
    )
    content = metadata.to_record()
    content["facts_sha256"] = facts_digest(content)
    record = seal(
        key="k",
        kind=VERSION,
        model="toy",
        number=3,
        content=content,
        prev=None,
        txn="t",
        sign=lambda check: {"value": check},
    )
    assert content["facts_sha256"] == FACTS
    assert record.check == CHECK
    assert hashlib.sha256(record.to_bytes()).hexdigest() == FILE
