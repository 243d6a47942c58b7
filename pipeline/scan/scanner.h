// Scanner: an iterative, bounded reader of one data set (PS3.5 section 7, annex A).
//
// It hands out one event after another and keeps only the stack of open sequences: no tree, no
// recursion, no allocation by a claimed length. Offsets and spans always lie inside the bytes given.
// Cost is linear in the bytes outside values. The daemon routes with it and the gate judges with it,
// so it is strict: what is not well-formed is an Error (Fault::kQuarantine) with the tag it was met at.
// Thread rule: a Scanner belongs to one thread; the bytes must outlive it and its events.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/transfer_syntax.h"
#include "rules/vocabulary/vr.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

inline constexpr std::uint32_t kSequenceDepthMax = 64;
inline constexpr std::uint64_t kUndefinedLength = 0xFFFFFFFFU;

/// The scanner's named maxima; reaching one is an Error. Defaults fit every real object known to us.
struct ScanLimits {
    std::uint32_t sequence_depth_max = kSequenceDepthMax;
    std::uint64_t elements_max = 4'000'000;   ///< Elements at all depths, sequences counted.
    std::uint64_t items_max = 1'000'000;      ///< Items of sequences at all depths.
    std::uint64_t fragments_max = 1'000'000;  ///< Fragments of encapsulated Pixel Data.
    /// All bytes but the values of O* and UN: what a parser would hold in memory.
    std::uint64_t header_bytes_max = 256ULL << 20U;
    std::uint64_t text_value_bytes_max = 64ULL << 20U;  ///< One value of a VR other than O* and UN.
};

enum class EventKind : std::uint8_t {
    kElement,        ///< Any element with a value: `value` holds it (native Pixel Data too).
    kSequenceBegin,  ///< SQ, or UN of undefined length (PS3.5 6.2.2).
    kItemBegin,
    kItemEnd,
    kSequenceEnd,
    kPixelBegin,   ///< Encapsulated Pixel Data (PS3.5 A.4): undefined length.
    kOffsetTable,  ///< Its first item, the Basic Offset Table, possibly empty.
    kFragment,     ///< Each further item.
    kPixelEnd,
    kTrailing,  ///< Zero bytes behind the last element: no element, padding of the medium.
    kEnd,       ///< The end of the data set; comes once, and again at each further call.
};

/// What is odd about an element without making it unreadable. A caller may quarantine on any.
struct EventFacts {
    bool odd_length : 1 = false;
    bool duplicate_tag : 1 = false;            ///< Same tag as the element before it in its data set or item.
    bool out_of_order : 1 = false;             ///< Smaller tag than one before it in its data set or item.
    bool unknown_as_sequence : 1 = false;      ///< UN of undefined length, read as implicit VR little endian.
    bool reserved_bytes_set : 1 = false;       ///< The two reserved bytes of a long header are not zero.
    bool encapsulated_unexpected : 1 = false;  ///< Fragments under a syntax that is not encapsulated.
};

struct Event {
    EventKind kind = EventKind::kEnd;
    rules::Tag tag;                    ///< Of the element or sequence; (FFFE,E000) for items and fragments.
    rules::Vr vr = rules::Vr::UN;      ///< As encoded, or by the dictionary for implicit VR.
    std::uint32_t depth = 0;           ///< Number of sequences around it.
    std::uint32_t item_number = 0;     ///< Items and fragments, from 1; the offset table is 0.
    std::uint64_t header_offset = 0;   ///< First byte of its header, from the start of the data set.
    std::uint64_t value_offset = 0;    ///< First byte after the header.
    std::uint64_t length = 0;          ///< Of the value as claimed; kUndefinedLength with delimiter.
    std::span<const std::byte> value;  ///< Elements, offset table, fragments, trailing; else empty.
    bool big_endian = false;
    bool explicit_vr = true;
    EventFacts facts;
};

class Scanner {
public:
    /// `data_set` starts at its first element (Part10::data_set_offset). Deflated syntaxes are not
    /// readable: every next() is then an Error.
    Scanner(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, ScanLimits limits = {});

    /// The next event. After an Error, every further call gives the same Error.
    Result<Event> next();

    /// After kSequenceBegin: goes to its kSequenceEnd, which the next next() returns. Its content is
    /// still read and bounded.
    Status skip_sequence();

    /// Tags of the sequences around the event that next() returned last, outermost first.
    /// A sequence's own begin and end events are outside of it; its items' begin and end inside.
    std::span<const rules::Tag> path() const { return path_tags_; }

    /// The item numbers (from 1) to path(), one each.
    std::span<const std::uint32_t> path_items() const { return path_items_; }

    /// The private creator that reserves the block of a private attribute in the data set or item of
    /// the event returned last (PS3.5 7.8.1), trimmed; empty if there is none before it.
    std::string_view private_creator(rules::Tag tag) const;

    std::uint64_t element_count() const { return element_count_; }

    std::uint64_t item_count() const { return item_count_; }

    /// Where the next header would be read.
    std::uint64_t offset() const { return offset_; }

private:
    enum class FrameKind : std::uint8_t { kDataSet, kSequence, kPixel };

    struct Creator {
        std::uint32_t tag = 0;
        std::string_view name;
    };

    struct Frame {
        FrameKind kind = FrameKind::kDataSet;
        bool undefined_length = false;
        bool big_endian = false;
        bool explicit_vr = true;
        rules::Tag tag;  // Of the sequence or the Pixel Data.
        rules::Vr vr = rules::Vr::SQ;
        std::uint64_t limit = 0;  // Its end where defined, else the end of what is around it.
        std::uint32_t next_item = 1;
        bool any_element = false;
        rules::Tag highest;  // Highest tag so far: order and duplicates.
        rules::Tag previous;
        std::size_t creators_begin = 0;
    };

    struct Header {
        rules::Tag tag;
        rules::Vr vr = rules::Vr::UN;
        std::uint64_t length = 0;
        std::uint64_t header_bytes = 0;
        bool reserved_bytes_set = false;
    };

    Result<Event> step();
    Result<Event> step_data_set();
    Result<Event> step_sequence();
    Result<Event> step_pixel();
    Result<Event> at_end_of_data();
    Result<Event> begin_element(const Header& header);
    Result<Event> begin_sequence(const Header& header, Event event);
    Result<Event> begin_pixel(const Header& header, Event event);
    Result<Event> end_frame(EventKind kind, std::uint64_t delimiter_bytes);
    Result<Header> read_header();
    Result<Header> read_item_header();
    bool only_zeros_left() const;
    void note_order(rules::Tag tag, EventFacts& facts);
    void note_creator(const Event& event);
    Status count_header(std::uint64_t bytes);
    std::uint16_t read_u16(std::uint64_t at, bool big_endian) const;
    std::uint32_t read_u32(std::uint64_t at, bool big_endian) const;

    // Constant after construction.
    std::span<const std::byte> bytes_;
    bool readable_ = true;
    bool encapsulated_ = false;
    ScanLimits limits_;

    // The walk.
    std::uint64_t offset_ = 0;
    std::vector<Frame> frames_;
    std::vector<rules::Tag> path_tags_;
    std::vector<std::uint32_t> path_items_;
    std::vector<Creator> creators_;
    std::uint64_t element_count_ = 0;
    std::uint64_t item_count_ = 0;
    std::uint64_t fragment_count_ = 0;
    std::uint64_t header_bytes_ = 0;
    bool pop_path_ = false;
    std::optional<Error> broken_;
};

/// The text of a value without trailing spaces and NULs and without leading spaces; points into it.
std::string_view trimmed_text(std::span<const std::byte> value);
/// The first 16-bit value of US/SS/AT..., nothing if the value is shorter.
std::optional<std::uint16_t> first_u16(const Event& event);
std::optional<std::uint32_t> first_u32(const Event& event);

/// What a whole scan found; for the check before a parser with a tree may see the bytes.
struct ScanTotals {
    std::uint64_t elements = 0;  ///< At all depths; sequences and Pixel Data count once.
    std::uint64_t items = 0;
    std::uint32_t depth = 0;
    bool any_duplicate = false;
    bool any_out_of_order = false;
    bool any_odd_length = false;
    bool any_reserved_bytes = false;
    std::uint64_t trailing_bytes = 0;
};

/// Scans to the end or to the first Error.
Result<ScanTotals> scan_all(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const ScanLimits& limits = {}
);

}  // namespace efface::pipeline
