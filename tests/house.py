"""Read a package with ast and report each place where it differs from its floor plan."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Room:
    """A folder of modules, or a module in the root: its floor, its step there, its purpose."""

    name: str
    floor: int
    step: str
    purpose: str

    def may_import(self, other: Room) -> bool:
        """Return whether ``other`` is on a lower floor, or on a lower step of the same floor."""
        return (other.floor, other.step) < (self.floor, self.step)


@dataclass(frozen=True)
class Import:
    """One import statement (or ``import_module`` call): who, what, and on which line."""

    importer: str
    target: str
    line: int


def rooms(plan: str) -> dict[str, Room]:
    """Parse lines such as ``10b exoplanet.models  the Kepler classifiers``, lowest first."""
    found = {}
    for line in plan.strip().splitlines():
        place, name, purpose = line.split(maxsplit=2)
        floor = place.rstrip("abcdefgh")
        found[name] = Room(name, int(floor), place.removeprefix(floor), purpose)
    return found


def table_rows(page: str) -> dict[str, Room]:
    """Read the same plan from the table ``| floor | room | purpose |`` of a page."""
    lines = [line.strip("| \n").split(" | ") for line in page.splitlines() if " | `" in line]
    return rooms("\n".join(" ".join(cell.strip("` ") for cell in cells) for cells in lines))


def room_of(module: str) -> str:
    """Return the folder of a module; a module of the root, or a folder's face, is its own.

    Examples
    --------
    >>> room_of("store.local"), room_of("errors"), room_of("serve.__init__")
    ('store', 'errors', 'serve')
    """
    return module.rpartition(".")[0] or module


class House:
    """The modules of the package in ``root``, named from inside it: ``store.local``.

    A package's own file is ``store.__init__``. One that holds only a docstring does not count:
    importing a module past it does not import it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = root.name
        self.trees = {
            ".".join(path.relative_to(root).with_suffix("").parts): ast.parse(path.read_bytes())
            for path in sorted(root.rglob("*.py"))
        }
        self.modules = [
            name
            for name, tree in self.trees.items()
            if name.rpartition(".")[2] != "__init__" or not _is_empty(tree)
        ]
        self.imports = [found for name in self.trees for found in self._imports_of(name)]

    def path(self, module: str) -> Path:
        """Return the file of a module."""
        return self.root.joinpath(*module.split(".")).with_suffix(".py")

    def inside(self) -> Iterator[Import]:
        """Yield the imports of the package's own modules, ``target`` named from inside."""
        for found in self.imports:
            top, _, rest = found.target.partition(".")
            if top == self.name:
                yield Import(found.importer, rest, found.line)

    def unlisted(self, plan: str) -> list[str]:
        """Name each room without a line in the plan, and each line without a room."""
        planned, there = rooms(plan), {room_of(module) for module in self.modules}
        missing = sorted(there - planned.keys())
        return [f"{room} has no line in HOUSE of tests/test_house.py" for room in missing] + [
            f"{room} of HOUSE holds no module" for room in planned if room not in there
        ]

    def climbs(self, plan: str) -> list[str]:
        """Name each import of another room that is not on a lower floor or step."""
        planned = rooms(plan)
        found = []
        for each in self.inside():
            here, there = planned.get(room_of(each.importer)), planned.get(room_of(each.target))
            if here and there and here != there and not here.may_import(there):
                found.append(
                    f"{each.importer}:{each.line} on floor {here.floor}{here.step} imports "
                    f"{each.target} on floor {there.floor}{there.step}, which is not below it"
                )
        return found

    def own_faces(self) -> list[str]:
        """Name each module that imports the ``__init__`` of a package it lives in."""
        return [
            f"{found.importer}:{found.line} imports {found.target}, the __init__ of its own "
            "package: import from the module that defines the name"
            for found in self.inside()
            if found.target.rpartition(".")[2] == "__init__"
            and found.importer.startswith(found.target.removesuffix("__init__"))
        ]

    def circles(self) -> list[str]:
        """Name a circle of imports, if there is one."""
        graph: dict[str, set[str]] = {}
        for found in self.inside():
            graph.setdefault(found.importer, set()).add(found.target)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            return ["a circle of imports: " + " <- ".join(error.args[1])]
        return []

    def breaches(self, fences: Mapping[str, str]) -> list[str]:
        """Name each import of a fenced library outside the modules that may use it."""
        return [
            f"{found.importer}:{found.line} imports {found.target}, which is fenced to "
            f"{fences[library] or 'no module'}"
            for found in self.imports
            if (library := found.target.partition(".")[0]) in fences
            and not any(fnmatch(found.importer, room) for room in fences[library].split())
        ]

    def _imports_of(self, name: str) -> Iterator[Import]:
        for node in ast.walk(self.trees[name]):
            for target in self._targets(name, node):
                yield Import(name, target, node.lineno)

    def _targets(self, name: str, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (self._module(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(f"{self.name}.{name}", node)
            names = {
                self._module(f"{base}.{alias.name}", self._module(base)) for alias in node.names
            }
            package = self._module(base)
            if package.removeprefix(f"{self.name}.") in self.modules:
                names.add(package)
            yield from sorted(names)
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "__import__"}:
            target = node.args[0] if node.args else None
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                yield self._module(target.value)

    def _module(self, dotted: str, otherwise: str | None = None) -> str:
        """Name the module that ``dotted`` loads; a package loads its ``__init__``."""
        for candidate in (dotted, f"{dotted}.__init__"):
            if candidate.removeprefix(f"{self.name}.") in self.trees:
                return candidate
        return otherwise or dotted


def long_files(folder: Path, max_lines: int) -> list[str]:
    """Name each Python file of more than ``max_lines`` lines."""
    sizes = {path: path.read_bytes().count(b"\n") for path in sorted(folder.rglob("*.py"))}
    return [
        f"{path.relative_to(folder)} has {lines} lines, more than {max_lines}"
        for path, lines in sizes.items()
        if lines > max_lines
    ]


def long_functions(folder: Path, max_lines: int) -> list[str]:
    """Name each function of more than ``max_lines`` lines, its docstring and decorators aside."""
    return [
        f"{path.relative_to(folder)}:{node.lineno} {node.name} has {lines} lines, "
        f"more than {max_lines}"
        for path, node in _functions(folder)
        if (lines := _code_lines(node)) > max_lines
    ]


def undescribed_tests(folder: Path) -> list[str]:
    """Name each test whose docstring is not one paragraph that ends in a full stop."""
    return [
        f"{path.relative_to(folder)}:{node.lineno} {node.name} does not describe its behavior"
        for path, node in _functions(folder)
        if node.name.startswith("test_")
        and ("\n\n" in (text := ast.get_docstring(node) or "") or not text.endswith("."))
    ]


def undocumented(folder: Path) -> list[str]:
    """Name each public function, class and method that has no docstring."""
    return [
        f"{path.relative_to(folder)}:{node.lineno} {node.name} has no docstring"
        for path in sorted(folder.rglob("*.py"))
        for node in _public(ast.parse(path.read_bytes()))
        if not ast.get_docstring(node)
    ]


def unexplained(path: Path) -> list[str]:
    """Name each argument and result of a public method that its numpydoc sections leave out."""
    return [
        f"{path.name}:{node.lineno} {node.name} does not explain {missing}"
        for node in _public(ast.parse(path.read_bytes()))
        if isinstance(node, Function) and not _is_property(node)
        for missing in _left_out(node)
    ]


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node)


def _is_property(node: Function) -> bool:
    names = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(names & {"property", "cached_property"})


def _left_out(node: Function) -> Iterator[str]:
    text = ast.get_docstring(node) or ""
    described = text.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    named = {
        name.strip(" *")
        for line in described.splitlines()
        if not line.startswith(" ")
        for name in line.partition(":")[0].split(",")
    }
    spec = node.args
    rest = [argument for argument in (spec.vararg, spec.kwarg) if argument]
    for argument in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *rest]:
        if argument.arg not in {*named, "self", "cls"}:
            yield f"the argument {argument.arg}"
    gives_nothing = node.returns is None or ast.unparse(node.returns) in {"None", "NoReturn"}
    if not gives_nothing and "Returns\n---" not in text and "Yields\n---" not in text:
        yield "what it returns"


def _functions(folder: Path) -> Iterator[tuple[Path, Function]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, Function):
                yield path, node


def _code_lines(node: Function) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        docstring = node.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def _is_empty(tree: ast.Module) -> bool:
    future = (node for node in tree.body if getattr(node, "module", "") != "__future__")
    return all(isinstance(node, ast.Expr) for node in future)


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _absolute(importer: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    anchor = importer.split(".")[: -node.level]
    return ".".join([*anchor, node.module] if node.module else anchor)
