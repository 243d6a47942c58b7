// Runs one instance through clean_unit with a memory file as output. Synthetic key and rules.
#pragma once

#include "config/crypto/digest.h"
#include "pipeline/unit/clean_unit.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace efface::pipeline {

inline constexpr std::string_view kHeaderOnlyRules = R"(
[[rule]]
name = "all-header-only"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
)";

inline constexpr std::string_view kRequireCleanRules = R"(
[[rule]]
name = "all-require-clean"
profile = "basic"
pixel_policy = "require-clean"
destinations = ["archive"]
)";

inline rules::ProjectKey some_key() {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
    }
    auto key = rules::ProjectKey::from_bytes(bytes);
    EXPECT_TRUE(key.has_value());
    return *key;
}

inline rules::RuleSet rules_of(std::string_view text) {
    auto set = rules::RuleSet::parse(text, "test.toml");
    EXPECT_TRUE(set.has_value()) << (set ? "" : set.error().message());
    return *set;
}

inline std::string read_memory_file(int fd) {
    const off_t length = lseek(fd, 0, SEEK_END);
    std::string bytes(static_cast<std::size_t>(length), '\0');
    EXPECT_EQ(pread(fd, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    return bytes;
}

struct Cleaned {
    CleanReport report;
    std::string output;
};

/// What a test cleans with; change it before clean().
struct UnitBench {
    explicit UnitBench(std::string_view rules_text) : rules{rules_of(rules_text)} {
        order.project = "test";
        order.accepted_at = 1'790'000'000'000'000;
        order.rule_digest = rules.digest();
        order.software_version = "0.1.0";
    }

    rules::RuleSet rules;
    rules::ProjectKey key = some_key();
    WorkOrder order;

    Cleaned clean(std::string_view file) const {
        const int fd = memfd_create("output", 0);
        const auto report = clean_unit(
            std::as_bytes(std::span{file.data(), file.size()}), fd,
            {order, rules, key, std::uint64_t{1} << 32U}
        );
        EXPECT_TRUE(report.has_value());
        Cleaned cleaned{report.value_or(CleanReport{}), read_memory_file(fd)};
        close(fd);
        return cleaned;
    }
};

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

/// The folder of real files, or an empty path where it is absent.
inline std::filesystem::path real_files() {
    const char* shared = std::getenv("EFFACE_SHARED");
    const std::filesystem::path folder =
        std::filesystem::path{shared != nullptr ? shared : "../shared"} / "dicom";
    return std::filesystem::is_directory(folder) ? folder : std::filesystem::path{};
}

}  // namespace efface::pipeline
