"""Identity beside the data set: preamble, File Meta, bytes after the end, overlay bits above High Bit; and claims of
having been de-identified before, which prove nothing."""

import numpy as np
from case import CLEANED, QUARANTINED, REFUSED, Case
from identity import ZEBULON, Ledger
from instances import abdomen_ct, part10, set_pixels, uid
from phantom import SIZE, abdomen, letters
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian


def cases():
    yield _preamble()
    yield _file_meta()
    yield _trailing_bytes()
    yield _trailing_padding()
    yield _overlay_bits("overlay_bits", planted_overlay=True)
    yield _overlay_bits("overlay_bits_without_overlay", planted_overlay=False)
    yield from _claims()
    yield from _not_instances()


def _ct(name):
    ledger = Ledger()
    return abdomen_ct(ledger, ZEBULON, name), ledger


def _preamble():
    ds, ledger = _ct("preamble")
    text = ledger.plant("Preamble of Zebulon Plantagenetti", "preamble").encode()
    return Case("carriers/preamble.dcm", part10(ds, preamble=b"II*\0" + text.ljust(124, b"\0")), ledger, (CLEANED,),
                "a TIFF head and a name in the preamble; it is written anew")


def _file_meta():
    ds, ledger = _ct("file_meta")
    meta = {
        "ImplementationVersionName": ledger.plant("ZEBULON_QX", "(0002,0013)"),
        "SourceApplicationEntityTitle": ledger.plant("AE_PLANTAGENET", "(0002,0016)"),
        "SendingApplicationEntityTitle": ledger.plant("SEND_ZEBULON", "(0002,0017)"),
        "ReceivingApplicationEntityTitle": ledger.plant("RECV_ZEBULON", "(0002,0018)"),
        "PrivateInformationCreatorUID": ledger.plant(uid("private meta of Zebulon"), "(0002,0100)"),
        "PrivateInformation": ledger.plant_bytes(b"private meta of Zebulon.", where="(0002,0102)"),
    }
    return Case("carriers/file_meta.dcm", part10(ds, meta=meta), ledger, (CLEANED,), "File Meta is written anew")


def _trailing_bytes():
    ds, ledger = _ct("trailing_bytes")
    tail = ledger.plant("Behind the data set stands Zebulon Plantagenetti", "after the end").encode()
    return Case("carriers/trailing_bytes.dcm", part10(ds) + b"\0\0" + tail, ledger, (CLEANED, QUARANTINED, REFUSED),
                "bytes that are no element follow the data set")


def _trailing_padding():
    ds, ledger = _ct("trailing_padding")
    ds.DataSetTrailingPadding = ledger.plant_bytes(b"padding holds Zebulon...", where="(FFFC,FFFC)")
    return Case("carriers/trailing_padding.dcm", part10(ds), ledger, (CLEANED,), "Data Set Trailing Padding is removed")


def _overlay_bits(name, planted_overlay):
    """The retired overlay in bits 12 to 15 of each cell (PS3.3 C.9.2 before 2004): the patient's name as a picture."""
    ds, ledger = _ct(name)
    picture = np.zeros((SIZE, SIZE), dtype="<u2")
    drawn = letters("ZEBULON")
    picture[4 : 4 + drawn.shape[0], 4 : 4 + drawn.shape[1]] = drawn
    set_pixels(ds, abdomen() | (picture << 12))
    # A row of the letters as it lies in the cells; without the bits the row of a clean picture stands there.
    row = (abdomen()[4] | (picture[4] << 12)).astype("<u2").tobytes()
    ledger.plant_bytes(row, where="bits above High Bit")
    if planted_overlay:
        ds.add_new(0x60000010, "US", SIZE)
        ds.add_new(0x60000011, "US", SIZE)
        ds.add_new(0x60000040, "CS", "G")
        ds.add_new(0x60000050, "SS", [1, 1])
        ds.add_new(0x60000100, "US", 16)
        ds.add_new(0x60000102, "US", 12)
    return Case(f"carriers/{name}.dcm", part10(ds), ledger, (CLEANED, QUARANTINED),
                "bits above High Bit are cleared and that is recorded, or the instance is held")


def _claims():
    ds, ledger = _ct("identity_removed_yes")
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = ledger.plant("Done by Plantagenetti", "(0012,0063)")
    yield Case("carriers/identity_removed_yes.dcm", part10(ds), ledger, (CLEANED,), "a YES is never taken as proof")
    ds, ledger = _ct("identity_removed_no")
    ds.PatientIdentityRemoved = "NO"
    yield Case("carriers/identity_removed_no.dcm", part10(ds), ledger, (CLEANED,), "NO: the usual case, said aloud")
    ds, ledger = _ct("identity_removed_contradiction")
    ds.PatientIdentityRemoved = "NO"
    ds.DeidentificationMethod = "Basic profile"
    method = Dataset()
    method.CodeValue, method.CodingSchemeDesignator = "113100", "DCM"
    method.CodeMeaning = "Basic Application Confidentiality Profile"
    ds.DeidentificationMethodCodeSequence = [method]
    yield Case("carriers/identity_removed_contradiction.dcm", part10(ds), ledger, (CLEANED, QUARANTINED),
               "NO beside a method: contradictory")
    ds, ledger = _ct("burned_in_yes")
    ds.BurnedInAnnotation = "YES"
    yield Case("carriers/burned_in_yes.dcm", part10(ds), ledger, (QUARANTINED,),
               "the sender says that text is burned in; this version cannot prove it gone")


def _not_instances():
    ledger = Ledger()
    text = ledger.plant("Notes on Zebulon Plantagenetti", "plain text").encode()
    yield Case("carriers/notes.txt", text, ledger, (REFUSED,), "no DICOM: reported, never copied", sendable=False)

    ledger = Ledger()
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.1.3.10"
    ds.SOPInstanceUID = uid("dicomdir")
    ds.FileSetID = "ZEBULONS"
    record = Dataset()
    record.DirectoryRecordType = "PATIENT"
    record.PatientName = ledger.plant_name(ZEBULON.name, "(0010,0010)")
    record.PatientID = ledger.plant(ZEBULON.patient_id, "(0010,0020)")
    ds.DirectoryRecordSequence = [record]
    yield Case("carriers/DICOMDIR", part10(ds, ExplicitVRLittleEndian), ledger, (REFUSED,),
               "a directory is no instance; reported, never copied", sendable=False)
