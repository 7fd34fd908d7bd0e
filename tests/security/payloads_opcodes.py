"""Files with instructions that no model needs, and with streams that are damaged."""

from __future__ import annotations

import gzip
import zlib

from tests.security.payload import COMMAND, Collection
from tests.security.stream import MARK, Raw, call, dumped, name, new, push, stream

OPCODES = Collection()
SYSTEM = name("os", "system")
SVC = name("sklearn.svm._classes", "SVC")
SINGLE = {
    "extension 1": b"\x82\x01",
    "extension 2": b"\x83\x01\x00",
    "extension 4": b"\x84\x01\x00\x00\x00",
    "persistent id": b"Pos.system\n",
    "persistent id on the stack": push("os.system") + b"Q",
    "instance": MARK + push(COMMAND) + b"ios\nsystem\n",
    "object": MARK + SYSTEM + push(COMMAND) + b"o",
    "new with keywords": SVC + b")" + push({"C": 2.0}) + b"\x92",
    "next buffer": b"\x97",
    "read-only buffer": b"N\x98",
    "duplicate": b"N2",
    "long text number": b"L1" + b"0" * 100 + b"L\n",
    "long of 4 bytes": b"\x8b\xff\xff\xff\x7f",
    "negative long": b"\x8b\xff\xff\xff\xff",
    "integer as text": b"I1\n",
    "float as text": b"F1\n",
    "string as text": b"S'os'\n",
    "unicode as text": b"Vos\n",
    "string of protocol 1": b"U\x02os",
    "put as text": b"Np0\n",
    "get as text": b"Np0\n0g0\n",
    "unknown instruction": b"\xff",
    "gap in the memo": b"Nr\xff\xff\xff\x7f",
    "unknown memo": b"h\x07",
    "unknown long memo": b"j\xff\xff\xff\x7f",
    "pop of nothing": b"0",
    "no mark": b"Nt",
    "odd items": b"}(Nu",
    "items of a list": b"](NNu",
    "append to a tuple": b")Na",
    "add to a list": b"](N\x90",
    "add to a value": name("numpy", "exp") + b"(N\x90",
    "items of a class": SVC + b"(NNu",
    "append to a class": SVC + b"Na",
    "call without a tuple": SYSTEM + b"NR",
    "call of a text": push("os.system") + push((COMMAND,)) + b"R",
    "new of a function": new(SYSTEM, COMMAND),
    "new of a text": push("SVC") + b")\x81",
    "new of a value": name("numpy", "float64") + b")\x81",
    "new with arguments": new(SVC, 1.0),
    "new of a search tree": new(name("sklearn.neighbors._kd_tree", "KDTree")),
    "new of a generator": new(name("numpy.random._mt19937", "MT19937")),
    "new of a seed": new(name("numpy.random.bit_generator", "SeedSequence")),
    "new of a distance": new(name("sklearn.metrics._dist_metrics", "EuclideanDistance64")),
    "new of an array": new(name("numpy", "ndarray"), (1 << 40,)),
    "new of a tree": new(name("sklearn.tree._tree", "Tree")),
    "nothing": b"",
    "only a mark": MARK,
    "a name without an end": b"cos" + b"x" * 5000,
    "a name that is not UTF-8": b"c\xff\xfe\n\xff\n",
    "a text that is not UTF-8": b"X\x02\x00\x00\x00\xff\xfe",
}
for what, body in SINGLE.items():
    OPCODES.add(what, lambda body=body: stream(Raw(body)))
OPCODES.add("open mark", lambda: stream(Raw(b"(N")), harmless=True)
for protocol in (0, 1, 6, 255):
    OPCODES.add(
        f"protocol {protocol}",
        lambda protocol=protocol: stream(call(SYSTEM, COMMAND), protocol=protocol),
    )
OPCODES.add("protocol in the middle", lambda: stream(Raw(b"N0\x80\x09N")))
OPCODES.add("no protocol", lambda: b"cos\nsystem\n(X\x01\x00\x00\x00xtR.")
OPCODES.add("empty file", lambda: b"")
OPCODES.add("one byte", lambda: b"\x80")
OPCODES.add("only stop", lambda: b"\x80\x04.")
OPCODES.add("no stop", lambda: b"\x80\x04N")
OPCODES.add("zlib", lambda: zlib.compress(stream(call(SYSTEM, COMMAND))))
OPCODES.add("gzip", lambda: gzip.compress(stream(call(SYSTEM, COMMAND))))
OPCODES.add("legacy zlib of joblib", lambda: b"ZF0x10" + b" " * 20 + zlib.compress(b"N."))
OPCODES.add("an endless frame", lambda: stream(Raw(b"\x95" + b"\xff" * 7 + b"\x3fN")))
OPCODES.add(
    "a second stream after an honest one",
    lambda: stream(1) + stream(call(SYSTEM, COMMAND)),
    harmless=True,
)
OPCODES.add("a truncated model", lambda: _model()[:-200])
OPCODES.add("a model without its end", lambda: _model()[:-1])


@OPCODES("array in another file")
def _array_in_another_file() -> bytes:
    from tests.security.stream import build

    wrapper = new(name("joblib.numpy_pickle_compat", "NDArrayWrapper"))
    state = {"filename": "/etc/passwd", "subclass": None, "allow_mmap": False}
    return stream(build(wrapper, state))


def _model() -> bytes:
    from sklearn.linear_model import LinearRegression

    return dumped(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]))
