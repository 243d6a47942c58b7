#include "pipeline/watermark/mark_key.h"

#include "config/crypto/digest.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::string_view kPrefix = "efface-watermark-key-1 ";

}  // namespace

WatermarkKey watermark_key(const rules::ProjectKey& key) {
    const rules::ProjectKey derived = key.derive("watermark");
    WatermarkKey bytes{};
    std::ranges::copy(derived.bytes(), bytes.begin());
    return bytes;
}

std::string watermark_key_text(const WatermarkKey& key) {
    return std::string{kPrefix} + to_hex(key) + "\n";
}

std::optional<WatermarkKey> parse_watermark_key(std::string_view text) {
    const bool framed = text.starts_with(kPrefix) && text.ends_with('\n');
    const auto digest = framed
                            ? digest_from_hex(text.substr(kPrefix.size(), text.size() - kPrefix.size() - 1))
                            : std::nullopt;
    return digest && watermark_key_text(*digest) == text ? std::optional{*digest} : std::nullopt;
}

}  // namespace efface::pipeline
