// Original: the bytes of a received instance with what pipeline/scan says of them, and the parsed
// data set without Pixel Data. Whatever is odd enough that two readers could see two different
// instances ends here, before a parser with a tree sees a byte.
// Thread rule: a value; points into the caller's bytes.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/pixel_data_plan.h"
#include "pipeline/dicom/data_set.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/scanner.h"
#include "pipeline/unit/instance_facts.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <span>
#include <string>

namespace efface::pipeline {

struct Original {
    /// As the rules read it.
    ScannedDataSet scanned() const { return {data_set_bytes, syntax}; }

    /// (0028,0100) of the top level. Fault::kQuarantine where it is absent.
    Result<std::uint16_t> bits_allocated() const;

    Part10 part10;
    const rules::TransferSyntax* syntax = nullptr;
    std::span<const std::byte> data_set_bytes;
    ScanTotals totals;
    PixelDataPlan pixels;
    DataSet data_set;  ///< All but the top-level Pixel Data.
    std::string sop_class_uid;
    std::string sop_instance_uid;
};

/// Fault::kRefuse: no instance at all (not DICOM, a DICOMDIR, no preamble). Fault::kQuarantine: an
/// instance that cannot be read beyond doubt.
Result<Original> read_original(std::span<const std::byte> file);

}  // namespace efface::pipeline
