// GateFixture: cleans a synthetic original with the real cleaner and asks the gate about the output,
// as it is or with a bug planted in its bytes.
#pragma once

#include "pipeline/gate/gate.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/scanner.h"
#include "pipeline/unit/clean_unit.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace efface::testing {

inline constexpr std::string_view kHeaderOnlyRules = R"(
[[rule]]
name = "all-header-only"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
)";

/// A rule "found".
inline constexpr std::string_view kRemoveFoundRules = R"(
[[rule]]
name = "found"
profile = "basic"
pixel_policy = "remove-found"
destinations = ["archive"]
)";

inline rules::ProjectKey test_key() {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i + 1);
    }
    return rules::ProjectKey::from_bytes(bytes).value();
}

inline rules::RuleSet rules_of(std::string_view text) {
    auto rules = rules::RuleSet::parse(text, "test.toml");
    if (!rules) {
        ADD_FAILURE() << rules.error().message();
        std::abort();
    }
    return std::move(*rules);
}

inline pipeline::WorkOrder order_for(std::string_view original) {
    pipeline::WorkOrder order;
    order.project = "test";
    order.original_bytes = original.size();
    order.original_digest = sha256(original);
    order.accepted_at = 1'700'000'000'000'000;
    order.software_version = "0.1.0";
    return order;
}

/// The report and the written bytes.
struct Cleaned {
    pipeline::CleanReport report;
    std::string written;
};

inline Cleaned clean(
    std::string_view original, const rules::RuleSet& rules, const pipeline::WorkOrder& order,
    pipeline::Finders finders = {}, pipeline::Generator* generator = nullptr
) {
    const rules::ProjectKey key = test_key();
    const int fd = memfd_create("written", MFD_CLOEXEC);
    pipeline::UnitWork work{order, rules, key, 1ULL << 30U, finders};
    work.generator = generator;
    const auto report = pipeline::clean_unit(bytes_of(original), fd, work);
    Cleaned cleaned;
    if (report) {
        cleaned.report = *report;
        const auto size = lseek(fd, 0, SEEK_END);
        cleaned.written.resize(static_cast<std::size_t>(size));
        EXPECT_EQ(pread(fd, cleaned.written.data(), cleaned.written.size(), 0), size);
    }
    close(fd);
    return cleaned;
}

inline pipeline::GateReport judge(
    std::string_view original, std::string_view written, const rules::Rule& rule,
    const pipeline::WorkOrder& order, pipeline::Mask mask = {}, pipeline::Finders finders = {}
) {
    const rules::ProjectKey key = test_key();
    return pipeline::judge(
        bytes_of(original), bytes_of(written), {order, rule, key, std::move(mask), finders}
    );
}

}  // namespace efface::testing
