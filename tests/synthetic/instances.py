"""Data sets to start from: one function per kind of instance, each with a whole synthetic identity.

UIDs come from the case's name, so that the set is the same on every machine and every run.
"""

import hashlib
import io
import struct

import numpy as np
from phantom import SIZE, abdomen
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID_dictionary, ExplicitVRLittleEndian

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
MR = "1.2.840.10008.5.1.4.1.1.4"
US = "1.2.840.10008.5.1.4.1.1.6.1"
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


KNOWN_TO_PYDICOM = frozenset(uid for uid, facts in UID_dictionary.items() if facts[1] == "Transfer Syntax")


def uid(*parts):
    """A UID of this set, UUID-derived (PS3.5 B.2) from a hash of what it names."""
    digest = bytearray(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:16])
    digest[6] = 0x80 | digest[6] & 0x0F
    digest[8] = 0x80 | digest[8] & 0x3F
    return f"2.25.{int.from_bytes(digest, 'big')}"


def _terms(charset):
    """Specific Character Set as a list of its defined terms."""
    return list(charset) if isinstance(charset, (list, tuple)) else [charset or ""]


def _text(words, name, terms):
    """`words` and a name; the name alone in JIS X 0201, where pydicom cannot write both in one value."""
    return name if terms == ["ISO_IR 13"] else f"{words} {name}"


def identified(ledger, person, sop_class, name, study="study", charset=None):
    """A data set with a patient, a study and a series, every identifying value noted in the ledger."""
    ds = Dataset()
    terms = _terms(charset)
    if charset is not None:
        ds.SpecificCharacterSet = charset
    ds.SOPClassUID = sop_class
    ds.SOPInstanceUID = ledger.plant(uid(name, "instance"), "(0008,0018)")
    ds.StudyInstanceUID = ledger.plant(uid(person.patient_id, study), "(0020,000D)")
    ds.SeriesInstanceUID = ledger.plant(uid(person.patient_id, study, sop_class, name.rsplit("_", 1)[0]), "(0020,000E)")
    ds.PatientName = ledger.plant_name(person.name, "(0010,0010)", terms)
    ds.PatientID = ledger.plant(person.patient_id, "(0010,0020)")
    ds.PatientBirthDate = ledger.plant(person.birth_date, "(0010,0030)")
    ds.PatientSex = "O"
    ds.PatientAddress = ledger.plant(person.address, "(0010,1040)", terms)
    ds.PatientTelephoneNumbers = ledger.plant(person.telephone, "(0010,2154)")
    ds.AccessionNumber = ledger.plant(person.accession, "(0008,0050)")
    ds.ReferringPhysicianName = ledger.plant_name(person.physician, "(0008,0090)", terms)
    ds.InstitutionName = ledger.plant("Saint Swithun Infirmary", "(0008,0080)")
    ds.StationName = ledger.plant("STATIONQX7", "(0008,1010)")
    ds.StudyID = ledger.plant("SID-90125", "(0020,0010)")
    ds.StudyDate, ds.StudyTime = "20240311", "101500"
    ds.SeriesDate, ds.SeriesTime = "20240311", "101700"
    ds.ContentDate, ds.ContentTime = "20240311", "101830"
    ds.StudyDescription = ledger.plant(_text("Follow-up of", person.family, terms), "(0008,1030)", terms)
    ds.Manufacturer = "Phantomworks"
    ds.ManufacturerModelName = "Computed One"
    ds.DeviceSerialNumber = ledger.plant("SN-778899QX", "(0018,1000)")
    ds.SeriesNumber = 1
    ds.InstanceNumber = 1
    return ds


def set_pixels(ds, array, bits_stored=12, photometric="MONOCHROME2"):
    """Native pixels of `array`: (rows, columns), (frames, rows, columns) or (rows, columns, 3)."""
    colour = array.ndim == 3 and array.shape[-1] == 3
    bits = array.dtype.itemsize * 8
    ds.SamplesPerPixel = 3 if colour else 1
    ds.PhotometricInterpretation = "RGB" if colour else photometric
    if colour:
        ds.PlanarConfiguration = 0
    if array.ndim == 3 and not colour:
        ds.NumberOfFrames = array.shape[0]
    ds.Rows, ds.Columns = (array.shape[:2] if colour else array.shape[-2:])
    ds.BitsAllocated = bits
    ds.BitsStored = min(bits_stored, bits)
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = 0
    ds["PixelData"] = _pixel_element(array, bits)


def _pixel_element(array, bits):
    from pydicom.dataelem import DataElement

    data = array.tobytes()
    return DataElement(0x7FE00010, "OW" if bits > 8 else "OB", data + b"\0" * (len(data) % 2))


def abdomen_ct(ledger, person, name, slice_index=0, study="abdomen", size=SIZE, **identity):
    """One axial slice of an abdomen: nothing of a face, nothing burned in."""
    ds = identified(ledger, person, CT, name, study, **identity)
    terms = _terms(identity.get("charset"))
    ds.Modality = "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.BodyPartExamined = "ABDOMEN"
    ds.SeriesDescription = ledger.plant(_text("Abdomen", person.family, terms), "(0008,103E)", terms)
    ds.FrameOfReferenceUID = ledger.plant(uid(person.patient_id, study, "frame"), "(0020,0052)")
    ds.PositionReferenceIndicator = ""
    ds.PatientPosition = "HFS"
    ds.AcquisitionNumber = 1
    ds.InstanceNumber = slice_index + 1
    ds.ImagePositionPatient = [-160, -160, -40 + 5 * slice_index]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [5, 5]
    ds.SliceThickness = 5
    ds.KVP = 120
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = -1024, 1, "HU"
    ds.BurnedInAnnotation = "NO"
    set_pixels(ds, abdomen(size, slice_index))
    return ds


def part10(ds, syntax=ExplicitVRLittleEndian, preamble=b"\0" * 128, meta=None):
    """`ds` as a Part 10 file; `meta` adds or replaces File Meta attributes by keyword."""
    file_meta = FileMetaDataset()
    file_meta.FileMetaInformationVersion = b"\0\1"
    file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    file_meta.TransferSyntaxUID = syntax
    file_meta.ImplementationClassUID = uid("maker of the synthetic set")
    for keyword, value in (meta or {}).items():
        setattr(file_meta, keyword, value)
    out = io.BytesIO()
    file = FileDataset(out, ds, file_meta=file_meta, preamble=preamble)
    if syntax in KNOWN_TO_PYDICOM:
        dcmwrite(out, file, enforce_file_format=True)
    else:
        # Younger than this pydicom: like every encapsulated syntax, explicit VR little endian. Written under
        # that name and renamed, because pydicom refuses names it does not know.
        file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dcmwrite(out, file, enforce_file_format=True)
        return _renamed_syntax(out.getvalue(), syntax)
    return out.getvalue()


def _renamed_syntax(content, syntax):
    """`content` (explicit VR little endian) with another transfer syntax in its File Meta."""
    old = struct.pack("<HH2sH", 2, 0x10, b"UI", 20) + b"1.2.840.10008.1.2.1\0"
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    new = struct.pack("<HH2sH", 2, 0x10, b"UI", len(value)) + value
    group_length = struct.unpack_from("<I", content, 140)[0] + len(new) - len(old)
    content = content[:140] + struct.pack("<I", group_length) + content[144:]
    assert content.count(old) == 1
    return content.replace(old, new)


def noise(seed, shape, top):
    """Deterministic noise, for pictures that must not compress to nothing."""
    return np.random.default_rng(seed).integers(0, top, shape).astype("<u2")
