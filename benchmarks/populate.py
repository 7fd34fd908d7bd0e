"""Create a large registry with the same files as registered models, but faster.

Records are sealed, signed, chained and committed as in the package. The model is fitted and
described only once, and all versions of a model share its file.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exo_nbregistry.exoplanet.data.features import HONEST22
from exo_nbregistry.records.identity import facts_digest
from exo_nbregistry.records.record import VERSION, Record, seal
from exo_nbregistry.registry.facade import ModelRegistry
from exo_nbregistry.signing.keyring import Keyring
from exo_nbregistry.store.local import LocalStore
from exo_nbregistry.values.json_codec import encode
from exo_nbregistry.values.keys import blob_key, tmp_folder, version_key
from exo_nbregistry.values.reference import model_id

DEPTH = 50
_ALGORITHMS = ("RandomForest", "SVC", "MLP")
_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def populate(folder: Path, *, versions: int, depth: int = DEPTH) -> None:
    """Create a registry with the same number of versions for each model, and one alias each.

    Parameters
    ----------
    folder : Path
        Folder of the new registry.
    versions : int
        Number of versions in total.
    depth : int
        Number of versions of each model.
    """
    from tqdm.auto import tqdm

    registry = ModelRegistry(folder, create=True, durable=False)
    store, keyring = LocalStore(folder, durable=False), Keyring()
    content, payloads = _example()
    chance = random.Random(0)
    with tqdm(total=versions, desc="Populating", unit=" versions") as bar:
        for index in range(versions // depth):
            name = f"model-{index:05d}"
            for extension, data in payloads.items():
                with store.stage(tmp_folder(name)) as staged:
                    staged.write(data)
                    staged.publish(blob_key(name, *extension))
            for record in _records(name, depth, content, keyring, chance):
                store.create(record.key, record.to_bytes(), staging=tmp_folder(name))
            registry.set_alias(name, "champion", chance.randint(1, depth))
            bar.update(depth)


def fitted_model() -> Any:
    """Return a small forest with training data, as ``model, X, y``."""
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    chance = np.random.default_rng(0)
    X = pd.DataFrame(chance.normal(size=(200, len(HONEST22))), columns=list(HONEST22))
    y = (X.iloc[:, 0] > 0).astype(int)
    return RandomForestClassifier(n_estimators=2, max_depth=2, random_state=0).fit(X, y), X, y


def _example() -> tuple[dict[str, Any], dict[tuple[str, str], bytes]]:
    """Register one version elsewhere; return its content, and its payloads by digest and kind."""
    model, X, y = fitted_model()
    with TemporaryDirectory() as folder:
        registry = ModelRegistry(folder, durable=False)
        registry.register_model(model, "example", X=X, y=y, X_test=X, y_test=y)
        record = Path(folder, version_key("example", 1))
        fields: dict[str, Any] = copy.deepcopy(_content(record))
        artifacts = [fields["artifact"], *fields["attachments"].values()]
        payloads = {
            (artifact["sha256"], artifact["format"]): Path(
                folder, blob_key("example", artifact["sha256"], artifact["format"])
            ).read_bytes()
            for artifact in artifacts
        }
    return fields, payloads


def _content(path: Path) -> Any:
    import json

    return json.loads(path.read_text())["content"]


def _records(
    name: str, depth: int, example: dict[str, Any], keyring: Keyring, chance: random.Random
) -> Iterator[Record]:
    prev = None
    for number in range(1, depth + 1):
        content = _vary(name, number, example, chance)
        prev = seal(
            key=version_key(name, number),
            kind=VERSION,
            model=name,
            number=number,
            content=content | {"facts_sha256": facts_digest(content)},
            prev=prev,
            txn=f"{chance.getrandbits(128):032x}",
            sign=keyring.sign,
        )
        yield prev


def _vary(name: str, number: int, example: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return the example as another version would have it."""
    at = encode(_BEGIN + timedelta(seconds=chance.randrange(10**7)))
    content = {key: value for key, value in example.items() if key != "facts_sha256"}
    return content | {
        "model_id": model_id(name, number),
        "model_name": name,
        "version": number,
        "created_at": at,
        "training_date": at,
        "algorithm": chance.choice(_ALGORITHMS),
        "metrics": {metric: chance.random() for metric in example["metrics"]},
        "hyperparameters": example["hyperparameters"] | {"max_depth": chance.randint(1, 30)},
        "tags": {"reviewed": True} if chance.random() < 0.1 else {},
    }
