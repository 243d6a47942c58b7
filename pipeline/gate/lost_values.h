// LostValues: every value of the original that the plan takes away, as what must not be found in the
// written file. Three kinds: what names a person (searched everywhere), UIDs of instances (searched
// everywhere), and all other text (searched where a value is not the original's own).
// Thread rule: belongs to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/gate/pattern_set.h"
#include "pipeline/scan/scanner.h"

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

class LostValues {
public:
    static constexpr std::size_t kCharactersMin = 4;
    /// Shorter UIDs are parts of ordinary numbers; they are compared as whole values.
    static constexpr std::size_t kUidSearchedMin = 8;

    /// Notes a value that the plan removes or replaces. `character_set` is (0008,0005) as encoded, of the
    /// data set or item around it. Fault::kQuarantine where a name cannot be read in its character set.
    Status add(const Event& event, std::string_view character_set);

    /// After the last add(), before any search.
    void build();

    enum class Found : std::uint8_t { kNothing, kIdentity, kUid };
    /// Whether `value` holds what names a person or an instance, in upper or lower case.
    Found search(std::span<const std::byte> value) const;
    /// True if `value` holds any text that was taken away and that `original` did not hold.
    bool holds_lost_text(std::span<const std::byte> value, std::span<const std::byte> original);
    /// True if one of the values of this UI element is an instance UID of the original.
    bool holds_original_uid(std::string_view value) const;

private:
    Status add_identity(rules::Vr vr, std::span<const std::byte> value, std::string_view character_set);

    PatternSet identity_;
    std::set<std::string_view> seen_;
    std::set<std::string_view> uids_;
    std::vector<std::string_view> texts_;
    PatternSet text_patterns_;
    bool text_patterns_built_ = false;
};

/// Calls `use` for each value of a multi-valued text, trimmed.
template <class Use>
void for_each_value(std::string_view text, Use&& use) {
    while (true) {
        const std::size_t end = text.find('\\');
        use(trimmed_text(std::as_bytes(std::span{text.substr(0, end)})));
        if (end == std::string_view::npos) {
            return;
        }
        text.remove_prefix(end + 1);
    }
}

/// The VR that a value is read by: UN stands for what the dictionary says (PS3.5 6.2.2).
rules::Vr effective_vr(const Event& event);

}  // namespace efface::pipeline
