// The run over the real worker: no planted identity is found in any byte of OUT, whatever the gate holds
// is not there, and the same input gives the same output again. Real files from EFFACE_SHARED.
#include "tests/unit/node/bulk/bulk_fixture.h"

#include <cstdlib>

namespace efface::node {
namespace {

using namespace testing;

const std::string kWorker = EFFACE_WORKER;

std::string shared_dicom() {
    const char* given = std::getenv("EFFACE_SHARED");
    return std::string{given == nullptr ? EFFACE_SHARED_DEFAULT : given} + "/dicom";
}

TEST(BulkWithWorker, TakesThePatientOutOfEveryByte) {
    BulkFolder folder;
    for (int i = 0; i < 12; ++i) {
        const std::string number = std::to_string(i);
        folder.put("series/" + number, ct_instance("1.2.3.4.5.1." + number));
    }

    const auto summary = folder.run(folder.options(kWorker));

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_EQ(summary->cleaned, 12u) << (summary->reasons.empty() ? "" : summary->reasons.begin()->first);
    const auto files = folder.written();
    ASSERT_EQ(files.size(), 12u);
    for (const std::string& file : files) {
        const std::string bytes = read_file(file);
        EXPECT_EQ(bytes.find("Mustermann"), std::string::npos);
        EXPECT_EQ(bytes.find(kPatientId), std::string::npos);
        EXPECT_EQ(bytes.find("1.2.3.4.5"), std::string::npos);
    }
}

TEST(BulkWithWorker, GivesTheSameBytesIntoAnotherFolder) {
    BulkFolder folder;
    folder.put("one", ct_instance("1.2.3.4.5.1.1"));
    BulkOptions options = folder.options(kWorker);
    ASSERT_TRUE(folder.run(options));
    const std::string first = folder.outcomes.at("one").out;
    options.out = folder.path("other");
    options.audit_file = folder.path("other.audit/audit.sqlite");

    ASSERT_TRUE(folder.run(options));

    const std::string second = folder.outcomes.at("one").out;
    EXPECT_EQ(first.substr(folder.out().size()), second.substr(options.out.size()));
    EXPECT_EQ(read_file(first), read_file(second));
}

TEST(BulkWithWorker, ExplainsEveryRealFile) {
    const std::string real = shared_dicom();
    if (!std::filesystem::exists(real)) {
        GTEST_SKIP() << "no real files: set EFFACE_SHARED";
    }
    BulkFolder folder;
    BulkOptions options = folder.options(kWorker);
    options.in = real;

    const auto summary = folder.run(options);

    ASSERT_TRUE(summary) << summary.error();
    EXPECT_GT(summary->cleaned, 100u);
    EXPECT_EQ(summary->files, summary->cleaned + summary->quarantined + summary->refused);
    EXPECT_EQ(folder.outcomes.size(), summary->files);
    for (const auto& [name, outcome] : folder.outcomes) {
        EXPECT_EQ(outcome.reason.empty(), outcome.kind == FileOutcome::Kind::kCleaned);
        EXPECT_FALSE(outcome.reason.starts_with("every attempt failed")) << name;
    }
}

}  // namespace
}  // namespace efface::node
