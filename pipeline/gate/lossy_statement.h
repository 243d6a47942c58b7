// What a written file says of compressions that lost samples, where the compressed frames themselves are
// gone: (0028,2110), (0028,2112), (0028,2114), PS3.3 C.7.6.1.1.5. The gate decides from the original's frames
// by itself. Thread rule: belongs to one thread.
#pragma once

#include "config/result.h"
#include "pipeline/scan/scanner.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace efface::pipeline {

class LossyStatement {
public:
    static bool speaks(rules::Tag tag);

    /// One of these attributes as the files have it; `original` null where it stands in the written one only.
    Status note(const Event* original, const Event& written);

    /// `original`: the data set whose frames were decoded.
    Status judge(std::span<const std::byte> original, const rules::TransferSyntax& syntax) const;

private:
    struct Twin {
        std::string_view before;
        std::string_view after;
    };

    Status judge_lost(std::string_view ratio, std::string_view method) const;

    std::array<Twin, 3> values_{};  // Compression, ratio, method.
};

}  // namespace efface::pipeline
