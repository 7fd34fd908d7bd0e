"""Large files are streamed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys, tracemalloc
from pathlib import Path
from exo_nbregistry import ModelRegistry

folder = Path(sys.argv[1])
os.environ["EXO_NBREGISTRY_CONFIG_DIR"] = str(folder / "config")
(folder / "data").mkdir()
with open(folder / "data/large.bin", "wb") as file:
    for number in range(200):
        file.write(number.to_bytes(4, "big") * (1 << 18))
one = ModelRegistry(folder / "one")
two = ModelRegistry(folder / "two", create=True)
one.register_model({"warm": "up"}, "toy", attachments={"text": "warm up"})
one.export_model("toy", folder / "warm")
two.import_model(folder / "warm")
one.verify()
tracemalloc.start()
one.register_model({}, "toy", attachments={"large": folder / "data/large.bin"})
one.attach("toy", "folder", folder / "data")
for name in ("large", "folder"):
    one.load_attachment("toy", name, directory=folder / "loaded" / name)
one.export_model("toy", folder / "out")
two.import_model(folder / "out")
assert one.verify() and two.verify()
print(tracemalloc.get_traced_memory()[1])
large = (folder / "loaded/large/large.bin").read_bytes()
assert large == (folder / "data/large.bin").read_bytes()
assert large == (folder / "loaded/folder/data/large.bin").read_bytes()
"""
MAX_BYTES = 30 << 20


@pytest.mark.slow
def test_a_large_file_is_never_in_memory(tmp_path: Path) -> None:
    """200 MB are attached, loaded, exported, imported and verified in constant memory."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MAX_BYTES
