"""Retention in a bucket: the plan, the purge, and the files that stay."""

from __future__ import annotations

from tests.cloud.bucket_registry import open_registry
from tests.cloud.fixtures import unused_prefix
from tests.cloud.programs import Server


def test_only_files_of_purged_versions_are_removed(moto: Server) -> None:
    """The plan is executed, and a file that a version shares with a remaining one stays."""
    registry = open_registry(moto, unused_prefix())
    for number in range(4):
        attachments = {"plot": b"the same", "log": f"run {number}".encode()}
        registry.register_model({"run": number}, "nightly", attachments=attachments)
    registry.set_alias("nightly", "champion", 1)
    plan = registry.collect_garbage(keep_last=1)
    assert [item.model_id for item in plan.versions] == ["nightly:2", "nightly:3"]
    before = registry.get_registry_stats()["size_bytes"]
    done = registry.collect_garbage(False, keep_last=1, plan=plan)
    assert done.versions == plan.versions
    assert before - registry.get_registry_stats()["size_bytes"] == plan.size_bytes > 0
    for ref in ("nightly:1", "nightly:4"):
        assert registry.load_model(ref)[0] == {"run": int(ref[-1]) - 1}
        assert registry.load_attachment(ref, "plot") == b"the same"
    assert registry.verify()
    assert registry.collect_garbage(grace_s=0).is_empty
