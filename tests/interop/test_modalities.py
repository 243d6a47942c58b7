"""Real clients as modalities: what each sends arrives clean in a folder, and nothing planted leaves or is said."""

import json

from node import CALLED_AE
from peers import dcmsend, echoscu, pynetdicom_send, storescu
from planted import abdomen_series, leaks
from processes import wait_until
from programs import shared_dicom
from pydicom import dcmread


def archived(node):
    return sorted(path for path in node.archive.rglob("*") if path.is_file())


def assert_clean_and_silent(node, entries):
    for path in archived(node):
        assert not leaks(path.read_bytes(), entries), path.name
        assert not leaks(str(path).encode(), entries), "a path names a patient"
    assert not leaks(node.everything_it_says().encode(), entries)


def test_echo(make_node):
    node = make_node()
    assert echoscu(node.port).returncode == 0


def test_unknown_called_and_calling_titles_are_rejected(make_node):
    peer = '[[peer]]\nname = "ct"\ncalling_ae = "CT1"\naddresses = ["127.0.0.1"]\n'
    node = make_node(peers=peer)

    called = echoscu(node.port, called="NOBODY", calling="CT1")
    calling = echoscu(node.port, calling="STRANGER")

    assert called.returncode != 0 and "Called AE Title Not Recognized" in called.stdout + called.stderr
    assert calling.returncode != 0 and "Calling AE Title Not Recognized" in calling.stdout + calling.stderr
    assert echoscu(node.port, calling="CT1").returncode == 0
    wanted = {"association_rejected", "association_accepted"}
    wait_until(lambda: {row["event"] for row in node.rows("audit", "query")} >= wanted, 20, "both in the audit")


def test_storescu(make_node, tmp_path):
    paths, entries = abdomen_series(tmp_path / "in", 5)
    node = make_node()

    assert storescu(node.port, *paths).returncode == 0

    assert node.wait_settled()["delivered"] == len(paths)
    assert len(archived(node)) == len(paths)
    assert_clean_and_silent(node, entries)


def test_storescu_with_every_standard_context_proposed(make_node, demo):
    """storescu's own list of 120 contexts in one A-ASSOCIATE-RQ."""
    node = make_node()
    path = demo.path(demo.files[0])

    assert storescu(node.port, path, options=("-R",)).returncode == 0
    assert storescu(node.port, path, options=("-xv",)).returncode == 0
    assert node.wait_settled()["delivered"] == 1


def test_dcmsend(make_node, tmp_path):
    paths, entries = abdomen_series(tmp_path / "in", 5)
    node = make_node()

    assert dcmsend(node.port, *paths).returncode == 0

    assert node.wait_settled()["delivered"] == len(paths)
    assert_clean_and_silent(node, entries)


def test_orthanc(make_node, make_orthanc, demo):
    """Orthanc is sent the demo studies and passes them on."""
    node = make_node()
    orthanc = make_orthanc(modalities={"efface": [CALLED_AE, "127.0.0.1", node.port]})
    paths = [demo.path(entry) for entry in demo.files]
    assert set(pynetdicom_send(orthanc.port, paths, called=orthanc.called_ae).values()) == {0}

    answer = orthanc.post("/modalities/efface/store", json.dumps(orthanc.instances()).encode())

    assert answer.get("FailedInstancesCount", 0) == 0
    counts = node.wait_settled()
    assert counts.get("delivered", 0) + counts.get("quarantined", 0) == len(paths)
    assert counts.get("delivered", 0) >= 5
    assert_clean_and_silent(node, demo.files)


def test_the_same_bytes_again_make_no_new_work(make_node, tmp_path):
    paths, _ = abdomen_series(tmp_path / "in", 2)
    node = make_node()
    assert set(pynetdicom_send(node.port, paths).values()) == {0}
    node.wait_settled()

    assert set(pynetdicom_send(node.port, paths).values()) == {0}

    counts = node.wait_settled()
    assert sum(counts.values()) == len(paths)
    assert len(archived(node)) == len(paths)


def test_other_bytes_under_a_known_uid_are_held_as_a_conflict(make_node, tmp_path):
    (path,), _ = abdomen_series(tmp_path / "in", 1)
    node = make_node()
    pynetdicom_send(node.port, [path])
    node.wait_settled()
    ds = dcmread(path)
    ds.SliceLocation = 4711
    other = tmp_path / "other.dcm"
    ds.save_as(other)

    assert set(pynetdicom_send(node.port, [other]).values()) == {0}

    counts = node.wait_settled()
    assert (counts["delivered"], counts["quarantined"]) == (1, 1)
    assert any("conflict" in row["reason"] for row in node.rows("quarantine", "list"))


def test_every_synthetic_file_ends_delivered_or_held_with_a_reason(make_node, synthetic):
    node = make_node()
    entries = synthetic.sendable()

    statuses = pynetdicom_send(node.port, [synthetic.path(entry) for entry in entries])

    refused = {path.name: status for path, status in statuses.items() if status != 0}
    allowed = {synthetic.path(entry).name for entry in entries if "refused" in entry["outcomes"]}
    assert set(refused) <= allowed, refused
    counts = node.wait_settled(seconds=300)
    assert counts.get("delivered", 0) + counts.get("quarantined", 0) == len(entries) - len(refused)
    must_be_delivered = sum(entry["outcomes"] == ["cleaned"] for entry in entries)
    must_be_held = sum(entry["outcomes"] == ["quarantined"] for entry in entries)
    assert counts.get("delivered", 0) >= must_be_delivered
    assert counts.get("quarantined", 0) >= must_be_held
    assert all(row["reason"] for row in node.rows("quarantine", "list"))
    assert len(archived(node)) == counts["delivered"]
    assert_clean_and_silent(node, synthetic.files)
    assert node.efface("audit", "verify").returncode == 0
    assert node.stop() == 0


def test_every_shared_file_that_can_be_sent_ends_delivered_or_held(make_node):
    files = sorted(path for path in shared_dicom().rglob("*") if path.is_file() and path.suffix == ".dcm")
    node = make_node()

    statuses = pynetdicom_send(node.port, files)

    accepted = [path for path, status in statuses.items() if status == 0]
    assert len(accepted) > len(files) * 3 // 4
    assert all(statuses[path] for path in statuses if path not in accepted), "each refusal has a status or a reason"
    counts = node.wait_settled(seconds=600)
    # Identical files share one job.
    assert 0 < sum(counts.values()) <= len(accepted)
    assert all(row["reason"] for row in node.rows("quarantine", "list"))
    assert node.stop() == 0
