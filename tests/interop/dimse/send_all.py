"""Sends every Part 10 file below a folder, each in the syntax in which it is stored, with pynetdicom.

    python send_all.py HOST PORT CALLED FOLDER [DATASETS]

Contexts are grouped to at most 128 per association. The data set bytes are sent exactly as stored: the
encoded bytes are handed to the DIMSE layer, nothing is parsed again. With DATASETS, compares what
dimse_probe kept there (<SOP Instance UID>.dataset) byte by byte.
"""

import collections
import io
import pathlib
import sys
import time

import pydicom
from pynetdicom import AE, build_context
from pynetdicom.dimse_primitives import C_STORE


def end_of_meta(raw):
    at = 132
    while raw[at : at + 2] == b"\x02\x00":
        if raw[at + 4 : at + 6] in (b"OB", b"UN"):
            at += 12 + int.from_bytes(raw[at + 8 : at + 12], "little")
        else:
            at += 8 + int.from_bytes(raw[at + 6 : at + 8], "little")
    return at


def stored_files(folder):
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        if raw[128:132] != b"DICM":
            continue
        meta = pydicom.filereader.read_file_meta_info(path)
        needed = ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID")
        if any(keyword not in meta for keyword in needed):
            continue
        begin = end_of_meta(raw)
        yield path, str(meta.MediaStorageSOPClassUID), str(meta.MediaStorageSOPInstanceUID), str(
            meta.TransferSyntaxUID
        ), raw[begin:]


def main():
    host, port, called, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    kept = pathlib.Path(sys.argv[5]) if len(sys.argv) > 5 else None
    groups = collections.defaultdict(list)
    for entry in stored_files(folder):
        groups[(entry[1], entry[3])].append(entry)
    keys = list(groups)
    counts = collections.Counter()
    for start in range(0, len(keys), 100):
        ae = AE(ae_title="PYNETDICOM")
        chunk = keys[start : start + 100]
        contexts = [build_context(sop_class, [syntax]) for sop_class, syntax in chunk]
        association = ae.associate(host, port, contexts=contexts, ae_title=called)
        if not association.is_established:
            print("not associated")
            return 1
        # As Association.send_c_store does: or its reactor thread takes the responses.
        association._reactor_checkpoint.clear()
        while not association._is_paused:
            time.sleep(0.01)
        by_key = {
            (str(c.abstract_syntax), str(c.transfer_syntax[0])): c for c in association.accepted_contexts
        }
        message = 0
        for key in chunk:
            for path, sop_class, instance, syntax, data in groups[key]:
                context = by_key.get(key)
                if context is None:
                    counts["context refused " + syntax] += 1
                    continue
                message += 1
                request = C_STORE()
                request.MessageID = message
                request.AffectedSOPClassUID = sop_class
                request.AffectedSOPInstanceUID = instance
                request.Priority = 2
                request.DataSet = io.BytesIO(data)
                association.dimse.send_msg(request, context.context_id)
                _, response = association.dimse.get_msg(block=True)
                if response is None:
                    counts["no response"] += 1
                    print("no response", path.name)
                    return 1
                counts["status %04X" % response.Status] += 1
                if kept is not None and response.Status == 0:
                    same = (kept / (instance + ".dataset")).read_bytes() == data
                    counts["same bytes" if same else "OTHER BYTES"] += 1
                    if not same:
                        print("other bytes", path.name)
        association._reactor_checkpoint.set()
        association.release()
    for name, count in sorted(counts.items()):
        print(count, name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
