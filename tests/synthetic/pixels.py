"""Pictures that show, or may show, who was examined: held by the default rules until a stage can clean them."""

import numpy as np
from case import CLEANED, QUARANTINED, Case
from identity import AMARYLLIS, ISIDORE, ZEBULON, Ledger
from instances import ENHANCED_CT, MR, SECONDARY_CAPTURE, US, identified, part10, set_pixels, uid
from phantom import SIZE, abdomen, ultrasound_with_banner
from pydicom.dataset import Dataset


def cases():
    # With regions around the sector and detectors the banner is proven black; without detectors it is held.
    for case, path, outcomes in ((ultrasound("ultrasound"), "pixels/ultrasound.dcm", (CLEANED, QUARANTINED)),
                                 (secondary_capture("secondary_capture"), "pixels/secondary_capture.dcm", (QUARANTINED,)),
                                 (_head_mr(), "pixels/head_mr.dcm", (QUARANTINED,)),
                                 (_enhanced_head_ct(), "pixels/enhanced_head_ct.dcm", (QUARANTINED,))):
        ds, ledger, why = case
        yield Case(path, part10(ds), ledger, outcomes, why)


def ultrasound(name):
    """An ultrasound frame with the patient's name burned into the banner."""
    ledger = Ledger()
    ds = identified(ledger, AMARYLLIS, US, name)
    ds.Modality = "US"
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    set_pixels(ds, ultrasound_with_banner("ID 1701 ZEBULON"), bits_stored=8)
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 16
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 127, 95
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    ds.SequenceOfUltrasoundRegions = [region]
    return ds, ledger, "ultrasound: a name is burned into the picture"


def secondary_capture(name):
    """A screenshot; no attribute says whether it shows a name."""
    ledger = Ledger()
    ds = identified(ledger, ISIDORE, SECONDARY_CAPTURE, name)
    ds.Modality = "OT"
    ds.ConversionType = "WSD"
    ds.ImageType = ["DERIVED", "SECONDARY"]
    set_pixels(ds, ultrasound_with_banner("NAME ISIDORE"), bits_stored=8)
    return ds, ledger, "secondary capture: may show anything"


def _head_mr():
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, MR, "head_mr")
    ds.Modality = "MR"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "NORM"]
    ds.BodyPartExamined = "HEAD"
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions, ds.MRAcquisitionType = "GR", "SP", "", "3D"
    ds.FrameOfReferenceUID = ledger.plant(uid("head", "frame"), "(0020,0052)")
    ds.PositionReferenceIndicator = ""
    ds.EchoTime, ds.EchoTrainLength = 3, 1
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, 0], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [4, 4], 1
    set_pixels(ds, abdomen())
    return ds, ledger, "head: a face may be rebuilt from the volume"


def _enhanced_head_ct():
    """An enhanced multi-frame object: identity in shared and per-frame functional groups."""
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, ENHANCED_CT, "enhanced_head_ct")
    ds.Modality = "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.PixelPresentation, ds.VolumetricProperties, ds.VolumeBasedCalculationTechnique = "MONOCHROME", "VOLUME", "NONE"
    ds.AcquisitionDateTime = ledger.plant("20240311101712.471108", "(0008,002A)")
    anatomy, region, code = Dataset(), Dataset(), Dataset()
    region.CodeValue, region.CodingSchemeDesignator, region.CodeMeaning = "69536005", "SCT", "Head"
    anatomy.AnatomicRegionSequence, anatomy.FrameLaterality = [region], "U"
    code.FrameAnatomySequence = [anatomy]
    ds.SharedFunctionalGroupsSequence = [code]
    frames = []
    for index in range(4):
        group, content, planes = Dataset(), Dataset(), Dataset()
        content.FrameComments = ledger.plant(f"frame {index} of Plantagenetti", "(0020,9158)")
        content.FrameAcquisitionDateTime = "20240311101712"
        content.FrameAcquisitionNumber = 1
        planes.ImagePositionPatient = [0, 0, index]
        group.FrameContentSequence, group.PlanePositionSequence = [content], [planes]
        frames.append(group)
    ds.PerFrameFunctionalGroupsSequence = frames
    set_pixels(ds, np.stack([abdomen(SIZE, index) for index in range(4)]))
    return ds, ledger, "enhanced CT of a head: a face may be rebuilt from the volume"
