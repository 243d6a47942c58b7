#include "pipeline/unit/segmentation.h"

#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/dicom/file_meta.h"
#include "pipeline/pixel/mask_segmentation.h"
#include "pipeline/unit/native_transcoding.h"
#include "pipeline/unit/original.h"

#include <chrono>
#include <string>
#include <vector>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kCodes[] = {{0x0008, 0x0100}, {0x0008, 0x0102}, {0x0008, 0x0104}};

std::string u16(std::uint64_t value) {
    return {static_cast<char>(value & 0xFFU), static_cast<char>((value >> 8U) & 0xFFU)};
}

std::string u32(std::uint64_t value) {
    return u16(value & 0xFFFFU) + u16(value >> 16U);
}

std::string attribute_tag(Tag tag) {
    return u16(tag.group()) + u16(tag.element());
}

Status put_code(
    Item& item, Tag sequence, const rules::CodedConcept& code, std::string_view scheme = rules::kDcmScheme
) {
    EFFACE_TRY(Item entry, item.append_item(sequence));
    EFFACE_CHECK(entry.put(kCodes[0], Vr::SH, code.value));
    EFFACE_CHECK(entry.put(kCodes[1], Vr::SH, scheme));
    return entry.put(kCodes[2], Vr::LO, code.meaning);
}

/// Empty where it is absent.
Result<std::string> value_of(const Item& item, Tag tag) {
    const auto element = item.find(tag);
    return element && !element->is_sequence() ? element->value() : std::string{};
}

/// The year that the instance was accepted in: the day is often that of the study
/// (rules/profile/attestation.h).
std::string first_day_of_year(UnixMicros at) {
    const std::chrono::sys_time<std::chrono::microseconds> moment{std::chrono::microseconds{at}};
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(moment)};
    std::string year = std::to_string(static_cast<int>(day.year()));
    year.insert(0, year.size() < 4 ? 4 - year.size() : 0, '0');
    return year + "0101";
}

/// Builds the data set in the order of the modules of PS3.3 A.51.
class Segmentation {
public:
    Segmentation(Original& cleaned, const PixelScan& scan, const SegmentRequest& request)
        : cleaned_{cleaned.data_set.root()},
          sop_class_uid_{cleaned.sop_class_uid},
          instance_uid_{cleaned.sop_instance_uid},
          shape_{scan.shape},
          request_{request} {}

    Result<std::vector<std::byte>> bits();
    Status build(Item root, const rules::ProjectKey& key);

    const std::string& instance_uid() const { return own_instance_uid_; }

private:
    Status put_texts(Item& item, std::initializer_list<std::tuple<Tag, Vr, std::string_view>> texts) {
        for (const auto& [tag, vr, text] : texts) {
            EFFACE_CHECK(item.put(tag, vr, text));
        }
        return {};
    }

    Status read_geometry();
    Status put_identity(Item& root, const rules::ProjectKey& key);
    Status put_dimensions(Item& root, const std::string& organisation);
    Status put_image(Item& root);
    Status put_segment(Item& root);
    Status put_shared_groups(Item& root);
    Status put_frame_groups(Item& root, std::uint64_t frame);

    Item cleaned_;
    const std::string sop_class_uid_;
    const std::string instance_uid_;
    const PixelShape& shape_;
    const SegmentRequest& request_;
    std::vector<std::uint64_t> frames_;  ///< Of the cleaned instance, those with a mask; from 0.
    std::string own_instance_uid_;
    /// Of an image of one frame in the patient's coordinates; else all are empty.
    std::string frame_of_reference_;
    std::string position_;
    std::string orientation_;
    std::string spacing_;
};

Result<std::vector<std::byte>> Segmentation::bits() {
    for (std::uint64_t frame = 0; frame < shape_.number_of_frames; ++frame) {
        if (!request_.mask.of_frame(frame).empty()) {
            frames_.push_back(frame);
        }
    }
    // Each at most 16 bits, and so many frames as a scan takes: below 2^53.
    const std::uint64_t pixels = shape_.columns * shape_.rows;
    const std::uint64_t bytes = (pixels * frames_.size() + 15) / 16 * 2;
    if (frames_.empty() || pixels == 0 || bytes > kSegmentationBytesMax) {
        return fail(Fault::kQuarantine, "the mask cannot be delivered as a Segmentation");
    }
    std::vector<std::byte> packed(bytes);
    for (std::size_t i = 0; i < frames_.size(); ++i) {
        const Mask mask = request_.mask.of_frame(frames_[i]);
        for (const Box& whole : mask.boxes) {
            const Box box = whole.clipped_to(shape_.columns, shape_.rows);
            for (std::int64_t y = box.top; y < box.bottom; ++y) {
                const std::uint64_t row = i * pixels + static_cast<std::uint64_t>(y) * shape_.columns;
                for (std::int64_t x = box.left; x < box.right; ++x) {
                    const std::uint64_t bit = row + static_cast<std::uint64_t>(x);
                    packed[bit / 8] |= std::byte{1} << (bit % 8);
                }
            }
        }
    }
    return packed;
}

Status Segmentation::read_geometry() {
    if (shape_.number_of_frames != 1) {
        return {};
    }
    EFFACE_TRY(frame_of_reference_, value_of(cleaned_, {0x0020, 0x0052}));
    EFFACE_TRY(position_, value_of(cleaned_, {0x0020, 0x0032}));
    EFFACE_TRY(orientation_, value_of(cleaned_, {0x0020, 0x0037}));
    EFFACE_TRY(spacing_, value_of(cleaned_, {0x0028, 0x0030}));
    if (frame_of_reference_.empty() || position_.empty() || orientation_.empty() || spacing_.empty()) {
        frame_of_reference_.clear();
    }
    return {};
}

Status Segmentation::build(Item root, const rules::ProjectKey& key) {
    EFFACE_CHECK(read_geometry());
    EFFACE_CHECK(put_identity(root, key));
    EFFACE_CHECK(put_image(root));
    EFFACE_CHECK(put_segment(root));
    EFFACE_CHECK(put_shared_groups(root));
    for (const std::uint64_t frame : frames_) {
        EFFACE_CHECK(put_frame_groups(root, frame));
    }
    return {};
}

Status Segmentation::put_identity(Item& root, const rules::ProjectKey& key) {
    for (const CopiedAttribute& copied : kSegmentationCopies) {
        EFFACE_TRY(const std::string value, value_of(cleaned_, copied.tag));
        if (copied.must_stand || !value.empty()) {
            EFFACE_CHECK(root.put(copied.tag, copied.vr, value));
        }
    }
    EFFACE_TRY(const std::string series, cleaned_.text({0x0020, 0x000E}));
    const rules::ProjectKey own = key.derive(kSegmentationKeyPurpose);
    own_instance_uid_ = own.map_uid_of_content(instance_uid_, segmentation_content(request_));
    const std::string day = first_day_of_year(request_.order.accepted_at);
    EFFACE_CHECK(put_texts(
        root, {{{0x0008, 0x0008}, Vr::CS, kSegmentationImageType},
               {{0x0008, 0x0016}, Vr::UI, kSegmentationStorage},
               {{0x0008, 0x0018}, Vr::UI, own_instance_uid_},
               {{0x0008, 0x0023}, Vr::DA, day},
               {{0x0008, 0x0033}, Vr::TM, "000000"},
               {{0x0008, 0x0060}, Vr::CS, "SEG"},
               {{0x0008, 0x0070}, Vr::LO, rules::kEquipmentName},
               {{0x0008, 0x1090}, Vr::LO, rules::kEquipmentName},
               {{0x0018, 0x1000}, Vr::LO, rules::kImplementationClassUid},
               {{0x0018, 0x1020}, Vr::LO, request_.order.software_version},
               {{0x0020, 0x000E}, Vr::UI, own.map_uid(series)},
               {{0x0020, 0x0011}, Vr::IS, "1"},
               {{0x0020, 0x0013}, Vr::IS, "1"}}
    ));
    if (frame_of_reference_.empty()) {
        EFFACE_CHECK(root.put({0x0020, 0x0020}, Vr::CS, ""));
    } else {
        EFFACE_TRY(const std::string indicator, value_of(cleaned_, {0x0020, 0x1040}));
        EFFACE_CHECK(root.put({0x0020, 0x0052}, Vr::UI, frame_of_reference_));
        EFFACE_CHECK(root.put({0x0020, 0x1040}, Vr::LO, indicator));
    }
    EFFACE_TRY(Item referenced_series, root.append_item({0x0008, 0x1115}));
    EFFACE_TRY(Item referenced, referenced_series.append_item({0x0008, 0x114A}));
    EFFACE_CHECK(referenced.put({0x0008, 0x1150}, Vr::UI, sop_class_uid_));
    EFFACE_CHECK(referenced.put({0x0008, 0x1155}, Vr::UI, instance_uid_));
    EFFACE_CHECK(referenced_series.put({0x0020, 0x000E}, Vr::UI, series));
    return put_dimensions(root, own.map_uid("dimensions/" + own_instance_uid_));
}

Status Segmentation::put_dimensions(Item& root, const std::string& organisation) {
    EFFACE_TRY(Item dimensions, root.append_item({0x0020, 0x9221}));
    EFFACE_CHECK(dimensions.put({0x0020, 0x9164}, Vr::UI, organisation));

    struct Dimension {
        Tag attribute;
        Tag group;
        std::string_view label;
    };

    // Referenced Segment Number, and In-Stack Position Number: the frame of the image, from 1.
    for (const Dimension& dimension :
         {Dimension{{0x0062, 0x000B}, {0x0062, 0x000A}, "Segment"},
          Dimension{{0x0020, 0x9057}, {0x0020, 0x9111}, "Frame of the image"}}) {
        EFFACE_TRY(Item index, root.append_item({0x0020, 0x9222}));
        EFFACE_CHECK(index.put({0x0020, 0x9164}, Vr::UI, organisation));
        EFFACE_CHECK(index.put({0x0020, 0x9165}, Vr::AT, attribute_tag(dimension.attribute)));
        EFFACE_CHECK(index.put({0x0020, 0x9167}, Vr::AT, attribute_tag(dimension.group)));
        EFFACE_CHECK(index.put({0x0020, 0x9421}, Vr::LO, dimension.label));
    }
    return {};
}

Status Segmentation::put_image(Item& root) {
    EFFACE_TRY(const std::string lossy, value_of(cleaned_, {0x0028, 0x2110}));
    EFFACE_CHECK(put_texts(
        root, {{{0x0028, 0x0002}, Vr::US, u16(1)},
               {{0x0028, 0x0004}, Vr::CS, "MONOCHROME2"},
               {{0x0028, 0x0008}, Vr::IS, std::to_string(frames_.size())},
               {{0x0028, 0x0010}, Vr::US, u16(shape_.rows)},
               {{0x0028, 0x0011}, Vr::US, u16(shape_.columns)},
               {{0x0028, 0x0100}, Vr::US, u16(1)},
               {{0x0028, 0x0101}, Vr::US, u16(1)},
               {{0x0028, 0x0102}, Vr::US, u16(0)},
               {{0x0028, 0x0103}, Vr::US, u16(0)},
               {{0x0028, 0x2110}, Vr::CS, lossy.empty() ? kNoLoss : lossy},
               {{0x0062, 0x0001}, Vr::CS, "BINARY"},
               {{0x0070, 0x0080}, Vr::CS, kSegmentationContentLabel},
               {{0x0070, 0x0081}, Vr::LO, kSegmentationDescription},
               {{0x0070, 0x0084}, Vr::PN, ""}}
    ));
    return {};
}

Status Segmentation::put_segment(Item& root) {
    EFFACE_TRY(Item segment, root.append_item({0x0062, 0x0002}));
    EFFACE_CHECK(put_code(segment, {0x0062, 0x0003}, kSegmentCategory, kSctScheme));
    EFFACE_CHECK(put_texts(
        segment, {{{0x0062, 0x0004}, Vr::US, u16(1)},
                  {{0x0062, 0x0005}, Vr::LO, kSegmentLabel},
                  {{0x0062, 0x0008}, Vr::CS, kSegmentAlgorithmType},
                  {{0x0062, 0x0009}, Vr::LO, rules::kEquipmentName}}
    ));
    return put_code(segment, {0x0062, 0x000F}, kSegmentType);
}

Status Segmentation::put_shared_groups(Item& root) {
    EFFACE_TRY(Item shared, root.append_item({0x5200, 0x9229}));
    EFFACE_TRY(Item segment, shared.append_item({0x0062, 0x000A}));
    EFFACE_CHECK(segment.put({0x0062, 0x000B}, Vr::US, u16(1)));
    if (frame_of_reference_.empty()) {
        return {};
    }
    EFFACE_TRY(const std::string thickness, value_of(cleaned_, {0x0018, 0x0050}));
    EFFACE_TRY(Item orientation, shared.append_item({0x0020, 0x9116}));
    EFFACE_CHECK(orientation.put({0x0020, 0x0037}, Vr::DS, orientation_));
    EFFACE_TRY(Item measures, shared.append_item({0x0028, 0x9110}));
    if (!thickness.empty()) {
        EFFACE_CHECK(measures.put({0x0018, 0x0050}, Vr::DS, thickness));
    }
    return measures.put({0x0028, 0x0030}, Vr::DS, spacing_);
}

Status Segmentation::put_frame_groups(Item& root, std::uint64_t frame) {
    EFFACE_TRY(Item groups, root.append_item({0x5200, 0x9230}));
    EFFACE_TRY(Item derivation, groups.append_item({0x0008, 0x9124}));
    EFFACE_TRY(Item source, derivation.append_item({0x0008, 0x2112}));
    EFFACE_CHECK(source.put({0x0008, 0x1150}, Vr::UI, sop_class_uid_));
    EFFACE_CHECK(source.put({0x0008, 0x1155}, Vr::UI, instance_uid_));
    if (shape_.number_of_frames > 1) {
        EFFACE_CHECK(source.put({0x0008, 0x1160}, Vr::IS, std::to_string(frame + 1)));
    }
    EFFACE_CHECK(source.put({0x0028, 0x135A}, Vr::CS, "YES"));
    EFFACE_CHECK(put_code(source, {0x0040, 0xA170}, kSegmentationPurpose));
    EFFACE_CHECK(put_code(derivation, {0x0008, 0x9215}, kSegmentationDerivation));
    EFFACE_TRY(Item content, groups.append_item({0x0020, 0x9111}));
    EFFACE_CHECK(content.put({0x0020, 0x9056}, Vr::SH, "1"));
    EFFACE_CHECK(content.put({0x0020, 0x9057}, Vr::UL, u32(frame + 1)));
    EFFACE_CHECK(content.put({0x0020, 0x9157}, Vr::UL, u32(1) + u32(frame + 1)));
    if (frame_of_reference_.empty()) {
        return {};
    }
    EFFACE_TRY(Item position, groups.append_item({0x0020, 0x9113}));
    return position.put({0x0020, 0x0032}, Vr::DS, position_);
}

}  // namespace

Status write_segmentation(
    std::span<const std::byte> cleaned, const SegmentRequest& request, const rules::ProjectKey& key,
    OutputFile& output
) {
    EFFACE_TRY(Original instance, read_original(cleaned));
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(instance.data_set_bytes, *instance.syntax));
    Segmentation segmentation{instance, scan, request};
    EFFACE_TRY(const std::vector<std::byte> bits, segmentation.bits());
    DataSet made;
    EFFACE_CHECK(segmentation.build(made.root(), key));
    const rules::TransferSyntax* syntax = rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
    EFFACE_ASSERT(syntax != nullptr);
    EFFACE_TRY(const std::string head, made.serialise(*syntax));
    EFFACE_CHECK(output.append(
        encode_file_meta({kSegmentationStorage, segmentation.instance_uid(), syntax->uid}) + head
    ));
    EFFACE_CHECK(output.append(pixel_element_header(*syntax, "OB", bits.size())));
    return output.append(std::span<const std::byte>{bits});
}

}  // namespace efface::pipeline
