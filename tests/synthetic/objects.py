"""Objects without pictures, or with more than a picture: reports, radiotherapy, waveforms, documents, presentation states."""

import numpy as np
from case import CLEANED, QUARANTINED, Case
from identity import AMARYLLIS, ISIDORE, ZEBULON, Ledger
from instances import ENHANCED_CT, identified, part10, set_pixels, uid
from phantom import SIZE, abdomen
from pydicom.dataset import Dataset

EITHER = (CLEANED, QUARANTINED)
BASIC_TEXT_SR = "1.2.840.10008.5.1.4.1.1.88.11"
KEY_OBJECTS = "1.2.840.10008.5.1.4.1.1.88.59"
GSPS = "1.2.840.10008.5.1.4.1.1.11.1"
ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"
ECG_12_LEAD = "1.2.840.10008.5.1.4.1.1.9.1.1"
RT_STRUCT = "1.2.840.10008.5.1.4.1.1.481.3"
RT_PLAN = "1.2.840.10008.5.1.4.1.1.481.5"
RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
CT = "1.2.840.10008.5.1.4.1.1.2"


def cases():
    for build in (structured_report, key_objects, presentation_state, encapsulated_pdf, ecg, rt_structure, rt_plan,
                  rt_dose, enhanced_abdomen, private_sop_class):
        ds, ledger, outcomes, why = build(f"object_{build.__name__}")
        yield Case(f"objects/{build.__name__}.dcm", part10(ds), ledger, outcomes, why)


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _reference(keyword_class, keyword_instance):
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = keyword_class, keyword_instance
    return item


def content_item(value_type, relationship, concept, **values):
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = relationship, value_type, [concept]
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def structured_report(name):
    """Text, a person's name, a date and a UID reference, one of them three levels down."""
    ledger = Ledger()
    ds = identified(ledger, AMARYLLIS, BASIC_TEXT_SR, name)
    ds.Modality = "SR"
    ds.CompletionFlag, ds.VerificationFlag = "COMPLETE", "VERIFIED"
    verifier = Dataset()
    verifier.VerifyingOrganization = ledger.plant("Saint Swithun Reporting", "(0040,A027)")
    verifier.VerificationDateTime = "20240311120000"
    verifier.VerifyingObserverName = ledger.plant_name("Verifyington^Prudence", "(0040,A075)")
    verifier.VerifyingObserverIdentificationCodeSequence = []
    ds.VerifyingObserverSequence = [verifier]
    ds.PerformedProcedureCodeSequence = []
    ds.ReferencedPerformedProcedureStepSequence = []
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [code("18748-4", "LN", "Diagnostic Imaging Report")]
    finding = content_item("TEXT", "CONTAINS", code("121071", "DCM", "Finding"),
                           TextValue=ledger.plant("Mrs Featherstonhaugh has a quillfeather sign", "(0040,A160)"))
    observer = content_item("PNAME", "HAS OBS CONTEXT", code("121008", "DCM", "Person Observer Name"),
                            PersonName=ledger.plant_name("Observington^Cuthbert", "(0040,A123)"))
    deep = content_item("TEXT", "CONTAINS", code("121106", "DCM", "Comment"),
                        TextValue=ledger.plant("call Amaryllis at home", "(0040,A160) at depth 3"))
    finding.ContentSequence = [content_item("CONTAINER", "CONTAINS", code("121070", "DCM", "Findings"),
                                            ContinuityOfContent="SEPARATE", ContentSequence=[deep])]
    ds.ContentSequence = [observer, finding]
    return ds, ledger, EITHER, "a report: the Basic Profile removes its content, or it is held"


def key_objects(name):
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, KEY_OBJECTS, name)
    ds.Modality = "KO"
    ds.ReferencedPerformedProcedureStepSequence = []
    ds.ValueType, ds.ContinuityOfContent = "CONTAINER", "SEPARATE"
    ds.ConceptNameCodeSequence = [code("113000", "DCM", "Of Interest")]
    instance = ledger.plant(uid("key image"), "(0008,1155)")
    series, study = Dataset(), Dataset()
    series.SeriesInstanceUID = ledger.plant(uid("key series"), "(0020,000E) in evidence")
    series.ReferencedSOPSequence = [_reference(CT, instance)]
    study.StudyInstanceUID, study.ReferencedSeriesSequence = ds.StudyInstanceUID, [series]
    ds.CurrentRequestedProcedureEvidenceSequence = [study]
    image = content_item("IMAGE", "CONTAINS", code("113000", "DCM", "Of Interest"),
                         ReferencedSOPSequence=[_reference(CT, instance)])
    text = content_item("TEXT", "CONTAINS", code("113012", "DCM", "Key Object Description"),
                        TextValue=ledger.plant("see Plantagenetti's liver", "(0040,A160)"))
    ds.ContentSequence = [image, text]
    return ds, ledger, EITHER, "a key object selection: content goes by the Basic Profile, or it is held"


def presentation_state(name):
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, GSPS, name)
    ds.Modality = "PR"
    ds.ContentLabel = "NOTES"
    ds.ContentDescription = ledger.plant("Notes on Zebulon", "(0070,0081)")
    ds.PresentationCreationDate, ds.PresentationCreationTime = "20240311", "120000"
    ds.ContentCreatorName = ledger.plant_name("Creatorson^Leopold", "(0070,0084)")
    series = Dataset()
    series.SeriesInstanceUID = ledger.plant(uid("presented series"), "(0020,000E) referenced")
    series.ReferencedImageSequence = [_reference(CT, ledger.plant(uid("presented image"), "(0008,1155)"))]
    ds.ReferencedSeriesSequence = [series]
    annotation, text = Dataset(), Dataset()
    text.UnformattedTextValue = ledger.plant("arrow at Zebulon's spleen", "(0070,0006)")
    text.BoundingBoxAnnotationUnits, text.AnchorPointAnnotationUnits = "PIXEL", "PIXEL"
    text.AnchorPoint, text.AnchorPointVisibility = [10, 10], "Y"
    annotation.GraphicLayer, annotation.TextObjectSequence = "LAYER1", [text]
    ds.GraphicAnnotationSequence = [annotation]
    layer = Dataset()
    layer.GraphicLayer, layer.GraphicLayerOrder = "LAYER1", 1
    layer.GraphicLayerDescription = ledger.plant("layer for Plantagenetti", "(0070,0068)")
    ds.GraphicLayerSequence = [layer]
    area = Dataset()
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [1, 1], [64, 64]
    area.PresentationSizeMode, area.PresentationPixelAspectRatio = "SCALE TO FIT", [1, 1]
    ds.DisplayedAreaSelectionSequence = [area]
    ds.PresentationLUTShape = "IDENTITY"
    return ds, ledger, EITHER, "a presentation state: graphics go by the Basic Profile, or it is held"


def encapsulated_pdf(name):
    ledger = Ledger()
    ds = identified(ledger, ISIDORE, ENCAPSULATED_PDF, name)
    ds.Modality = "DOC"
    ds.ConversionType, ds.BurnedInAnnotation = "WSD", "YES"
    ds.DocumentTitle = ledger.plant("Letter about Isidore", "(0042,0010)")
    ds.ConceptNameCodeSequence = []
    ds.MIMETypeOfEncapsulatedDocument = "application/pdf"
    body = ledger.plant("(Dear Mr Okonkwo-Lindqvist) Tj", "(0042,0011)")
    pdf = f"%PDF-1.4\n1 0 obj<</Length {len(body)}>>stream\n{body}\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n".encode()
    ds.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    return ds, ledger, (QUARANTINED,), "a document may hold anything, and a dummy document would be none"


def ecg(name):
    ledger = Ledger()
    ds = identified(ledger, ISIDORE, ECG_12_LEAD, name)
    ds.Modality = "ECG"
    ds.AcquisitionDateTime = ledger.plant("20240311101713.471109", "(0008,002A)")
    ds.AcquisitionContextSequence = []
    samples = (np.sin(np.arange(200)[:, None] / 9 + np.arange(12)[None, :]) * 900).astype("<i2")
    group = Dataset()
    group.WaveformOriginality, group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = "ORIGINAL", 12, 200
    group.SamplingFrequency = 500
    group.MultiplexGroupLabel = ledger.plant("ECG Isidore", "(003A,0020)")
    channels = []
    for lead in ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"):
        channel = Dataset()
        channel.ChannelLabel = ledger.plant(f"Lindqvist-{lead}", "(003A,0203)")
        channel.ChannelSourceSequence = [code(f"2:{len(channels)}", "MDC", f"Lead {lead}")]
        channel.ChannelSensitivity, channel.ChannelBaseline, channel.WaveformBitsStored = 1, 0, 16
        channel.ChannelSensitivityUnitsSequence = [code("uV", "UCUM", "microvolt")]
        channel.ChannelSensitivityCorrectionFactor, channel.ChannelTimeSkew = 1, 0
        channels.append(channel)
    group.ChannelDefinitionSequence = channels
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.WaveformData = samples.tobytes()
    ds.WaveformSequence = [group]
    note = Dataset()
    note.UnformattedTextValue = ledger.plant("sinus rhythm of Isidore", "(0070,0006)")
    note.AnnotationGroupNumber, note.ReferencedWaveformChannels = 1, [1, 0]
    ds.WaveformAnnotationSequence = [note]
    return ds, ledger, EITHER, "a 12-lead ECG: no picture; its labels and notes go"


def rt_structure(name):
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, RT_STRUCT, name)
    ds.Modality = "RTSTRUCT"
    ds.StructureSetLabel = ledger.plant("Plan Zebulon", "(3006,0002)")
    ds.StructureSetName = ledger.plant("Set of Plantagenetti", "(3006,0004)")
    ds.StructureSetDescription = ledger.plant("drawn for Quackenbush", "(3006,0006)")
    ds.StructureSetDate, ds.StructureSetTime = "20240311", "130000"
    frame = ledger.plant(uid("rt frame"), "(3006,0024)")
    roi, contour_item, contour, observation = Dataset(), Dataset(), Dataset(), Dataset()
    roi.ROINumber, roi.ReferencedFrameOfReferenceUID, roi.ROIGenerationAlgorithm = 1, frame, "MANUAL"
    roi.ROIName = ledger.plant("Zebulon liver", "(3006,0026)")
    roi.ROIDescription = ledger.plant("as agreed with Ottoline", "(3006,0028)")
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 3
    contour.ContourData = [0, 0, 0, 10, 0, 0, 0, 10, 0]
    contour.ContourImageSequence = [_reference(CT, ledger.plant(uid("contoured image"), "(0008,1155)"))]
    contour_item.ReferencedROINumber, contour_item.ContourSequence = 1, [contour]
    observation.ObservationNumber, observation.ReferencedROINumber, observation.RTROIInterpretedType = 1, 1, "ORGAN"
    observation.ROIInterpreter = ledger.plant_name("Interpreterson^Wilhelmina", "(3006,00A6)")
    ds.StructureSetROISequence, ds.ROIContourSequence = [roi], [contour_item]
    ds.RTROIObservationsSequence = [observation]
    return ds, ledger, EITHER, "contours without a picture"


def rt_plan(name):
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, RT_PLAN, name)
    ds.Modality = "RTPLAN"
    ds.RTPlanLabel = ledger.plant("Zebulon boost", "(300A,0002)")
    ds.RTPlanName = ledger.plant("Boost of Plantagenetti", "(300A,0003)")
    ds.RTPlanDescription = ledger.plant("for Plantagenetti only", "(300A,0004)")
    ds.RTPlanDate, ds.RTPlanTime, ds.RTPlanGeometry = "20240311", "133000", "PATIENT"
    ds.ApprovalStatus = "APPROVED"
    ds.ReviewDate, ds.ReviewTime = "20240311", "140000"
    ds.ReviewerName = ledger.plant_name("Reviewerton^Ignatius", "(300E,0008)")
    structure = _reference(RT_STRUCT, ledger.plant(uid("planned structure set"), "(0008,1155)"))
    ds.ReferencedStructureSetSequence = [structure]
    group = Dataset()
    group.FractionGroupNumber, group.NumberOfFractionsPlanned, group.NumberOfBeams = 1, 5, 0
    group.NumberOfBrachyApplicationSetups = 0
    group.FractionGroupDescription = ledger.plant("fractions of Zebulon", "(300A,0072)")
    ds.FractionGroupSequence = [group]
    return ds, ledger, EITHER, "a plan without a picture"


def rt_dose(name):
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, RT_DOSE, name)
    ds.Modality = "RTDOSE"
    ds.FrameOfReferenceUID = ledger.plant(uid("rt frame"), "(0020,0052)")
    ds.PositionReferenceIndicator = ""
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, 0], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [5, 5], 5
    ds.DoseUnits, ds.DoseType, ds.DoseSummationType, ds.DoseGridScaling = "GY", "PHYSICAL", "PLAN", 0.001
    ds.DoseComment = ledger.plant("dose of Plantagenetti", "(3004,0006)")
    ds.GridFrameOffsetVector = [0, 5]
    ds.FrameIncrementPointer = 0x3004000C
    ds.ReferencedRTPlanSequence = [_reference(RT_PLAN, ledger.plant(uid("dosed plan"), "(0008,1155)"))]
    set_pixels(ds, np.stack([abdomen(SIZE, index) for index in range(2)]), bits_stored=16)
    return ds, ledger, EITHER, "a dose grid: pixel data, but no picture of anyone"


def enhanced_abdomen(name):
    ledger = Ledger()
    ds = identified(ledger, ZEBULON, ENHANCED_CT, name)
    ds.Modality = "CT"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.BodyPartExamined = "ABDOMEN"
    ds.BurnedInAnnotation = "NO"
    ds.AcquisitionDateTime = ledger.plant("20240311101714.471110", "(0008,002A)")
    frames = []
    for index in range(3):
        group, content = Dataset(), Dataset()
        content.FrameComments = ledger.plant(f"frame {index} of Zebulon", "(0020,9158)")
        content.FrameReferenceDateTime = ledger.plant(f"2024031110171{index}.111222", "(0018,9151)")
        group.FrameContentSequence = [content]
        frames.append(group)
    ds.SharedFunctionalGroupsSequence = [Dataset()]
    ds.PerFrameFunctionalGroupsSequence = frames
    set_pixels(ds, np.stack([abdomen(SIZE, index) for index in range(3)]))
    return ds, ledger, EITHER, "an enhanced abdomen: identity in per-frame functional groups"


def private_sop_class(name):
    ledger = Ledger()
    ds = identified(ledger, ISIDORE, "1.3.12.2.1107.5.9.1", name)
    ds.Modality = "OT"
    ds.add_new(0x7FE10010, "LO", "ZEBULON PRIVATE 1.0")
    ds.add_new(0x7FE11010, "OB", ledger.plant_bytes(b"raw data of Isidore.", where="(7FE1,1010)"))
    return ds, ledger, (QUARANTINED, "refused"), "a private SOP class: nobody knows what it holds"
