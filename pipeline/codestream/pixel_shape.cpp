// See pixel_shape.h.
#include "pipeline/codestream/pixel_shape.h"

#include <charconv>

namespace efface::pipeline {

using rules::Tag;

namespace {

constexpr Tag kPixelData{0x7FE0, 0x0010};
constexpr std::uint64_t kNumberOfFramesMax = 1'000'000;

// A group 60xx, even, up to 601E: the repeating groups of overlays.
bool is_overlay_bit_position(Tag tag) {
    return tag.element() == 0x0102 && tag.group() >= 0x6000 && tag.group() <= 0x601E && !tag.is_private();
}

std::optional<std::uint64_t> first_integer(std::span<const std::byte> value) {
    const std::string_view text = trimmed_text(value);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{number} : std::nullopt;
}

class ShapeReader {
public:
    Status note(const Event& event) {
        PixelShape& shape = scan.shape;
        switch (event.tag.value) {
            case 0x00280002:
                return number(event, shape.samples_per_pixel);
            case 0x00280004: {
                const std::string_view text = trimmed_text(event.value);
                scan.photometric = text;
                shape.subsampled_422 = text == "YBR_FULL_422" || text == "YBR_PARTIAL_422";
                return {};
            }
            case 0x00280008: {
                const std::optional<std::uint64_t> frames = first_integer(event.value);
                if (!trimmed_text(event.value).empty() &&
                    (!frames || *frames == 0 || *frames > kNumberOfFramesMax)) {
                    return fail(
                        Fault::kQuarantine, "Number of Frames is no usable number", Where::tag(0x00280008)
                    );
                }
                shape.number_of_frames = frames.value_or(1);
                return {};
            }
            case 0x00280010:
                return number(event, shape.rows);
            case 0x00280011:
                return number(event, shape.columns);
            case 0x00280100:
                return number(event, shape.bits_allocated);
            case 0x00280101:
                return number(event, shape.bits_stored);
            case 0x00280102:
                return number(event, shape.high_bit);
            case 0x00280103:
                shape.is_signed = first_u16(event).value_or(0) == 1;
                return {};
            case 0x7FE00001:
                scan.element.has_extended_offsets = true;
                scan.element.extended_offsets = event.value;
                return {};
            case 0x7FE00002:
                scan.element.extended_lengths = event.value;
                return {};
            default:
                break;
        }
        if (is_overlay_bit_position(event.tag)) {
            overlay_bits.push_back(first_u16(event).value_or(0));
        }
        return {};
    }

    // Overlay Bit Position 0 is an overlay of its own (60xx,3000); anything outside the stored bits
    // is a plane inside Pixel Data.
    void judge_overlays() {
        const PixelShape& shape = scan.shape;
        const std::uint64_t low =
            shape.high_bit + 1 >= shape.bits_stored ? shape.high_bit + 1 - shape.bits_stored : 0;
        for (const std::uint16_t bit : overlay_bits) {
            scan.shape.overlay_in_samples |= bit != 0 && (bit > shape.high_bit || bit < low);
        }
    }

    PixelScan scan;
    std::vector<std::uint16_t> overlay_bits;

private:
    static Status number(const Event& event, std::uint64_t& field) {
        const std::optional<std::uint16_t> value = first_u16(event);
        if (!value || event.value.size() != 2) {
            return fail(
                Fault::kQuarantine, "an Image Pixel attribute is no number", Where::tag(event.tag.value)
            );
        }
        field = *value;
        return {};
    }
};

Status begin_pixel_data(const Event& event, PixelScan& scan) {
    PixelElement& element = scan.element;
    if (element.present) {
        return fail(Fault::kQuarantine, "Pixel Data stands twice", Where::tag(kPixelData.value));
    }
    element.present = true;
    element.encapsulated = event.kind == EventKind::kPixelBegin;
    element.header = event;
    element.native = event.value;
    element.end = event.value_offset + event.value.size();
    return {};
}

bool is_float(Tag tag) {
    return tag == kFloatPixelData || tag == kDoubleFloatPixelData;
}

/// Of two pictures one would be searched and the other delivered as well.
Status note_floats(const Event& event, PixelScan& scan) {
    if (scan.floats.present) {
        return fail(
            Fault::kQuarantine, "Float and Double Float Pixel Data stand side by side",
            Where::tag(event.tag.value)
        );
    }
    scan.floats = {.present = true, .header = event, .value = event.value};
    return {};
}

Status check_one_kind(const PixelScan& scan) {
    if (scan.floats.present && scan.element.present) {
        return fail(
            Fault::kQuarantine, "Float Pixel Data stands beside Pixel Data",
            Where::tag(scan.floats.header.tag.value)
        );
    }
    return {};
}

}  // namespace

Result<PixelScan> scan_pixel_data(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    Scanner scanner{data_set, syntax};
    ShapeReader reader;
    PixelElement& element = reader.scan.element;
    while (true) {
        EFFACE_TRY(const Event event, scanner.next());
        const bool top = event.depth == 0;
        const bool begins = event.kind == EventKind::kElement || event.kind == EventKind::kPixelBegin;
        if (event.kind == EventKind::kEnd) {
            reader.judge_overlays();
            EFFACE_CHECK(check_one_kind(reader.scan));
            return std::move(reader.scan);
        }
        if (!top) {
            continue;
        }
        if (begins && event.tag == kPixelData) {
            EFFACE_CHECK(begin_pixel_data(event, reader.scan));
        } else if (event.kind == EventKind::kElement && is_float(event.tag)) {
            EFFACE_CHECK(note_floats(event, reader.scan));
        } else if (event.kind == EventKind::kElement) {
            EFFACE_CHECK(reader.note(event));
        } else if (event.kind == EventKind::kOffsetTable) {
            element.offset_table = event.value;
        } else if (event.kind == EventKind::kFragment) {
            element.fragments.push_back({event.header_offset, event.value});
        } else if (event.kind == EventKind::kPixelEnd) {
            element.end = event.value_offset;
        }
    }
}

Result<std::uint64_t> PixelShape::native_bytes() const {
    constexpr std::uint64_t kU16Max = 65535;
    const bool sane = rows > 0 && columns > 0 && samples_per_pixel > 0 && bits_allocated > 0 &&
                      rows <= kU16Max && columns <= kU16Max && samples_per_pixel <= 4 &&
                      bits_allocated <= 64 && number_of_frames <= kNumberOfFramesMax &&
                      bits_stored <= bits_allocated && high_bit < bits_allocated;
    if (!sane || (bits_allocated != 1 && bits_allocated % 8 != 0)) {
        return fail(Fault::kQuarantine, "Rows, Columns, Samples or Bits are missing or contradictory");
    }
    // At most 2^32 x 4 x 2^20: fits 64 bits also in bits.
    const std::uint64_t frame_samples = rows * columns * samples_per_pixel;
    if (subsampled_422) {
        if (samples_per_pixel != 3 || columns % 2 != 0 || bits_allocated != 8) {
            return fail(Fault::kQuarantine, "4:2:2 sampling of this shape is not defined");
        }
        return frame_samples / 3 * 2 * number_of_frames;
    }
    if (bits_allocated == 1) {
        return (frame_samples * number_of_frames + 7) / 8;
    }
    return frame_samples * (bits_allocated / 8) * number_of_frames;
}

}  // namespace efface::pipeline
