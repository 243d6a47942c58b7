// The parts of docs/ that are printed from tables of the code, so that a page cannot tell of a state, a
// transfer syntax or a status what the code does not do.
//
// In a page such a part stands as
//   <!-- generated: NAME -->
//   ...
//   <!-- end of NAME -->
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace efface {

struct GeneratedBlock {
    std::string_view page;  ///< Below docs/.
    std::string_view name;
    std::string (*text)();  ///< Ends with a line feed.
};

std::span<const GeneratedBlock> generated_blocks();

}  // namespace efface
