// TwinWalk: reads the original and the written data set side by side, attribute by attribute at every
// depth, and judges what became of each by the profile's decision. Both scanners move forward only; no
// tree is built. PS3.15 E.1.1.
// Thread rule: belongs to one thread.
#pragma once

#include "pipeline/gate/claim_facts.h"
#include "pipeline/gate/gate.h"
#include "pipeline/gate/lossy_statement.h"
#include "pipeline/gate/lost_values.h"
#include "pipeline/gate/own_fill.h"
#include "pipeline/gate/own_items.h"
#include "pipeline/gate/pixel_judge.h"
#include "pipeline/gate/replaced_value.h"
#include "pipeline/scan/routing.h"
#include "pipeline/scan/scanner.h"
#include "rules/profile/profile.h"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

class TwinWalk {
public:
    TwinWalk(
        const GateWork& work, const Routing& routing, const OwnFill& fill,
        std::span<const std::byte> original, const rules::TransferSyntax& original_syntax,
        std::span<const std::byte> written, const rules::TransferSyntax& written_syntax
    );

    /// Fault::kQuarantine with the first thing that is not as it must be.
    Status run();

private:
    enum class Level : std::uint8_t { kDataSet, kSequence };

    /// A private creator that the plan removes by itself and that only a kept attribute of its block excuses.
    struct Creator {
        rules::Tag tag;
        bool used = false;
    };

    struct Frame {
        Level level = Level::kDataSet;
        std::string_view character_set;
        std::vector<Creator> creators;
        std::vector<OwnEvent> own_items;  // Of a sequence: what Efface appends behind the original's items.
    };

    Status advance_original();
    Status advance_written();
    Status step_data_set();
    Status step_sequence();
    Status end_level();
    Status only_in_original();
    Status only_in_written();
    Status in_both();
    Status both_elements(const rules::Decision& decision);
    Status both_sequences(const rules::Decision& decision);
    Status sequence_and_element(const rules::Decision& decision);
    Status kept_value();
    Status replaced_value(const rules::Decision& decision);
    Status cleaned_value();
    Status mapped_value();
    Status own_attribute(bool original_too);
    Status own_sequence(bool original_too, std::vector<OwnEvent> items);
    Status match_own_items(const std::vector<OwnEvent>& items);
    Status claim(bool in_original, bool in_written);
    Status pixel_data();
    Status float_pixels();
    Status take_pixels(Scanner& scanner, Event& event, PixelSource& source, bool in_original);
    Status note_lost(const Event& event);
    Status lose_sequence();
    Status match_dummy_sequence(rules::Tag tag, rules::Action action);
    Status judge_private_creator(const rules::Decision& decision);
    Status judge_attestation() const;
    Status search() const;
    Status read_claims();
    Status judge_pixels() const;
    Status judge_declared() const;
    Status derived_image_type();
    Status derived_attribute(bool original_too);
    bool is_derived_attribute(rules::Tag tag) const;
    /// What only filled samples say of themselves.
    bool is_fill_attribute(rules::Tag tag) const;
    Status fill_attribute(bool original_too);
    /// What the item of (0018,A001) says of a fill; empty: nothing.
    std::string contribution() const;
    bool is_frame_type(rules::Tag tag) const;
    rules::Decision decide(const Scanner& scanner, const Event& event) const;
    void note_shape();
    void mark_block_used(rules::Tag tag);

    bool at_top() const { return frames_.size() == 1; }

    /// Samples were blackened, the cleaner says.
    bool is_masked() const { return !work_.mask.empty(); }

    /// Compressed samples became native ones.
    bool is_decoded() const { return original_syntax_.encapsulated && !written_syntax_.encapsulated; }

    // Constant after construction.
    const GateWork& work_;
    const Routing& routing_;
    const OwnFill& fill_;
    const rules::TransferSyntax& original_syntax_;
    const rules::TransferSyntax& written_syntax_;
    const rules::Profile profile_;
    const ReplacedValue replaced_;

    // Known before the walk begins.
    rules::PixelIdentity identity_;
    rules::PixelStatement statement_;

    // The walk.
    const std::span<const std::byte> original_bytes_;
    const std::span<const std::byte> written_bytes_;
    Scanner original_scanner_;
    Scanner written_scanner_;
    Event original_;
    Event written_;
    std::vector<Frame> frames_;
    bool done_ = false;

    // What it gathers.
    LostValues lost_;
    PixelJudge pixels_;
    LossyStatement lossy_;
    std::vector<Event> to_search_;  // Written values that must name nobody.

    struct CleanedText {
        Event original;
        Event written;
    };

    std::vector<CleanedText> cleaned_;
    std::optional<Event> removed_flag_;
    std::optional<Event> method_text_;
    std::string_view method_history_;
    bool saw_method_codes_ = false;
    bool saw_equipment_ = false;
    bool saw_derivation_codes_ = false;
    bool saw_derivation_text_ = false;
    std::string_view written_character_set_;  // Of the top level.
    std::size_t fill_attributes_seen_ = 0;
    bool saw_temporal_ = false;
    bool saw_text_claim_ = false;
    bool saw_face_claim_ = false;
};

}  // namespace efface::pipeline
