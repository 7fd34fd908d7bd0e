"""Files that name functions and classes which run code, or read and write files."""

from __future__ import annotations

from typing import Any

from tests.security.payload import COMMAND, MARKER, PYTHON, Collection
from tests.security.stream import Raw, build, call, dumped, name, new, stream, text_name

NAMES = Collection()
# Calls with arguments of plain values.
CALLS: dict[str, tuple[str, str, tuple[Any, ...]]] = {
    "os.system": ("os", "system", (COMMAND,)),
    "posix.system": ("posix", "system", (COMMAND,)),
    "exec": ("builtins", "exec", (PYTHON,)),
    "eval": ("builtins", "eval", (PYTHON,)),
    "subprocess.Popen": ("subprocess", "Popen", (["touch", MARKER],)),
    "subprocess.check_output": ("subprocess", "check_output", (["touch", MARKER],)),
    "os.popen": ("os", "popen", (COMMAND,)),
    "os.mkdir": ("os", "mkdir", (MARKER,)),
    "os.remove": ("os", "remove", ("/nonexistent",)),
    "os._exit": ("os", "_exit", (7,)),
    "os.abort": ("os", "abort", ()),
    "open for writing": ("builtins", "open", (MARKER, "w")),
    "open for reading": ("builtins", "open", ("/etc/passwd",)),
    "io.open": ("io", "open", (MARKER, "w")),
    "pathlib": ("pathlib", "PosixPath", ("/etc/passwd",)),
    "tempfile": ("tempfile", "mkdtemp", (None, None, ".")),
    "shutil.rmtree": ("shutil", "rmtree", ("/nonexistent",)),
    "logging to a file": ("logging", "FileHandler", (MARKER,)),
    "sqlite3": ("sqlite3", "connect", (MARKER,)),
    "importlib": ("importlib", "import_module", ("antigravity",)),
    "__import__": ("builtins", "__import__", ("antigravity",)),
    "runpy": ("runpy", "run_module", ("this",)),
    "pip": ("pip", "main", (["--version"],)),
    "marshal": ("marshal", "loads", (b"N",)),
    "pickle in pickle": ("pickle", "loads", (stream(call(name("os", "system"), COMMAND)),)),
    "joblib.load": ("joblib", "load", ("/etc/passwd",)),
    "joblib.Memory": ("joblib.memory", "Memory", (MARKER,)),
    "cloudpickle.subimport": ("cloudpickle.cloudpickle", "subimport", ("os",)),
    "cloudpickle type": ("cloudpickle.cloudpickle", "_builtin_type", ("FunctionType",)),
    "methodcaller": ("operator", "methodcaller", ("system", COMMAND)),
    "attrgetter": ("operator", "attrgetter", ("system",)),
    "itemgetter": ("operator", "itemgetter", (0,)),
    "numpy.load": ("numpy", "load", ("/etc/passwd",)),
    "numpy.fromfile": ("numpy", "fromfile", ("/etc/passwd", "u1")),
    "numpy.save": ("numpy", "save", (f"{MARKER}.npy", [1])),
    "numpy.memmap": ("numpy", "memmap", (MARKER, "u1", "w+", 0, 10)),
    "numpy._core.memmap": ("numpy._core.memmap", "memmap", (MARKER, "u1", "w+", 0, 10)),
    "numpy.testing": ("numpy.testing._private.utils", "runstring", (PYTHON, {})),
    "numpy.f2py": ("numpy.f2py.crackfortran", "myeval", (PYTHON,)),
    "scipy.io": ("scipy.io", "loadmat", ("/etc/passwd",)),
    "svmlight file": ("sklearn.datasets", "load_svmlight_file", ("/etc/passwd",)),
    "download": ("urllib.request", "urlopen", ("http://127.0.0.1:9",)),
    "socket": ("socket", "create_connection", (("127.0.0.1", 9),)),
    "browser": ("webbrowser", "open", ("http://127.0.0.1:9",)),
    "ctypes": ("ctypes", "CDLL", (None,)),
    "pandas.read_pickle": ("pandas", "read_pickle", ("/etc/passwd",)),
    "pandas.eval": ("pandas", "eval", ("1+1",)),
    "a registry": ("exo_nbregistry.registry.facade", "ModelRegistry", (MARKER,)),
    "recursion limit": ("sys", "setrecursionlimit", (1 << 30,)),
    "exit": ("sys", "exit", (7,)),
    "a type": ("builtins", "type", ("X", (), {})),
    "reconstructor": ("copyreg", "_reconstructor", (name("builtins", "object"),) * 2 + (None,)),
    "newobj": ("copyreg", "__newobj__", (name("joblib.memory", "Memory"),)),
    "globals": ("builtins", "globals", ()),
    "compile": ("builtins", "compile", (PYTHON, "x", "exec")),
    "breakpoint": ("builtins", "breakpoint", ()),
    "input": ("builtins", "input", ()),
    "timer": ("threading", "Timer", (0.0, name("os", "getpid"))),
    "at exit": ("atexit", "register", (name("os", "getpid"),)),
    "map": ("builtins", "map", (name("os", "system"), [COMMAND])),
    "reduce": ("functools", "reduce", (name("os", "system"), [COMMAND])),
    "setattr": ("builtins", "setattr", (name("sklearn.base", "BaseEstimator"), "fit", None)),
    "frompyfunc": ("numpy", "frompyfunc", (name("os", "system"), 1, 1)),
    "vectorize": ("numpy", "vectorize", (name("os", "system"),)),
    "partial of a command": ("functools", "partial", (name("os", "system"), COMMAND)),
    "partial of a class": ("functools", "partial", (name("sklearn.svm._classes", "SVC"),)),
    "partial of a call": ("functools", "partial", (name("numpy", "dtype"), "O")),
    "getattr of a class": (
        "builtins",
        "getattr",
        (name("sklearn.svm._classes", "SVC"), "__init__"),
    ),
    "getattr of an instance": (
        "builtins",
        "getattr",
        (new(name("sklearn.svm._classes", "SVC")), "_raw_predict"),
    ),
    "scipy.optimize": ("scipy.optimize", "minimize", (name("os", "system"), [0.0])),
    "a call of a value": ("numpy", "exp", (1.0,)),
    "a call of a class": ("sklearn.svm._classes", "SVC", ()),
    "another callable for a generator": (
        "numpy.random._pickle",
        "__randomstate_ctor",
        (COMMAND, name("os", "system")),
    ),
    "another type for a bit generator": (
        "numpy.random._pickle",
        "__bit_generator_ctor",
        (name("subprocess", "Popen"),),
    ),
    "another type for a seed": (
        "numpy.random.bit_generator",
        "__pyx_unpickle_SeedSequence",
        (name("sklearn.svm._classes", "SVC"), 0, None),
    ),
    "another type for a search tree": (
        "sklearn.neighbors._kd_tree",
        "newObj",
        (name("sklearn.svm._classes", "SVC"),),
    ),
    "another type for a masked array": (
        "numpy.ma.core",
        "_mareconstruct",
        (name("sklearn.svm._classes", "SVC"), name("numpy", "ndarray"), (0,), "b"),
    ),
    "codec": ("_codecs", "encode", ("x", "hex")),
    "codec that is a module": ("_codecs", "encode", ("x", f"{MARKER}.x")),
    "factory that is a class": (
        "collections",
        "defaultdict",
        (name("sklearn.svm._classes", "SVC"),),
    ),
}
for what, (module, qualname, args) in CALLS.items():
    NAMES.add(what, lambda m=module, q=qualname, a=args: stream(call(name(m, q), *a)))

# Names with dots, and modules that a listed module imported.
DOTTED = (
    ("sklearn.utils._testing", "os.system"),
    ("numpy", "f2py.os.system"),
    ("sklearn", "svm._classes.np.vectorize"),
    ("sklearn.svm._classes", "SVC.fit.__globals__"),
    ("numpy.exp", "__class__"),
    ("sklearn.utils._testing", "os"),
    ("sklearn.tree", "_tree"),
    ("", "system"),
    ("os.", "system"),
    (".os", "system"),
    ("sklearn..svm", "SVC"),
    ("sklearn.svm._classes", "SVC\x00"),
    ("SKLEARN.svm._classes", "SVC"),
)
for module, qualname in DOTTED:
    NAMES.add(
        f"dotted {module!r} {qualname!r}",
        lambda m=module, q=qualname: stream(call(name(m, q), COMMAND)),
    )


@NAMES("os.system by the text instruction")
def _text_name() -> bytes:
    return stream(call(text_name("os", "system"), COMMAND))


@NAMES("os.system as a value only")
def _stored_name() -> bytes:
    return stream(name("os", "system"))


@NAMES("a name that is not a text")
def _bytes_name() -> bytes:
    return stream(Raw(b"C\x02osC\x06system\x93"))


@NAMES("a distribution whose state is executed")
def _executed_state() -> bytes:
    from scipy.stats import norm

    state = norm.__getstate__()
    state["_parse_arg_template"] = PYTHON
    instance = new(name("scipy.stats._continuous_distns", "norm_gen"))
    return stream(build(instance, {key: item for key, item in state.items() if _is_plain(item)}))


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


@NAMES("a frozen distribution in a search")
def _distribution() -> bytes:
    from scipy.stats import norm
    from sklearn.linear_model import Ridge
    from sklearn.model_selection import RandomizedSearchCV

    return dumped(RandomizedSearchCV(Ridge(), {"alpha": norm()}))


@NAMES("a method of a text as a tokenizer")
def _method_of_a_text() -> bytes:
    from sklearn.feature_extraction.text import CountVectorizer

    return dumped(CountVectorizer(tokenizer=str.split))


@NAMES("a module named like scikit-learn's compiled losses")
def _module_of_the_folder() -> bytes:
    # The working folder of the test has a file _loss.py.
    return stream(call(name("_loss", "system"), COMMAND))
