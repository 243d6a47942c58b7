// Scanner: see scanner.h. Each step looks at the innermost open frame and reads one header.
#include "pipeline/scan/scanner.h"

#include "config/assert.h"
#include "rules/vocabulary/dictionary.h"

#include <algorithm>

namespace efface::pipeline {

using rules::Tag;
using rules::Vr;

namespace {

constexpr Tag kItem{0xFFFE, 0xE000};
constexpr Tag kItemDelimiter{0xFFFE, 0xE00D};
constexpr Tag kSequenceDelimiter{0xFFFE, 0xE0DD};
constexpr Tag kPixelData{0x7FE0, 0x0010};
constexpr std::string_view kDeflatedSyntax = "1.2.840.10008.1.2.1.99";
constexpr std::uint64_t kItemHeaderBytes = 8;

// O* and UN: the values that may be large without a parser's cost growing with them.
bool is_bulk(Vr vr) {
    switch (vr) {
        case Vr::OB:
        case Vr::OD:
        case Vr::OF:
        case Vr::OL:
        case Vr::OV:
        case Vr::OW:
        case Vr::UN:
            return true;
        default:
            return false;
    }
}

Vr vr_by_dictionary(Tag tag) {
    if (tag.is_group_length()) {
        return Vr::UL;
    }
    if (tag.is_private_creator()) {
        return Vr::LO;
    }
    const rules::DictionaryEntry* entry = rules::find_attribute(tag);
    return entry == nullptr ? Vr::UN : entry->vr;
}

}  // namespace

Scanner::Scanner(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, ScanLimits limits)
    : bytes_{data_set},
      readable_{syntax.uid != kDeflatedSyntax},
      encapsulated_{syntax.encapsulated},
      limits_{limits} {
    frames_.reserve(8);
    frames_.push_back(
        {.big_endian = syntax.big_endian, .explicit_vr = syntax.explicit_vr, .limit = data_set.size()}
    );
}

Result<Event> Scanner::next() {
    if (broken_) {
        return tl::unexpected<Error>(*broken_);
    }
    Result<Event> event = step();
    if (!event) {
        broken_ = event.error();
    }
    return event;
}

Status Scanner::skip_sequence() {
    const std::size_t level = frames_.size();
    while (true) {
        const Frame& top = frames_.back();
        // Peek: the sequence's own end is the next event when it is innermost and exhausted.
        if (frames_.size() == level && top.kind == FrameKind::kSequence) {
            const bool ends_by_length = !top.undefined_length && offset_ == top.limit;
            const bool ends_by_delimiter =
                top.undefined_length && top.limit - offset_ >= 4 &&
                read_u16(offset_, top.big_endian) == kSequenceDelimiter.group() &&
                read_u16(offset_ + 2, top.big_endian) == kSequenceDelimiter.element();
            if (ends_by_length || ends_by_delimiter) {
                return {};
            }
        }
        EFFACE_CHECK(next());
    }
}

Result<Event> Scanner::step() {
    if (!readable_) {
        return fail(Fault::kQuarantine, "the data set is deflated and cannot be scanned");
    }
    if (pop_path_) {
        path_tags_.pop_back();
        path_items_.pop_back();
        pop_path_ = false;
    }
    switch (frames_.back().kind) {
        case FrameKind::kDataSet:
            return step_data_set();
        case FrameKind::kSequence:
            return step_sequence();
        case FrameKind::kPixel:
            return step_pixel();
    }
    return fail(Fault::kHalt, "unreachable frame kind");
}

Result<Event> Scanner::step_data_set() {
    const Frame frame = frames_.back();
    const bool root = frames_.size() == 1;
    if (offset_ == frame.limit) {
        if (root) {
            return Event{.kind = EventKind::kEnd, .header_offset = offset_, .value_offset = offset_};
        }
        if (frame.undefined_length) {
            return fail(Fault::kQuarantine, "an item has no delimiter", Where::tag(frame.tag.value));
        }
        return end_frame(EventKind::kItemEnd, 0);
    }
    // Asked only where too few bytes are left or an element would begin with the tag (0000,0000), which
    // no data set holds; either answer ends the scan, so each byte is looked at once.
    if (root && (frame.limit - offset_ < kItemHeaderBytes || read_u32(offset_, false) == 0)) {
        if (!only_zeros_left()) {
            return fail(
                Fault::kQuarantine, "bytes behind the last element", Where::tag(frame.previous.value)
            );
        }
        Event event{
            .kind = EventKind::kTrailing,
            .header_offset = offset_,
            .value_offset = offset_,
            .length = bytes_.size() - offset_,
            .value = bytes_.subspan(offset_)};
        offset_ = bytes_.size();
        return event;
    }
    EFFACE_TRY(const Header header, read_header());
    if (header.tag.group() == kItem.group()) {
        const bool delimits = header.tag == kItemDelimiter && !root && frame.undefined_length;
        if (!delimits) {
            return fail(Fault::kQuarantine, "a delimiter at the wrong place", Where::tag(header.tag.value));
        }
        if (header.length != 0) {
            return fail(Fault::kQuarantine, "an item delimiter has a length", Where::tag(frame.tag.value));
        }
        return end_frame(EventKind::kItemEnd, kItemHeaderBytes);
    }
    return begin_element(header);
}

Result<Event> Scanner::step_sequence() {
    Frame& frame = frames_.back();
    if (offset_ == frame.limit) {
        if (frame.undefined_length) {
            return fail(Fault::kQuarantine, "a sequence has no delimiter", Where::tag(frame.tag.value));
        }
        return end_frame(EventKind::kSequenceEnd, 0);
    }
    EFFACE_TRY(const Header header, read_item_header());
    if (header.tag == kSequenceDelimiter && frame.undefined_length) {
        if (header.length != 0) {
            return fail(Fault::kQuarantine, "a sequence delimiter has a length", Where::tag(frame.tag.value));
        }
        return end_frame(EventKind::kSequenceEnd, kItemHeaderBytes);
    }
    if (header.tag != kItem) {
        return fail(Fault::kQuarantine, "a sequence holds what is not an item", Where::tag(frame.tag.value));
    }
    const std::uint64_t room = frame.limit - offset_ - kItemHeaderBytes;
    const bool undefined = header.length == kUndefinedLength;
    if (!undefined && header.length > room) {
        return fail(Fault::kQuarantine, "an item ends behind its sequence", Where::tag(frame.tag.value));
    }
    if (++item_count_ > limits_.items_max) {
        return fail(Fault::kQuarantine, "more items than items_max", Where::tag(frame.tag.value));
    }
    EFFACE_CHECK(count_header(kItemHeaderBytes));
    const std::uint32_t number = frame.next_item++;
    Event event{
        .kind = EventKind::kItemBegin,
        .tag = kItem,
        .depth = static_cast<std::uint32_t>(path_tags_.size()) + 1,
        .item_number = number,
        .header_offset = offset_,
        .value_offset = offset_ + kItemHeaderBytes,
        .length = header.length,
        .big_endian = frame.big_endian,
        .explicit_vr = frame.explicit_vr};
    path_tags_.push_back(frame.tag);
    path_items_.push_back(number);
    offset_ += kItemHeaderBytes;
    frames_.push_back(
        {.undefined_length = undefined,
         .big_endian = frame.big_endian,
         .explicit_vr = frame.explicit_vr,
         .tag = frame.tag,
         .limit = undefined ? frame.limit : offset_ + header.length,
         .creators_begin = creators_.size()}
    );
    return event;
}

Result<Event> Scanner::step_pixel() {
    Frame& frame = frames_.back();
    EFFACE_TRY(const Header header, read_item_header());
    if (header.tag == kSequenceDelimiter) {
        if (header.length != 0) {
            return fail(Fault::kQuarantine, "a sequence delimiter has a length", Where::tag(frame.tag.value));
        }
        if (frame.next_item == 1) {
            return fail(
                Fault::kQuarantine, "encapsulated Pixel Data has no offset table", Where::tag(frame.tag.value)
            );
        }
        return end_frame(EventKind::kPixelEnd, kItemHeaderBytes);
    }
    if (header.tag != kItem || header.length == kUndefinedLength) {
        return fail(
            Fault::kQuarantine, "encapsulated Pixel Data holds what is not a fragment",
            Where::tag(frame.tag.value)
        );
    }
    if (header.length > frame.limit - offset_ - kItemHeaderBytes) {
        return fail(Fault::kQuarantine, "a fragment ends behind the data", Where::tag(frame.tag.value));
    }
    if (++fragment_count_ > limits_.fragments_max) {
        return fail(Fault::kQuarantine, "more fragments than fragments_max", Where::tag(frame.tag.value));
    }
    EFFACE_CHECK(count_header(kItemHeaderBytes));
    const std::uint32_t number = frame.next_item++ - 1;
    Event event{
        .kind = number == 0 ? EventKind::kOffsetTable : EventKind::kFragment,
        .tag = kItem,
        .vr = frame.vr,
        .depth = static_cast<std::uint32_t>(path_tags_.size()),
        .item_number = number,
        .header_offset = offset_,
        .value_offset = offset_ + kItemHeaderBytes,
        .length = header.length,
        .value = bytes_.subspan(offset_ + kItemHeaderBytes, header.length),
        .big_endian = frame.big_endian,
        .explicit_vr = frame.explicit_vr};
    event.facts.odd_length = (header.length & 1U) != 0;
    offset_ = event.value_offset + header.length;
    return event;
}

Result<Event> Scanner::begin_element(const Header& header) {
    const Frame frame = frames_.back();
    if (++element_count_ > limits_.elements_max) {
        return fail(Fault::kQuarantine, "more elements than elements_max", Where::tag(header.tag.value));
    }
    EFFACE_CHECK(count_header(header.header_bytes));
    Event event{
        .kind = EventKind::kElement,
        .tag = header.tag,
        .vr = header.vr,
        .depth = static_cast<std::uint32_t>(path_tags_.size()),
        .header_offset = offset_,
        .value_offset = offset_ + header.header_bytes,
        .length = header.length,
        .big_endian = frame.big_endian,
        .explicit_vr = frame.explicit_vr};
    event.facts.reserved_bytes_set = header.reserved_bytes_set;
    note_order(header.tag, event.facts);
    if (header.length == kUndefinedLength) {
        if (header.tag == kPixelData) {
            return begin_pixel(header, event);
        }
        // UN of undefined length is a sequence (PS3.5 6.2.2); so is anything of undefined length in
        // implicit VR, where the dictionary may not know the attribute.
        if (header.vr == Vr::SQ || header.vr == Vr::UN || !frame.explicit_vr) {
            return begin_sequence(header, event);
        }
        return fail(
            Fault::kQuarantine, "undefined length of a VR that has none", Where::tag(header.tag.value)
        );
    }
    if (header.length > frame.limit - event.value_offset) {
        return fail(Fault::kQuarantine, "an element ends behind the data", Where::tag(header.tag.value));
    }
    if (header.vr == Vr::SQ) {
        return begin_sequence(header, event);
    }
    if (!is_bulk(header.vr)) {
        if (header.length > limits_.text_value_bytes_max) {
            return fail(
                Fault::kQuarantine, "a value longer than text_value_bytes_max", Where::tag(header.tag.value)
            );
        }
        EFFACE_CHECK(count_header(header.length));
    }
    event.value = bytes_.subspan(event.value_offset, header.length);
    event.facts.odd_length = (header.length & 1U) != 0;
    offset_ = event.value_offset + header.length;
    note_creator(event);
    return event;
}

Result<Event> Scanner::begin_sequence(const Header& header, Event event) {
    if (path_tags_.size() >= limits_.sequence_depth_max) {
        return fail(
            Fault::kQuarantine, "sequences nested deeper than sequence_depth_max",
            Where::tag(header.tag.value)
        );
    }
    const Frame frame = frames_.back();
    const bool undefined = header.length == kUndefinedLength;
    const bool unknown = frame.explicit_vr && header.vr == Vr::UN;
    event.kind = EventKind::kSequenceBegin;
    event.facts.unknown_as_sequence = unknown;
    offset_ = event.value_offset;
    frames_.push_back(
        {.kind = FrameKind::kSequence,
         .undefined_length = undefined,
         .big_endian = frame.big_endian && !unknown,
         .explicit_vr = frame.explicit_vr && !unknown,
         .tag = header.tag,
         .vr = header.vr,
         .limit = undefined ? frame.limit : offset_ + header.length,
         .creators_begin = creators_.size()}
    );
    return event;
}

Result<Event> Scanner::begin_pixel(const Header& header, Event event) {
    const Frame frame = frames_.back();
    if (header.vr != Vr::OB && header.vr != Vr::OW && header.vr != Vr::UN) {
        return fail(
            Fault::kQuarantine, "undefined length of a VR that has none", Where::tag(header.tag.value)
        );
    }
    event.kind = EventKind::kPixelBegin;
    event.facts.encapsulated_unexpected = !encapsulated_;
    offset_ = event.value_offset;
    frames_.push_back(
        {.kind = FrameKind::kPixel,
         .undefined_length = true,
         .big_endian = frame.big_endian,
         .explicit_vr = frame.explicit_vr,
         .tag = header.tag,
         .vr = header.vr,
         .limit = frame.limit,
         .creators_begin = creators_.size()}
    );
    return event;
}

Result<Event> Scanner::end_frame(EventKind kind, std::uint64_t delimiter_bytes) {
    const Frame frame = frames_.back();
    EFFACE_CHECK(count_header(delimiter_bytes));
    Event event{
        .kind = kind,
        .tag = kind == EventKind::kItemEnd ? kItem : frame.tag,
        .vr = frame.vr,
        .depth = static_cast<std::uint32_t>(path_tags_.size()),
        .header_offset = offset_,
        .value_offset = offset_ + delimiter_bytes,
        .big_endian = frame.big_endian,
        .explicit_vr = frame.explicit_vr};
    offset_ += delimiter_bytes;
    creators_.resize(frame.creators_begin);
    frames_.pop_back();
    if (kind == EventKind::kItemEnd) {
        // The item's end is still inside its sequence; the path shrinks before the next event.
        event.item_number = path_items_.back();
        pop_path_ = true;
    }
    return event;
}

Result<Scanner::Header> Scanner::read_header() {
    const Frame& frame = frames_.back();
    const std::uint64_t room = frame.limit - offset_;
    if (room < kItemHeaderBytes) {
        return fail(Fault::kQuarantine, "an element header is cut", Where::tag(frame.previous.value));
    }
    Header header{
        .tag = Tag{read_u16(offset_, frame.big_endian), read_u16(offset_ + 2, frame.big_endian)},
        .header_bytes = kItemHeaderBytes};
    if (header.tag.group() == kItem.group() || !frame.explicit_vr) {
        header.length = read_u32(offset_ + 4, frame.big_endian);
        header.vr = vr_by_dictionary(header.tag);
        return header;
    }
    const char letters[2] = {static_cast<char>(bytes_[offset_ + 4]), static_cast<char>(bytes_[offset_ + 5])};
    const std::optional<Vr> vr = rules::parse_vr({letters, 2});
    if (!vr) {
        return fail(Fault::kQuarantine, "an unknown VR", Where::tag(header.tag.value));
    }
    header.vr = *vr;
    if (!rules::has_long_length(*vr)) {
        header.length = read_u16(offset_ + 6, frame.big_endian);
        return header;
    }
    header.header_bytes = 12;
    if (room < header.header_bytes) {
        return fail(Fault::kQuarantine, "an element header is cut", Where::tag(header.tag.value));
    }
    header.reserved_bytes_set = read_u16(offset_ + 6, frame.big_endian) != 0;
    header.length = read_u32(offset_ + 8, frame.big_endian);
    return header;
}

Result<Scanner::Header> Scanner::read_item_header() {
    const Frame& frame = frames_.back();
    if (frame.limit - offset_ < kItemHeaderBytes) {
        return fail(Fault::kQuarantine, "an item header is cut", Where::tag(frame.tag.value));
    }
    return Header{
        .tag = Tag{read_u16(offset_, frame.big_endian), read_u16(offset_ + 2, frame.big_endian)},
        .length = read_u32(offset_ + 4, frame.big_endian),
        .header_bytes = kItemHeaderBytes};
}

bool Scanner::only_zeros_left() const {
    return std::all_of(bytes_.begin() + static_cast<std::ptrdiff_t>(offset_), bytes_.end(), [](std::byte b) {
        return b == std::byte{0};
    });
}

void Scanner::note_order(Tag tag, EventFacts& facts) {
    Frame& frame = frames_.back();
    if (frame.any_element) {
        facts.duplicate_tag = tag == frame.previous || tag == frame.highest;
        facts.out_of_order = tag < frame.highest;
    }
    frame.any_element = true;
    frame.previous = tag;
    frame.highest = std::max(frame.highest, tag);
}

// Creators of a past group are dropped: tags ascend, and in a data set where they do not, a private
// attribute whose creator is forgotten counts as unknown, which every profile removes.
void Scanner::note_creator(const Event& event) {
    if (!event.tag.is_private_creator()) {
        return;
    }
    const std::size_t begin = frames_.back().creators_begin;
    if (creators_.size() > begin && Tag{creators_.back().tag}.group() != event.tag.group()) {
        creators_.resize(begin);
    }
    if (creators_.size() > begin && creators_.back().tag >= event.tag.value) {
        return;  // Doubled or out of order: the first one holds.
    }
    creators_.push_back({event.tag.value, trimmed_text(event.value)});
}

std::string_view Scanner::private_creator(Tag tag) const {
    if (!tag.is_private() || tag.is_private_creator() || tag.element() < 0x1000) {
        return {};
    }
    // A sequence's own begin event has already opened its frame; its creator stands one level out.
    std::size_t begin = frames_.back().creators_begin;
    std::size_t end = creators_.size();
    if (frames_.back().kind != FrameKind::kDataSet && frames_.size() >= 2) {
        end = begin;
        begin = frames_[frames_.size() - 2].creators_begin;
    }
    const std::uint32_t wanted = Tag{tag.group(), static_cast<std::uint16_t>(tag.element() >> 8U)}.value;
    const auto first = creators_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = creators_.begin() + static_cast<std::ptrdiff_t>(end);
    const auto found = std::lower_bound(first, last, wanted, [](const Creator& creator, std::uint32_t value) {
        return creator.tag < value;
    });
    return found != last && found->tag == wanted ? found->name : std::string_view{};
}

Status Scanner::count_header(std::uint64_t bytes) {
    header_bytes_ += bytes;
    if (header_bytes_ > limits_.header_bytes_max) {
        return fail(Fault::kQuarantine, "more bytes outside bulk values than header_bytes_max");
    }
    return {};
}

std::uint16_t Scanner::read_u16(std::uint64_t at, bool big_endian) const {
    EFFACE_ASSERT(at + 2 <= bytes_.size());
    const auto a = static_cast<std::uint16_t>(bytes_[at]);
    const auto b = static_cast<std::uint16_t>(bytes_[at + 1]);
    return static_cast<std::uint16_t>(big_endian ? (a << 8U) | b : (b << 8U) | a);
}

std::uint32_t Scanner::read_u32(std::uint64_t at, bool big_endian) const {
    const std::uint32_t first = read_u16(at, big_endian);
    const std::uint32_t second = read_u16(at + 2, big_endian);
    return big_endian ? (first << 16U) | second : (second << 16U) | first;
}

}  // namespace efface::pipeline
