// What rules and tables ask about an instance, read through pipeline/scan: text as UTF-8, numbers as
// decimal text, the first item of each sequence. The cleaner and the gate's worker both match with it,
// so that the gate finds the rule itself and needs neither dcmdata nor the cleaner's report.
// Thread rule: re-entrant; what is returned borrows the bytes.
#pragma once

#include "pipeline/unit/work_order.h"
#include "rules/matching/rule_set.h"
#include "rules/profile/identity_possible.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// A data set that pipeline/scan can read to its end.
struct ScannedDataSet {
    std::span<const std::byte> bytes;
    const rules::TransferSyntax* syntax = nullptr;
};

/// The value at `path`; nothing where it is absent, "" where it is empty or a sequence. `creator`
/// is the private creator of the last tag, whatever block it has there. U+FFFD stands for what the
/// character set does not define.
std::optional<std::string> text_at(
    const ScannedDataSet& data_set, std::span<const rules::Tag> path, std::string_view creator
);

rules::InstanceFacts instance_facts(const ScannedDataSet& data_set, const WorkOrder& order);

/// What identity_possible says of this instance.
rules::PixelIdentity pixel_identity(const ScannedDataSet& data_set);

}  // namespace efface::pipeline
