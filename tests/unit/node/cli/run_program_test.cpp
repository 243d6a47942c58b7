// `efface run`, `occlude` and `preview` as the program itself, with their documented fields and exit codes.
#include "pipeline/picture/png.h"
#include "tests/unit/node/bulk/bulk_fixture.h"
#include "tests/unit/node/cli/cli_fixture.h"

#include <sys/wait.h>

namespace efface::node {
namespace {

using namespace testing;

constexpr int kOk = 0;
constexpr int kNegative = 1;
constexpr int kConfiguration = 3;
constexpr int kRefused = 5;

/// The program itself: it finds its worker beside it.
CommandOutcome run_program(const std::string& arguments) {
    CommandOutcome outcome;
    std::FILE* pipe = ::popen((std::string{EFFACE_PROGRAM} + " " + arguments).c_str(), "r");
    std::array<char, 4096> chunk{};
    while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
        outcome.out.append(chunk.data(), got);
    }
    const int status = ::pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

constexpr std::size_t kGreyColumns = 64;
constexpr std::size_t kGreyRows = 48;

/// A secondary capture of 64 x 48 pixels, none of them black.
std::string grey_image(const std::string& uid) {
    using efface::testing::DicomWriter;
    using rules::Vr;
    std::string samples;
    for (std::size_t i = 0; i < kGreyColumns * kGreyRows; ++i) {
        samples += static_cast<char>(20 + i % 90);
    }
    constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
    DicomWriter data;
    data.element(0x00080008, Vr::CS, "DERIVED\\SECONDARY")
        .element(0x00080016, Vr::UI, kSecondaryCapture)
        .element(0x00080018, Vr::UI, uid)
        .element(0x00080060, Vr::CS, "OT")
        .element(0x00100010, Vr::PN, kPatientName)
        .element(0x00100020, Vr::LO, kPatientId)
        .element(0x0020000D, Vr::UI, "1.2.3.4.5")
        .element(0x0020000E, Vr::UI, "1.2.3.4.5.1")
        .us(0x00280002, 1)
        .element(0x00280004, Vr::CS, "MONOCHROME2")
        .us(0x00280010, kGreyRows)
        .us(0x00280011, kGreyColumns)
        .us(0x00280100, 8)
        .us(0x00280101, 8)
        .us(0x00280102, 7)
        .us(0x00280103, 0)
        .element(0x7FE00010, Vr::OB, samples);
    return efface::testing::part10_file(data.text(), "1.2.840.10008.1.2.1", kSecondaryCapture, uid);
}

class RunProgram : public ::testing::Test {
protected:
    BulkFolder folder_;
    const std::string state_ = "--state " + folder_.path("state") + " ";

    std::string rules() const {
        std::ofstream{folder_.path("rules.toml")} << kHeaderOnlyRules;
        return " --rules " + folder_.path("rules.toml");
    }

    CommandOutcome run_folder(const std::string& more) const {
        return run_program(state_ + "run " + folder_.in() + " " + folder_.out() + more + " 2>/dev/null");
    }
};

TEST_F(RunProgram, PrintsOneObjectALineWithTheDocumentedFields) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));
    folder_.put("notes.txt", "x");

    const CommandOutcome outcome = run_folder(rules() + " --json");

    EXPECT_EQ(outcome.code, kOk);
    auto lines = outcome.json_lines();
    ASSERT_EQ(lines.size(), 2u);
    std::sort(lines.begin(), lines.end(), [](const Json& a, const Json& b) { return a["out"] < b["out"]; });
    std::vector<std::string> keys;
    for (const auto& [key, value] : lines[1].items()) {
        keys.push_back(key);
    }
    EXPECT_EQ(
        keys, (std::vector<std::string>{
                  "in", "outcome", "out", "reason", "rule", "actions", "mask_boxes", "filled", "preview",
                  "mask_segmentation"})
    );
    EXPECT_EQ(lines[1]["outcome"], "cleaned");
    EXPECT_EQ(lines[1]["rule"], "everything");
    EXPECT_TRUE(std::filesystem::exists(lines[1]["out"].get<std::string>()));
    EXPECT_GT(lines[1]["actions"]["U"], 0);
    EXPECT_EQ(lines[0]["outcome"], "refused");
    EXPECT_EQ(lines[0]["out"], nullptr);
    EXPECT_EQ(lines[0]["reason"], "not a DICOM file");
}

/// Grey, 64 x 48, what `shown` says.
pipeline::Picture picture_of(const std::string& path) {
    const auto picture = pipeline::decode_png_as_grey(read_file(path));
    EXPECT_TRUE(picture) << path;
    return picture ? *picture : pipeline::Picture{};
}

TEST_F(RunProgram, DrawsAPreviewOfEachCleanedImage) {
    folder_.put("one", grey_image("1.2.3.4.5.1.1"));

    const CommandOutcome outcome = run_folder(rules() + " --json --previews " + folder_.path("pictures"));

    ASSERT_EQ(outcome.code, kOk);
    const Json line = outcome.json_lines().at(0);
    const auto picture = picture_of(line["preview"].get<std::string>());
    EXPECT_EQ(picture.columns, kGreyColumns);
    EXPECT_EQ(picture.rows, kGreyRows);
    const std::string out = line["out"];
    EXPECT_EQ(line["preview"], folder_.path("pictures") + out.substr(folder_.out().size()) + ".png");
}

TEST_F(RunProgram, OccludesWhatIsNamedAndNothingElse) {
    folder_.put("one", grey_image("1.2.3.4.5.1.1"));
    const std::string in = folder_.in() + "/one ";
    const std::string clean = folder_.path("clean.dcm");

    const CommandOutcome made = run_program(
        state_ + "occlude " + in + "--box 8,8,10,8 --box 40,32,8,8 -o " + clean + " --json 2>/dev/null"
    );
    const CommandOutcome again =
        run_program(state_ + "occlude " + in + "--box 8,8,8,8 -o " + clean + " 2>&1");

    EXPECT_EQ(made.code, kOk);
    EXPECT_EQ(made.json_lines().at(0)["mask_boxes"], 2);
    EXPECT_EQ(again.code, kRefused) << "what stands there is never overwritten";
    const std::string written = read_file(clean);
    ASSERT_GT(written.size(), kGreyColumns * kGreyRows);
    for (std::size_t y = 0; y < kGreyRows; ++y) {
        for (std::size_t x = 0; x < kGreyColumns; ++x) {
            const bool masked =
                (x >= 8 && x < 24 && y >= 8 && y < 16) || (x >= 40 && x < 48 && y >= 32 && y < 40);
            const char sample = written[written.size() - kGreyColumns * kGreyRows + y * kGreyColumns + x];
            EXPECT_EQ(sample == '\0', masked) << x << " " << y;
        }
    }
    EXPECT_EQ(written.find(kPatientName), std::string::npos);
    EXPECT_EQ(run_program(state_ + "audit verify --database " + clean + ".audit/audit.sqlite").code, kOk);
}

TEST_F(RunProgram, OccludesWhatAPaintedMaskShows) {
    folder_.put("one", grey_image("1.2.3.4.5.1.1"));
    pipeline::Picture painted{kGreyColumns, kGreyRows, 1};
    painted.samples[20 * kGreyColumns + 20] = 255;
    std::ofstream{folder_.path("mask.png")} << pipeline::encode_png(painted.view()).value();
    std::ofstream{folder_.path("small.png")}
        << pipeline::encode_png(pipeline::Picture{8, 8, 1}.view()).value();
    painted.samples.resize(kGreyColumns * 8);
    painted.rows = 8;
    painted.samples[0] = 255;
    std::ofstream{folder_.path("other.png")} << pipeline::encode_png(painted.view()).value();
    const auto occlude = [&](const std::string& mask, const std::string& out) {
        return run_program(
            state_ + "occlude " + folder_.in() + "/one --mask " + folder_.path(mask) + " -o " +
            folder_.path(out) + " 2>&1"
        );
    };

    EXPECT_EQ(occlude("mask.png", "clean.dcm").code, kOk);
    const std::string written = read_file(folder_.path("clean.dcm"));
    const std::size_t first = written.size() - kGreyColumns * kGreyRows;
    EXPECT_EQ(written[first + 23 * kGreyColumns + 23], '\0');
    EXPECT_NE(written[first + 24 * kGreyColumns + 24], '\0');
    EXPECT_EQ(occlude("small.png", "b.dcm").code, 2) << "nothing is painted";
    const CommandOutcome other = occlude("other.png", "c.dcm");
    EXPECT_EQ(other.code, kNegative);
    EXPECT_NE(other.out.find("the mask has 64 columns and 8 rows, the image has not"), std::string::npos)
        << other.out;
}

TEST_F(RunProgram, DeliversWhatItOccludedAsASegmentationAndTakesItBack) {
    folder_.put("one", grey_image("1.2.3.4.5.1.1"));
    const std::string in = "occlude " + folder_.in() + "/one ";
    const std::string seg = folder_.path("mask.dcm");

    const CommandOutcome made = run_program(
        state_ + in + "--box 8,8,10,8 --box 40,32,8,8 --segmentation " + seg + " -o " +
        folder_.path("clean.dcm") + " 2>&1"
    );
    const CommandOutcome back =
        run_program(state_ + in + "--mask " + seg + " -o " + folder_.path("again.dcm") + " 2>&1");

    ASSERT_EQ(made.code, kOk) << made.out;
    ASSERT_EQ(back.code, kOk) << back.out;
    EXPECT_EQ(read_file(seg).find(kPatientName), std::string::npos);
    EXPECT_EQ(read_file(folder_.path("again.dcm")), read_file(folder_.path("clean.dcm")))
        << "the same pixels, and nothing more";
    const CommandOutcome audit = run_program(
        state_ + "audit query --event cleaned --json --database " + folder_.path("clean.dcm") +
        ".audit/audit.sqlite"
    );
    EXPECT_NE(audit.out.find("mask_segmentation"), std::string::npos) << audit.out;
}

TEST_F(RunProgram, PutsTheSegmentationBesideTheInstanceWhereTheRuleAsksForIt) {
    folder_.put("one", grey_image("1.2.3.4.5.1.1"));
    std::ofstream{folder_.path("masks.toml")} << kHeaderOnlyRules
                                              << "[rule.pixels]\nblacken = [[8, 8, 8, 8]]\n"
                                                 "mask_segmentation = true\n";

    const CommandOutcome outcome = run_folder(" --rules " + folder_.path("masks.toml") + " --json");

    ASSERT_EQ(outcome.code, kOk) << outcome.out;
    const Json line = outcome.json_lines().at(0);
    const std::string seg = line["mask_segmentation"];
    EXPECT_TRUE(std::filesystem::exists(seg));
    EXPECT_NE(seg, line["out"]);
    EXPECT_EQ(folder_.written().size(), 2U);
}

TEST_F(RunProgram, PreviewsWithoutKeepingAnythingElse) {
    folder_.put("one", grey_image("1.2.3.4.5.1.1"));
    const std::string picture = folder_.path("shown.png");
    const auto preview = [&](const std::string& more) {
        return run_program(
            state_ + "preview " + folder_.in() + "/one -o " + picture + rules() + more + " 2>/dev/null"
        );
    };

    const CommandOutcome plain = preview(" --json");

    EXPECT_EQ(plain.code, kOk);
    EXPECT_EQ(plain.json_lines().at(0)["before"], nullptr);
    EXPECT_EQ(picture_of(picture).columns, kGreyColumns);
    EXPECT_FALSE(std::filesystem::exists(picture + ".before.png"));
    EXPECT_FALSE(std::filesystem::exists(picture + ".audit"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path("state/scratch"))) << "the cleaned file is gone";

    EXPECT_EQ(preview("").code, kRefused) << "the picture stands there already";
    std::filesystem::remove(picture);
    const CommandOutcome second =
        run_program(state_ + "preview " + folder_.in() + "/one -o " + picture + rules() + " --frame 2 2>&1");
    EXPECT_EQ(second.code, kNegative) << "there is one frame";
    EXPECT_NE(second.out.find("there is no such frame"), std::string::npos) << second.out;
    const CommandOutcome both = preview(" --before --json");
    EXPECT_EQ(both.code, kOk);
    EXPECT_EQ(picture_of(picture + ".before.png").columns, kGreyColumns);
    const CommandOutcome audited = run_program(
        state_ + "audit query --event original_shown --json --database " + picture + ".audit/audit.sqlite"
    );
    EXPECT_EQ(audited.json_lines().size(), 1U) << audited.out;
}

TEST_F(RunProgram, MakesItsKeysOnFirstUseAndKeepsThem) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));
    ASSERT_EQ(run_folder(rules()).code, kOk);
    const std::string key = read_file(folder_.path("state/keys/demo.key"));
    const auto first = folder_.written();

    ASSERT_EQ(run_folder(rules()).code, kOk);

    EXPECT_EQ(read_file(folder_.path("state/keys/demo.key")), key);
    EXPECT_EQ(folder_.written(), first);
    EXPECT_TRUE(std::filesystem::exists(folder_.out() + ".audit/audit.sqlite"));
    EXPECT_EQ(
        run_program(state_ + "audit verify --database " + folder_.out() + ".audit/audit.sqlite").code, kOk
    );
}

TEST_F(RunProgram, SummarisesForPeopleAndEndsWithOneWhenSomethingWasHeld) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    const CommandOutcome outcome = run_folder("");

    EXPECT_EQ(outcome.code, kNegative);
    EXPECT_NE(outcome.out.find("quarantined  " + folder_.in() + "/one  pixels may show"), std::string::npos);
    EXPECT_NE(outcome.out.find("1  quarantined\n"), std::string::npos);
    EXPECT_TRUE(folder_.written().empty());
}

TEST_F(RunProgram, RefusesFoldersThatOverlapBeforeItMakesAnything) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    const CommandOutcome inside = run_program(
        "--state " + folder_.in() + "/state run " + folder_.in() + " " + folder_.out() + " 2>/dev/null"
    );
    const CommandOutcome same =
        run_program(state_ + "run " + folder_.in() + " " + folder_.in() + "/out 2>/dev/null");

    EXPECT_EQ(inside.code, kRefused);
    EXPECT_EQ(same.code, kRefused);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.in()}, {}), 1);
}

TEST_F(RunProgram, NeverReplacesAKeyThatWasNamed) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    EXPECT_EQ(run_folder(" --key " + folder_.path("missing.key")).code, kConfiguration);
    EXPECT_FALSE(std::filesystem::exists(folder_.path("missing.key")));
}

TEST_F(RunProgram, ExplainsAFileWithoutItsValues) {
    folder_.put("one", ct_instance("1.2.3.4.5.1.1"));

    const CommandOutcome cleaned =
        run_program(state_ + "rules explain " + folder_.in() + "/one" + rules() + " --json");
    const CommandOutcome held = run_program(state_ + "rules explain " + folder_.in() + "/one");

    EXPECT_EQ(cleaned.code, kOk);
    EXPECT_EQ(cleaned.json_lines().at(0)["rule"], "everything");
    EXPECT_EQ(held.code, kNegative);
    EXPECT_NE(held.out.find("PatientName"), std::string::npos);
    for (const std::string& text : {cleaned.out, held.out}) {
        EXPECT_EQ(text.find("Mustermann"), std::string::npos);
        EXPECT_EQ(text.find(kPatientId), std::string::npos);
        EXPECT_EQ(text.find("1.2.3.4.5"), std::string::npos);
    }
}

}  // namespace
}  // namespace efface::node
