"""The tests' own machinery, tried without a node: senders, archives and the search for what was planted."""

from peers import data_set_bytes, dcmsend, echoscu, pynetdicom_send, storescu
from planted import leaks


def test_every_sender_reaches_storescp(demo, storescp):
    files = [demo.path(entry) for entry in demo.files]

    assert echoscu(storescp.port, called="ARCHIVE").returncode == 0
    assert storescu(storescp.port, files[0], called="ARCHIVE").returncode == 0
    assert dcmsend(storescp.port, files[1], called="ARCHIVE").returncode == 0
    statuses = pynetdicom_send(storescp.port, files[2:], called="ARCHIVE")

    assert set(statuses.values()) == {0}
    assert len(storescp.files()) == len(files)


def test_pynetdicom_sends_each_sendable_synthetic_file_as_it_is(synthetic, make_sink):
    sink = make_sink()
    entries = synthetic.sendable()

    statuses = pynetdicom_send(sink.port, [synthetic.path(entry) for entry in entries], called="SINK")

    refused = {str(path) for path, status in statuses.items() if status != 0}
    # The sink supports no private SOP class; everything else arrives.
    assert refused == {str(synthetic.path(entry)) for entry in entries if entry["file"] == "objects/private_sop_class.dcm"}
    received = {data_set_bytes(path.read_bytes()) for path in sink.folder.iterdir()}
    sent = {data_set_bytes(synthetic.path(entry).read_bytes()) for entry in entries if str(synthetic.path(entry)) not in refused}
    assert received == sent


def test_the_search_finds_every_planted_value_in_its_own_file(synthetic):
    """Were it blind, the absence of leaks would prove nothing."""
    for entry in synthetic.files:
        if entry["file"] == "syntax/deflated.dcm":
            continue  # Compressed as a whole: nothing can be found in it.
        content = synthetic.path(entry).read_bytes()
        places = {text.split(" of ")[0] for text in leaks(content, [entry])}
        assert places >= {value["where"] for value in entry["planted"]}, entry["file"]


def test_orthanc_serves_what_it_was_sent(demo, make_orthanc):
    orthanc = make_orthanc()
    files = [demo.path(entry) for entry in demo.files]

    statuses = pynetdicom_send(orthanc.port, files, called=orthanc.called_ae)

    assert set(statuses.values()) == {0}
    assert len(orthanc.instances()) == len(files)
    assert leaks(b"".join(orthanc.contents()), demo.files)


def test_the_sink_answers_as_told_and_counts(demo, make_sink):
    sink = make_sink(answer=lambda count, uid: 0xA700 if count == 0 else 0x0000)
    path = demo.path(demo.files[0])

    assert pynetdicom_send(sink.port, [path], called="SINK") == {path: 0xA700}
    assert not sink.accepted()
    assert pynetdicom_send(sink.port, [path], called="SINK") == {path: 0}
    assert len(sink.accepted()) == 1
