// For the tests of node/bulk: folders of their own, synthetic instances, and a run over them.
#pragma once

#include "node/bulk/bulk_run.h"
#include "node/bulk/worker_program.h"
#include "rules/matching/rule_set.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

namespace efface::node::testing {

inline constexpr std::string_view kPatientName = "Mustermann^Erika";
inline constexpr std::string_view kPatientId = "PAT-4711";

inline constexpr std::string_view kHeaderOnlyRules = R"(
[[rule]]
name = "everything"
pixel_policy = "header-only"
destinations = ["archive"]
)";

/// A whole Part 10 file of a CT instance of 4x4 pixels. `remark` goes into the Image Comments.
inline std::string ct_instance(const std::string& uid, const std::string& remark = "") {
    using efface::testing::DicomWriter;
    using rules::Vr;
    DicomWriter data;
    data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY\\AXIAL")
        .element(0x00080016, Vr::UI, "1.2.840.10008.5.1.4.1.1.2")
        .element(0x00080018, Vr::UI, uid)
        .element(0x00080060, Vr::CS, "CT")
        .element(0x00100010, Vr::PN, kPatientName)
        .element(0x00100020, Vr::LO, kPatientId)
        .element(0x0020000D, Vr::UI, "1.2.3.4.5")
        .element(0x0020000E, Vr::UI, "1.2.3.4.5.1")
        .element(0x00204000, Vr::LT, remark)
        .us(0x00280002, 1)
        .element(0x00280004, Vr::CS, "MONOCHROME2")
        .us(0x00280010, 4)
        .us(0x00280011, 4)
        .us(0x00280100, 16)
        .us(0x00280101, 16)
        .us(0x00280102, 15)
        .us(0x00280103, 0)
        .element(0x7FE00010, Vr::OW, std::string(32, '\x2A'));
    return efface::testing::part10_file(data.text(), "1.2.840.10008.1.2.1", "1.2.840.10008.5.1.4.1.1.2", uid);
}

inline rules::ProjectKey test_key(std::uint8_t seed) {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(seed + i);
    }
    return *rules::ProjectKey::from_bytes(bytes);
}

inline std::string read_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// IN and OUT in a directory of their own.
class BulkFolder {
public:
    BulkFolder() { std::filesystem::create_directories(in()); }

    std::string in() const { return directory_.path() + "/in"; }

    std::string out() const { return directory_.path() + "/out"; }

    std::string path(const std::string& name) const { return directory_.path() + "/" + name; }

    void put(const std::string& name, const std::string& bytes) {
        const std::filesystem::path file = in() + "/" + name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file, std::ios::binary} << bytes;
    }

    BulkOptions options(const std::string& worker, std::string_view rules_text = kHeaderOnlyRules) const {
        const auto key = test_key(1);
        return {
            .in = in(),
            .out = out(),
            .project = "trial",
            .key = key,
            .identity = AuditIdentity{test_key(9)},
            .rules = std::move(*rules::RuleSet::parse(rules_text, "test.toml")),
            .worker = make_worker_program(worker, {"trial", key, "test.toml", rules_text}, "0.1.0"),
            .workers = 2,
            .unit_deadline = std::chrono::milliseconds{20'000},
            .scratch = path("scratch"),
            .audit_file = path("out.audit/audit.sqlite"),
            .software_version = "0.1.0",
        };
    }

    /// Runs, and keeps what was reported by the name of the file in IN.
    tl::expected<BulkSummary, std::string> run(const BulkOptions& options) {
        outcomes.clear();
        return run_bulk(
            system_environment(), options,
            {.report =
                 [this](const FileOutcome& outcome) {
                     outcomes[outcome.in.substr(std::min(outcome.in.size(), in().size() + 1))] = outcome;
                 },
             .stop = stop}
        );
    }

    /// Every file below OUT.
    std::vector<std::string> written() const {
        std::vector<std::string> files;
        std::error_code none;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(out(), none)) {
            if (entry.is_regular_file()) {
                files.push_back(entry.path().string());
            }
        }
        std::sort(files.begin(), files.end());
        return files;
    }

    std::map<std::string, FileOutcome> outcomes;
    std::atomic<bool> stop{false};

private:
    efface::testing::TemporaryDirectory directory_;
};

}  // namespace efface::node::testing
