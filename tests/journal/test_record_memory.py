"""The memory of records forgets the oldest contents, and never more than it must."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exo_nbregistry.journal.record_memory import RecordMemory

KEYS = st.sampled_from("abcd")


def test_the_least_recently_used_content_is_forgotten() -> None:
    """A content that was used stays, and the one that was not used goes."""
    memory = RecordMemory(max_bytes=4)
    memory.add("a", b"11")
    memory.add("b", b"22")
    assert memory.get("a") == b"11"
    memory.add("c", b"33")
    assert ("a" in memory, "b" in memory, "c" in memory) == (True, False, True)


def test_a_content_that_is_too_large_is_not_kept() -> None:
    """A content above the size is forgotten, and the others with it."""
    memory = RecordMemory(max_bytes=2)
    memory.add("a", b"1")
    memory.add("b", b"333")
    assert memory.get("b") is None
    memory.add("a", b"22")
    assert memory.get("a") == b"22"


def test_a_removed_content_frees_its_size() -> None:
    """Removing a content, known or not, leaves room for others."""
    memory = RecordMemory(max_bytes=2)
    memory.add("a", b"11")
    memory.remove("a")
    memory.remove("z")
    memory.add("b", b"2")
    memory.add("c", b"3")
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (None, b"2", b"3")


@given(st.lists(st.tuples(KEYS, st.binary(max_size=5))), st.integers(0, 12))
def test_the_contents_never_exceed_the_size(steps: list[tuple[str, bytes]], limit: int) -> None:
    """After each step, the known contents are the last ones and within the size."""
    memory = RecordMemory(max_bytes=limit)
    last: dict[str, bytes] = {}
    for key, data in steps:
        memory.add(key, data)
        last[key] = data
        known = {name: memory.get(name) for name in "abcd" if name in memory}
        assert all(last[name] == content for name, content in known.items())
        assert sum(map(len, filter(None, known.values()))) <= limit
        assert (key in known) == (len(data) <= limit)
