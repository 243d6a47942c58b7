// Builders for the tests of this folder: a project key, a rule, a small CT header. Synthetic only.
#pragma once

#include "pipeline/header/header_cleaner.h"

#include <gtest/gtest.h>

#include <array>

namespace efface::pipeline {

inline constexpr std::string_view kCtImageStorage = "1.2.840.10008.5.1.4.1.1.2";

inline rules::ProjectKey some_key() {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
    }
    auto key = rules::ProjectKey::from_bytes(bytes);
    EXPECT_TRUE(key.has_value());
    return *key;
}

/// What a test cleans with; change it before clean().
struct Bench {
    rules::ProjectKey key = some_key();
    rules::Rule rule;
    std::string sop_class_uid{kCtImageStorage};
    rules::PixelStatement pixels{.treatment = rules::PixelTreatment::kNothingPossible};
    bool as_new_instance = false;
    Digest original_digest{};

    Result<HeaderOutcome> clean(DataSet& data_set) const {
        return clean_header(
            data_set,
            {
                .rule = rule,
                .key = key,
                .sop_class_uid = sop_class_uid,
                .software_version = "0.1.0",
                .accepted_at = 1'790'000'000'000'000,  // 2026-09-21T13:33:20Z
                .as_new_instance = as_new_instance,
                .original_digest = original_digest,
                .pixels = pixels,
            }
        );
    }
};

inline void put(Item item, std::uint32_t tag, rules::Vr vr, std::string_view value) {
    EXPECT_TRUE(item.put(rules::Tag{tag}, vr, value).has_value());
}

inline std::string text(DataSet& data_set, std::uint32_t tag) {
    return data_set.root().text(rules::Tag{tag}).value();
}

inline bool has(DataSet& data_set, std::uint32_t tag) {
    return data_set.root().find(rules::Tag{tag}).has_value();
}

inline DataSet small_ct() {
    DataSet made;
    Item root = made.root();
    put(root, 0x00080005, rules::Vr::CS, "ISO_IR 100");
    put(root, 0x00080016, rules::Vr::UI, kCtImageStorage);
    put(root, 0x00080018, rules::Vr::UI, "1.2.3.4.5");
    put(root, 0x00080060, rules::Vr::CS, "CT");
    put(root, 0x00100010, rules::Vr::PN, "Mustermann^Erika");
    put(root, 0x00100020, rules::Vr::LO, "PAT-4711");
    put(root, 0x0020000D, rules::Vr::UI, "1.2.3.4");
    put(root, 0x0020000E, rules::Vr::UI, "1.2.3.4.1");
    put(root, 0x00200052, rules::Vr::UI, "1.2.3.4.2");
    return made;
}

}  // namespace efface::pipeline
