// See lossy_statement.h.
#include "pipeline/gate/lossy_statement.h"

#include "pipeline/codec/searched_frame.h"
#include "pipeline/gate/pixel_frames.h"
#include "pipeline/pixel/derivation.h"
#include "pipeline/pixel/samples.h"

#include <optional>

namespace efface::pipeline {
namespace {

constexpr std::array kTags{kLossyImageCompression, kLossyImageCompressionRatio, kLossyImageCompressionMethod};

tl::unexpected<Error> held(std::size_t index) {
    return fail(
        Fault::kQuarantine, "gate: what a file says of its lossy compression is not so",
        Where::tag(kTags.at(index).value)
    );
}

std::optional<std::size_t> index_of(rules::Tag tag) {
    for (std::size_t i = 0; i < kTags.size(); ++i) {
        if (kTags.at(i) == tag) {
            return i;
        }
    }
    return std::nullopt;
}

}  // namespace

bool LossyStatement::speaks(rules::Tag tag) {
    return index_of(tag).has_value();
}

Status LossyStatement::note(const Event* original, const Event& written) {
    const std::optional<std::size_t> index = index_of(written.tag);
    const bool value = written.kind == EventKind::kElement &&
                       written.vr == (index == std::size_t{1} ? rules::Vr::DS : rules::Vr::CS) &&
                       (original == nullptr || original->kind == EventKind::kElement);
    if (!index || !value) {
        return held(index.value_or(0));
    }
    values_.at(*index) = {
        original == nullptr ? std::string_view{} : trimmed_text(original->value),
        trimmed_text(written.value)};
    return {};
}

Status LossyStatement::judge(std::span<const std::byte> original, const rules::TransferSyntax& syntax) const {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original, syntax));
    const SampleShape shape = sample_shape(scan.shape);
    const PixelSource source = source_of(scan.element);
    const std::uint64_t frames = scan.shape.number_of_frames;
    EFFACE_TRY(const std::vector<std::size_t> starts, frame_starts(source, syntax.family, frames));
    EFFACE_TRY(const std::uint64_t frame_size, shape.frame_bytes());
    bool lost = false;
    std::uint64_t compressed = 0;
    std::vector<std::byte> gathered;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const std::span<const std::byte> frame = frame_bytes(source, starts, i, gathered);
        compressed += frame.size();
        lost = lost || !proves_lossless(syntax, frame, shape);
    }
    if (lost) {
        const std::uint64_t hundredths = compressed == 0 ? 0 : frames * frame_size * 100 / compressed;
        const std::string ratio = std::to_string(hundredths / 100) + (hundredths % 100 < 10 ? ".0" : ".") +
                                  std::to_string(hundredths % 100);
        return judge_lost(ratio, lossy_method(syntax));
    }
    for (std::size_t i = 0; i < values_.size(); ++i) {
        if (values_.at(i).before != values_.at(i).after) {
            return held(i);
        }
    }
    return {};
}

// What a sender said stays; what nobody said is said.
Status LossyStatement::judge_lost(std::string_view ratio, std::string_view method) const {
    const auto& [compression, ratios, methods] = values_;
    if (compression.after != kLossy) {
        return held(0);
    }
    if (ratios.after != (ratios.before.empty() ? ratio : ratios.before)) {
        return held(1);
    }
    const bool several = ratios.before.find('\\') != std::string_view::npos;
    const std::string_view said = methods.before.empty() && !several ? method : methods.before;
    return methods.after == said ? Status{} : held(2);
}

}  // namespace efface::pipeline
