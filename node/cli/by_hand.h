// What a person names on the command line about one file: regions, a mask, and the rule that is made of them;
// and the run of that file under it. Thread rule: as the command line.
#pragma once

#include "node/cli/bulk_options.h"
#include "node/cli/command.h"
#include "node/cli/mask_file.h"
#include "node/cli/one_file.h"
#include "node/cli/rule_file.h"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>

namespace efface::node {

/// The regions of --box and --mask. Both may be missing.
struct NamedRegions {
    std::string list;  ///< "[x, y, w, h], ..."; empty: none is named.
    std::optional<MaskFile> mask;
};

/// Errors are printed.
tl::expected<NamedRegions, Exit> named_regions(Output& output, const Arguments& arguments);

/// The text of a rule "by-hand" with these regions: it searches for text and faces, or blackens the regions
/// alone. A mask fits images of its size alone. More lines of [rule.pixels] may follow.
std::string rule_by_hand(const NamedRegions& regions, bool searches);

/// Runs the argument IN under `rules` into a folder that goes with `use`'s return; `shape` sets what else is
/// asked for. Errors are printed.
Exit run_by_hand(
    CommandContext& context, const Arguments& arguments, const std::string& rules,
    const NamedRegions& regions, const std::function<void(BulkOptions&)>& shape,
    const std::function<Exit(const FileOutcome&)>& use
);

}  // namespace efface::node
