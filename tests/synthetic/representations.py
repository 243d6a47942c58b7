"""Every VR with an identity in it: at the top, in nested sequences, in private groups, in unknown attributes.

Standard attributes are chosen from PS3.15 Table E.1-1 so that the Basic Profile removes or replaces each of them.
"""

import struct

from case import CLEANED, QUARANTINED, Case
from identity import ZEBULON, Ledger
from instances import abdomen_ct, part10, uid
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

# One row of Table E.1-1 per textual VR that it names: tag, VR, value with an identity.
STANDARD = (
    (0x00080055, "AE", "AE_ZEBULON"),
    (0x00101010, "AS", "077Y"),
    (0x001021A0, "CS", "PLANTAGENETTI"),
    (0x001021D0, "DA", "19470814"),
    (0x00101030, "DS", "81.4711"),
    (0x0018A002, "DT", "19470815123456.654321"),
    (0x0016008E, "IS", "47110815"),
    (0x00101090, "LO", "Locator of Plantagenetti"),
    (0x001021B0, "LT", "Zebulon complains of\r\nQuillfeather disease"),
    (0x0016002B, "OB", b"maker note of Zebulon "),
    (0x00101005, "PN", "Plantagenetti-Quick^Zebedee"),
    (0x00102180, "SH", "Quillfeathrer"),
    (0x00400280, "ST", "Comment on Zebulon's step"),
    (0x00100032, "TM", "030917.471108"),
    (0x00102162, "UC", "Umberleigh\\Quillfeather"),
    (0x0040E012, "UR", "https://pacs.example/Plantagenetti"),
    (0x00321066, "UT", "Reason: Plantagenetti asked for it"),
    (0x00080014, "UI", uid("creator of Zebulon")),
)

# Private attributes, one per VR; every one of them goes.
PRIVATE_TEXT = "Zebulon in private"
PRIVATE = (
    ("AE", "ZEB_PRIVATE"), ("AS", "078Y"), ("CS", "ZEB_PRIVATE_CS"), ("DA", "19470816"), ("DS", "0815.4711"),
    ("DT", "19470817111111"), ("IS", "08154711"), ("LO", PRIVATE_TEXT), ("LT", PRIVATE_TEXT), ("PN", "Privatus^Zebulon"),
    ("SH", "ZebulonPrivSH"), ("ST", PRIVATE_TEXT), ("TM", "111213.471108"), ("UC", PRIVATE_TEXT), ("UR", "urn:zebulon:private"),
    ("UT", PRIVATE_TEXT), ("UI", uid("private of Zebulon")), ("AT", 0x47110815), ("FL", 4711.0815), ("FD", 4711.08154711),
    ("SL", 471108151), ("SS", 18515), ("UL", 471108152), ("US", 18516), ("SV", 4711081547110815), ("UV", 4711081547110816),
    ("OB", b"OB of Zebulon "), ("OW", b"OW of Zebulon "), ("OF", b"OF:Zebulon::"), ("OD", b"OD of Zebulon.::"),
    ("OL", b"OL of Zebulon.::"), ("OV", b"OV of Zebulon.::"), ("UN", b"UN of Zebulon "),
)

_BINARY = {"FL": "f", "FD": "d", "SL": "i", "UL": "I", "SV": "q", "UV": "Q"}


def plant_standard(ds, ledger, where):
    for tag, vr, value in STANDARD:
        place = f"{where}({tag >> 16:04X},{tag & 0xFFFF:04X}) {vr}"
        ds.add(DataElement(tag, vr, value))
        if isinstance(value, bytes):
            ledger.plant_bytes(value.strip(), where=place)
        elif vr == "PN":
            ledger.plant_name(value, place)
        else:
            ledger.plant(value, place)


def plant_private(ds, ledger, where, group=0x0029):
    """A private block with every VR; binary values are searched for as their bytes."""
    block = ds.private_block(group, ledger.plant("ZEBULON PRIVATE 1.0", f"{where}private creator"), create=True)
    for offset, (vr, value) in enumerate(PRIVATE):
        place = f"{where}private {vr}"
        block.add_new(offset, vr, value)
        if isinstance(value, bytes):
            ledger.plant_bytes(value.strip(), where=place)
        elif vr in _BINARY:
            _plant_number(ledger, _BINARY[vr], value, place)
        elif vr == "PN":
            ledger.plant_name(value, place)
        elif isinstance(value, str):
            ledger.plant(value, place)
    item = Dataset()
    item.add_new((group, 0x1001), "LO", ledger.plant("Zebulon in a private sequence", f"{where}private SQ"))
    item.private_block(group, "ZEBULON PRIVATE 1.0", create=True)
    block.add_new(0xF0, "SQ", [item])


def _plant_number(ledger, code, value, place):
    ledger.plant_bytes(struct.pack("<" + code, value), struct.pack(">" + code, value), where=place)


def nest(depth, inner):
    """`inner` below `depth` sequences that Table E.1-1 does not name, so that their items are kept and walked."""
    for level in range(depth):
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = f"T-{level}", "SRT", "Region"
        if level % 2:
            item.AnatomicRegionSequence = [inner]
        else:
            item.AnatomicRegionModifierSequence = [inner]
        inner = item
    return inner


def cases():
    for name, syntax in (("explicit_le", ExplicitVRLittleEndian), ("implicit_le", ImplicitVRLittleEndian),
                         ("explicit_be", ExplicitVRBigEndian)):
        ledger = Ledger()
        ds = abdomen_ct(ledger, ZEBULON, f"every_vr_{name}")
        plant_standard(ds, ledger, "")
        plant_private(ds, ledger, "")
        for depth in (1, 2, 7):
            item = Dataset()
            plant_standard(item, ledger, f"depth {depth}: ")
            plant_private(item, ledger, f"depth {depth}: ")
            item.PatientName = ledger.plant_name("Nestorius^Plantagenette", f"depth {depth}: (0010,0010)")
            keyword = {1: "AnatomicRegionSequence", 2: "AnatomicStructureSpaceOrRegionSequence",
                       7: "PrimaryAnatomicStructureSequence"}[depth]
            setattr(ds, keyword, [nest(depth - 1, item)])
        if syntax == ExplicitVRBigEndian:
            from syntaxes import swap_words

            swap_words(ds)
        yield Case(f"representations/every_vr_{name}.dcm", part10(ds, syntax), ledger, (CLEANED,),
                   "an identity in every VR, at depths 0, 1, 2 and 7, standard and private")
    yield _unknown_attributes()
    yield _retired_groups()
    yield _kept_attribute_with_a_name()


def _unknown_attributes():
    ledger = Ledger()
    ds = abdomen_ct(ledger, ZEBULON, "unknown_attributes")
    ds.add(DataElement(0x00180FFE, "LO", ledger.plant("Zebulon unknown LO", "(0018,0FFE)")))
    ds.add(DataElement(0x00EE0010, "UN", ledger.plant("Zebulon unknown UN", "(00EE,0010)").encode()))
    return Case("representations/unknown_attributes.dcm", part10(ds), ledger, (CLEANED,),
                "attributes that PS3.6 does not have are removed")


def _retired_groups():
    """Curves, overlays and group 0004: families of the table and housekeeping."""
    ledger = Ledger()
    ds = abdomen_ct(ledger, ZEBULON, "retired_groups")
    ds.add(DataElement(0x50000010, "US", 1))
    ds.add(DataElement(0x50002500, "LO", ledger.plant("Curve of Zebulon", "(5000,2500)")))
    ds.add(DataElement(0x50043000, "OW", ledger.plant_bytes(b"curve data of Zebulon.", where="(5004,3000)")))
    ds.add(DataElement(0x60024000, "LT", ledger.plant("Overlay comment on Zebulon", "(6002,4000)")))
    ds.add(DataElement(0x60023000, "OW", ledger.plant_bytes(b"overlay data of Zebulon.", where="(6002,3000)")))
    ds.add(DataElement(0x00041220, "SQ", []))
    ds.add(DataElement(0x00041511, "UI", ledger.plant(uid("referenced by a directory"), "(0004,1511)")))
    return Case("representations/retired_groups.dcm", part10(ds), ledger, (CLEANED,),
                "curve and overlay groups and group 0004 are removed")


def _kept_attribute_with_a_name():
    """The table keeps Convolution Kernel, so only the gate can see that a patient's name stands there."""
    ledger = Ledger()
    ds = abdomen_ct(ledger, ZEBULON, "kept_attribute_with_a_name")
    ds.ConvolutionKernel = ledger.plant("PLANTAGENETTI", "(0018,1210)")
    return Case("representations/kept_attribute_with_a_name.dcm", part10(ds), ledger, (QUARANTINED,),
                "the patient's name stands in an attribute that the profile keeps")
