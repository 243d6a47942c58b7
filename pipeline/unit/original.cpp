#include "pipeline/unit/original.h"

#include <charconv>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr rules::Tag kSopClassUid{0x0008, 0x0016};
constexpr rules::Tag kSopInstanceUid{0x0008, 0x0018};

Status check_kind(std::span<const std::byte> file) {
    switch (classify(file)) {
        case FileKind::kPart10:
            return {};
        case FileKind::kDicomDir:
            return fail(
                Fault::kRefuse, "a DICOMDIR is never passed on: it names patients; send its instances"
            );
        case FileKind::kBareDataSet:
            return fail(
                Fault::kRefuse,
                "a data set without preamble and File Meta Information: convert it to a DICOM file first"
            );
        case FileKind::kNotDicom:
            break;
    }
    return fail(Fault::kRefuse, "not a DICOM file");
}

Status check_totals(const ScanTotals& totals) {
    if (totals.any_duplicate) {
        return fail(
            Fault::kQuarantine,
            "an attribute stands twice in one data set or item: have the sender correct it"
        );
    }
    if (totals.any_out_of_order) {
        return fail(
            Fault::kQuarantine, "attributes are not in the order of their tags: have the sender correct it"
        );
    }
    return {};
}

// Everything but the Pixel Data element. What stands behind it is rare and small.
Result<DataSet> parse_without_pixels(const Original& original) {
    const std::span<const std::byte> all =
        original.data_set_bytes.first(original.data_set_bytes.size() - original.totals.trailing_bytes);
    if (!original.pixels.present) {
        return DataSet::parse(all, *original.syntax);
    }
    const auto head = all.first(original.pixels.begin);
    const auto tail = all.subspan(original.pixels.end);
    if (tail.empty()) {
        return DataSet::parse(head, *original.syntax);
    }
    std::vector<std::byte> joined{head.begin(), head.end()};
    joined.insert(joined.end(), tail.begin(), tail.end());
    return DataSet::parse(joined, *original.syntax);
}

// dcmdata must have seen the very elements that the scanner saw. Where the two readers differ, an
// attribute could hide from the one that edits.
Status check_readers_agree(const Original& original) {
    const std::uint64_t pixel_elements = original.pixels.present ? 1 : 0;
    if (original.data_set.element_count() + pixel_elements != original.totals.elements) {
        return fail(
            Fault::kQuarantine,
            "two readers see a different number of attributes: examine it with a DICOM validator"
        );
    }
    return {};
}

}  // namespace

Result<std::uint16_t> Original::bits_allocated() const {
    constexpr rules::Tag kBitsAllocated{0x0028, 0x0100};
    const std::string text = text_at(scanned(), std::span{&kBitsAllocated, 1}, {}).value_or(std::string{});
    std::uint16_t bits = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (read.ec != std::errc{}) {
        return fail(Fault::kQuarantine, "Bits Allocated is absent", Where::tag(kBitsAllocated.value));
    }
    return bits;
}

Result<Original> read_original(std::span<const std::byte> file) {
    EFFACE_CHECK(check_kind(file));
    Original original;
    EFFACE_TRY(original.part10, parse_part10(file));
    EFFACE_TRY(original.syntax, scannable_syntax(original.part10));
    original.data_set_bytes = file.subspan(original.part10.data_set_offset);
    EFFACE_TRY(original.totals, scan_all(original.data_set_bytes, *original.syntax));
    EFFACE_CHECK(check_totals(original.totals));
    EFFACE_TRY(original.pixels, plan_pixel_data(original.data_set_bytes, *original.syntax));
    EFFACE_TRY(original.data_set, parse_without_pixels(original));
    EFFACE_CHECK(check_readers_agree(original));
    EFFACE_TRY(original.sop_class_uid, original.data_set.root().text(kSopClassUid));
    EFFACE_TRY(original.sop_instance_uid, original.data_set.root().text(kSopInstanceUid));
    return original;
}

}  // namespace efface::pipeline
