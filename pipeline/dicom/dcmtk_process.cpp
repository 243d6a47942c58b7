#include "pipeline/dicom/dcmtk_process.h"

#include "config/assert.h"
#include "rules/vocabulary/dictionary.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcobject.h>
#include <dcmtk/oflog/oflog.h>

#include <cstdlib>
#include <mutex>

namespace efface::pipeline {
namespace {

// DCMTK's messages quote values of the data set: they are patient data and go nowhere.
void silence_logger() {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
}

void set_switches() {
    // Off: it would trim trailing spaces and NULs of every text that is merely kept. The walk pads odd
    // lengths itself (Element::make_even).
    dcmEnableAutomaticInputDataCorrection.set(OFFalse);
    dcmAcceptOddAttributeLength.set(OFTrue);
    // UN of undefined length is a sequence in implicit VR little endian (PS3.5 6.2.2 note 2), as in
    // pipeline/scan.
    dcmEnableCP246Support.set(OFTrue);
    // Never guess: the transfer syntax is what the File Meta Information says, the VR what the data
    // set says, a length what its bytes say. A file that needs a guess goes to a person.
    dcmAutoDetectDatasetXfer.set(OFFalse);
    dcmAcceptUnexpectedImplicitEncoding.set(OFFalse);
    dcmPreferVRFromDataDictionary.set(OFFalse);
    dcmPreferLengthFieldSizeFromDataDictionary.set(OFFalse);
    dcmReadImplPrivAttribMaxLengthAsSQ.set(OFFalse);
    dcmIgnoreParsingErrors.set(OFFalse);
    dcmReplaceWrongDelimitationItem.set(OFFalse);
    dcmConvertUndefinedLengthOBOWtoSQ.set(OFFalse);
    dcmConvertVOILUTSequenceOWtoSQ.set(OFFalse);
    dcmEnableUnknownVRConversion.set(OFFalse);
    // A sequence too long for a 32-bit length is written with undefined length instead of failing.
    dcmWriteOversizedSeqsAndItemsUndefined.set(OFTrue);
}

// DCMTK's name for a VR that depends on the data set.
DcmVR dictionary_vr(std::string_view vr_text) {
    if (vr_text == "US or SS") {
        return DcmVR{EVR_xs};
    }
    if (vr_text == "OB or OW") {
        return DcmVR{EVR_ox};
    }
    if (vr_text == "US or SS or OW" || vr_text == "US or OW") {
        return DcmVR{EVR_lt};
    }
    return DcmVR{std::string{vr_text.substr(0, 2)}.c_str()};
}

void add_entry(DcmDataDictionary& dictionary, const rules::DictionaryEntry& entry) {
    // The keyword is a literal that lives as long as the process: not copied.
    dictionary.addEntry(new DcmDictEntry(
        entry.tag.group(), entry.tag.element(), dictionary_vr(entry.vr_text), entry.keyword.data(), 1,
        DcmVariableVM, "DICOM", OFFalse, nullptr
    ));
}

void add_structure(DcmDataDictionary& dictionary) {
    for (const auto& [element, name] :
         {std::pair<Uint16, const char*>{0xE000, "Item"},
          {0xE00D, "ItemDelimitationItem"},
          {0xE0DD, "SequenceDelimitationItem"}}) {
        dictionary.addEntry(
            new DcmDictEntry(0xFFFE, element, DcmVR{EVR_na}, name, 1, 1, "DICOM", OFFalse, nullptr)
        );
    }
    dictionary.addEntry(new DcmDictEntry(
        0x0001, 0x0000, 0xFFFF, 0x0000, DcmVR{EVR_UL}, "GenericGroupLength", 1, 1, "GENERIC", OFFalse, nullptr
    ));
    auto* creator = new DcmDictEntry(
        0x0009, 0x0010, 0xFFFF, 0x00FF, DcmVR{EVR_LO}, "PrivateCreator", 1, 1, "PRIVATE", OFFalse, nullptr
    );
    creator->setGroupRangeRestriction(DcmDictRange_Odd);
    dictionary.addEntry(creator);
}

// The dictionary is the one of rules/vocabulary, and no private one: the VR of an element in implicit
// VR is then the same for DCMTK as for pipeline/scan, and a worker needs no file of Debian's.
void load_dictionary() {
    // Keeps DCMTK from loading its own files when the dictionary is first touched.
    setenv("DCMDICTPATH", "/dev/null", 1);
    DcmDataDictionary& dictionary = dcmDataDict.wrlock();
    dictionary.clear();
    for (const rules::DictionaryEntry& entry : rules::dictionary()) {
        add_entry(dictionary, entry);
    }
    add_structure(dictionary);
    dcmDataDict.wrunlock();
}

}  // namespace

void start_dcmtk() {
    static std::once_flag once;
    std::call_once(once, [] {
        silence_logger();
        set_switches();
        load_dictionary();
    });
}

}  // namespace efface::pipeline
