"""The other side: modalities that send to the node, archives that it sends to."""

import hashlib
import json
import subprocess
import threading
import urllib.request
from collections import defaultdict
from pathlib import Path

from node import CALLED_AE
from processes import Server, accepts_connections, free_port
from programs import tool
from pydicom.filereader import read_file_meta_info
from pynetdicom import AE, _config, evt
from pynetdicom.presentation import StoragePresentationContexts
from pynetdicom.sop_class import Verification

SEND_SECONDS = 120
CONTEXTS_MAX = 100
EVERY_SYNTAX = [
    "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.5",
    *(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 53, 55, 57, 70, 80, 81, 90, 91, 100, 102, 110, 201, 203)),
]


def storescu(port, *files, called=CALLED_AE, calling="STORESCU", options=()):
    """DCMTK's storescu; the finished process."""
    return subprocess.run([tool("storescu"), "-aet", calling, "-aec", called, *options, "127.0.0.1", str(port),
                           *map(str, files)], capture_output=True, text=True, timeout=SEND_SECONDS, check=False)


def dcmsend(port, *files, called=CALLED_AE, calling="DCMSEND", options=()):
    """DCMTK's dcmsend, which proposes what the files are; the finished process."""
    return subprocess.run([tool("dcmsend"), "-aet", calling, "-aec", called, "--no-uid-checks", *options,
                           "127.0.0.1", str(port), *map(str, files)],
                          capture_output=True, text=True, timeout=SEND_SECONDS, check=False)


def echoscu(port, called=CALLED_AE, calling="ECHOSCU"):
    return subprocess.run([tool("echoscu"), "-aet", calling, "-aec", called, "127.0.0.1", str(port)],
                          capture_output=True, text=True, timeout=SEND_SECONDS, check=False)


def pynetdicom_send(port, files, called=CALLED_AE, calling="PYNETDICOM"):
    """Sends files as they are, byte by byte, several associations where there are many kinds.

    {path: status, or a text where no status came}.
    """
    outcome, kinds = {}, defaultdict(list)
    for path in files:
        try:
            meta = read_file_meta_info(path)
            kinds[(str(meta.MediaStorageSOPClassUID), str(meta.TransferSyntaxUID))].append(path)
        except Exception as error:  # pydicom raises many kinds; all mean: no File Meta to offer from.
            outcome[path] = f"not sendable: {type(error).__name__}"
    kinds = list(kinds.items())
    for begin in range(0, len(kinds), CONTEXTS_MAX):
        _send_batch(port, kinds[begin : begin + CONTEXTS_MAX], called, calling, outcome)
    return outcome


def _send_batch(port, kinds, called, calling, outcome):
    was_chunked, _config.STORE_SEND_CHUNKED_DATASET = _config.STORE_SEND_CHUNKED_DATASET, True
    ae = AE(ae_title=calling)
    ae.dimse_timeout = SEND_SECONDS
    for (sop_class, syntax), _ in kinds:
        ae.add_requested_context(sop_class, syntax)
    association = ae.associate("127.0.0.1", port, ae_title=called)
    try:
        for (sop_class, syntax), paths in kinds:
            for path in paths:
                outcome[path] = _send_one(association, path)
    finally:
        _config.STORE_SEND_CHUNKED_DATASET = was_chunked
        if association.is_established:
            association.release()


def _send_one(association, path):
    if not association.is_established:
        return "no association"
    try:
        status = association.send_c_store(path)
    except ValueError:
        return "context refused"
    return status.Status if "Status" in status else "no response"


def data_set_bytes(content):
    """A Part 10 file without preamble and File Meta (PS3.10 7.1; its group length is the first element)."""
    assert content[128:140] == b"DICM\x02\x00\x00\x00UL\x04\x00"
    return content[144 + int.from_bytes(content[140:144], "little") :]


class Storescp:
    """DCMTK's storescp as an archive."""

    def __init__(self, folder, called_ae="ARCHIVE", options=("+xa",)):
        self.port, self.called_ae, self.received = free_port(), called_ae, Path(folder) / "received"
        self.received.mkdir(parents=True, exist_ok=True)
        self.server = Server([tool("storescp"), "-aet", called_ae, "-od", self.received, "+B", "-uf", *options,
                              str(self.port)], folder, "storescp")
        self.server.wait_ready(lambda: accepts_connections(self.port))

    def files(self):
        return sorted(path for path in self.received.rglob("*") if path.is_file())

    def stop(self):
        self.server.kill()


class Orthanc:
    """Orthanc as an archive, and as a modality."""

    def __init__(self, folder, modalities=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.http_port, self.called_ae = free_port(), free_port(), "ORTHANC"
        configuration = {
            "Name": "test", "StorageDirectory": str(self.folder / "storage"), "IndexDirectory": str(self.folder / "storage"),
            "DicomAet": self.called_ae, "DicomPort": self.port, "DicomAlwaysAllowStore": True,
            "UnknownSopClassAccepted": True, "DicomServerEnabled": True, "HttpServerEnabled": True,
            "HttpPort": self.http_port, "RemoteAccessAllowed": False, "AuthenticationEnabled": False, "Plugins": [],
            "DicomModalities": modalities or {}, "StorageCompression": False, "DicomCheckCalledAet": False,
        }
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(configuration), encoding="utf-8")
        self.server = Server([tool("Orthanc"), path], self.folder, "orthanc")
        self.server.wait_ready(self._answers)

    def _answers(self):
        try:
            return bool(self.get("/system")) and accepts_connections(self.port)
        except OSError:
            return False

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=30) as answer:
            return answer.read()

    def post(self, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.http_port}{path}", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=SEND_SECONDS) as answer:
            return json.loads(answer.read())

    def instances(self):
        return json.loads(self.get("/instances"))

    def contents(self):
        return [self.get(f"/instances/{name}/file") for name in self.instances()]

    def stop(self):
        self.server.stop()


class Sink:
    """An archive in this process (pynetdicom) that keeps what it gets and answers what it is told to.

    answer(count, sop_instance_uid) -> status, with the number of times that this instance came before. Of the SOP
    classes in `without` it accepts none.
    """

    def __init__(self, folder, answer=lambda count, uid: 0x0000, called_ae="SINK", port=None, without=()):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.called_ae, self.port, self._answer = called_ae, port or free_port(), answer
        self._lock, self.arrivals, self.digests = threading.Lock(), defaultdict(list), defaultdict(set)
        ae = AE(ae_title=called_ae)
        ae.add_supported_context(Verification)
        for context in StoragePresentationContexts:
            if context.abstract_syntax in without:
                continue
            ae.add_supported_context(context.abstract_syntax, EVERY_SYNTAX)
        ae.maximum_associations = 50
        self._server = ae.start_server(("127.0.0.1", self.port), block=False, evt_handlers=[(evt.EVT_C_STORE, self._store)])

    def _store(self, event):
        uid = str(event.request.AffectedSOPInstanceUID)
        content = event.encoded_dataset()
        with self._lock:
            status = self._answer(len(self.arrivals[uid]), uid)
            self.arrivals[uid].append(status)
            self.digests[uid].add(hashlib.sha256(data_set_bytes(content)).hexdigest())
            name = f"{len(self.arrivals):06d}-{len(self.arrivals[uid]):03d}.dcm"
            (self.folder / name).write_bytes(content)
        return status

    def accepted(self):
        """SOP Instance UIDs that were answered with Success or a warning."""
        with self._lock:
            return {uid for uid, statuses in self.arrivals.items()
                    if any(status == 0 or 0xB000 <= status <= 0xBFFF or status in (0x0001, 0x0107, 0x0116) for status in statuses)}

    def stop(self):
        self._server.shutdown()

