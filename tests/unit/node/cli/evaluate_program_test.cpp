// `efface evaluate` as the program itself, with its evaluator and a generator that is no training's: from a
// folder of cases to tables, a sheet, and a kit whose readers are scored.
#include "pipeline/picture/png.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/node/cli/cli_fixture.h"
#include "tests/unit/pipeline/evaluate/written_png.h"

#include <gmock/gmock.h>

#include <sys/wait.h>

namespace efface::node {
namespace {

using namespace testing;
using efface::testing::drawn_mask;
using efface::testing::drawn_truth;
using efface::testing::written_png;
using ::testing::HasSubstr;

constexpr std::size_t kSide = 200;

std::string bytes_of(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

class EvaluateProgram : public ::testing::Test {
protected:
    efface::testing::TemporaryDirectory folder_;

    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path(name), std::ios::binary} << text;
    }

    /// The program itself: it finds its evaluator beside it. What it says on standard error comes too.
    CommandOutcome evaluate(const std::string& arguments) const {
        const std::string command = std::string{EFFACE_PROGRAM} + " --state " + path("state") + " evaluate " +
                                    arguments + " 2>" + path("error.txt");
        CommandOutcome outcome;
        std::FILE* pipe = ::popen(command.c_str(), "r");
        std::array<char, 4096> chunk{};
        while (const std::size_t got = std::fread(chunk.data(), 1, chunk.size(), pipe)) {
            outcome.out.append(chunk.data(), got);
        }
        const int status = ::pclose(pipe);
        outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        outcome.error = bytes_of(path("error.txt"));
        return outcome;
    }

    std::string generator() const {
        const std::string file = path("generator.pt");
        EXPECT_EQ(std::system((std::string{EFFACE_PLAIN_GENERATOR} + " " + file).c_str()), 0);
        return " --generator " + file;
    }

    static std::string line(
        const std::string& name, const std::string& kind, const std::string& truth, const std::string& mask,
        int bits
    ) {
        return dump_json(
                   {{"name", name},
                    {"kind", kind},
                    {"occlusion", "box"},
                    {"truth", truth},
                    {"mask", mask},
                    {"bits", bits}}
               ) +
               "\n";
    }

    /// Three of grey 16 bits, of which one is refused, and one photograph.
    void make_cases() const {
        write("grey.png", written_png(drawn_truth(kSide, kSide)));
        pipeline::PngSamples colour{kSide, kSide, 3, 8, {}};
        for (std::size_t i = 0; i < kSide * kSide * 3; ++i) {
            colour.samples.push_back(static_cast<std::byte>(60 + i % 97 + i / 3 % kSide / 4));
        }
        write("colour.png", written_png(colour));
        write("mask.png", written_png(drawn_mask(kSide, kSide, 64, 56, 136, 128)));
        write("other.png", written_png(drawn_mask(kSide, kSide, 48, 80, 112, 120)));
        write("large.png", written_png(drawn_mask(kSide, kSide, 2, 2, 190, 190)));
        write(
            "cases.ndjson", line("one", "ct", "grey.png", "mask.png", 16) +
                                line("two", "ct", "grey.png", "other.png", 16) +
                                line("three", "ct", "grey.png", "large.png", 16) +
                                line("four", "photograph", "colour.png", "mask.png", 8)
        );
    }
};

TEST_F(EvaluateProgram, MeasuresAFolderOfCases) {
    make_cases();

    const CommandOutcome outcome = evaluate(
        folder_.path() + generator() + " --json --grid " + path("grid.png") + " --cases-json " +
        path("measured.ndjson")
    );

    ASSERT_EQ(outcome.code, 0) << outcome.error;
    const Json json = outcome.json_lines().at(0);
    EXPECT_EQ(json["cases"], 4);
    EXPECT_EQ(json["filled"], 3);
    EXPECT_EQ(json["refused"], 1);
    EXPECT_EQ(json["ct.cases"], 3);
    EXPECT_EQ(json["ct.fill.ssim_mask.n"], 2);
    EXPECT_EQ(json["photograph.telea.psnr_mask.n"], 1);
    EXPECT_NEAR(json["all.truth.ssim_mask.mean"].get<double>(), 1, 1e-4);
    EXPECT_EQ(json["all.truth.psnr_mask.mean"], nullptr);
    EXPECT_LT(json["all.fill.ssim_mask.mean"], 0.95);
    EXPECT_GT(json["all.wall_seconds.mean"], 0);
    EXPECT_GT(json["peak_memory_bytes"], 10'000'000);
    EXPECT_EQ(json["frechet_features.n"], 0);
    CommandOutcome lines;
    lines.out = bytes_of(path("measured.ndjson"));
    const auto cases = lines.json_lines();
    ASSERT_EQ(cases.size(), 4U);
    EXPECT_EQ(cases[0]["name"], "one");
    EXPECT_EQ(cases[0]["outcome"], "filled");
    EXPECT_EQ(cases[0]["marked"], 1);
    EXPECT_EQ(cases[2]["outcome"], "refused");
    EXPECT_NE(cases[2]["reason"], nullptr);
    EXPECT_EQ(cases[2]["measures"], nullptr);
    EXPECT_TRUE(cases[3]["measures"]["navier_stokes"].contains("spectrum_distance"));
    const auto grid = pipeline::decode_png_as_grey(bytes_of(path("grid.png")));
    ASSERT_TRUE(grid);
    EXPECT_EQ(grid->rows, 30U + 3 * 284);
}

TEST_F(EvaluateProgram, PrintsATableForEachKindAndAll) {
    make_cases();

    const CommandOutcome outcome = evaluate(folder_.path() + generator() + " --no-mark");

    ASSERT_EQ(outcome.code, 0) << outcome.error;
    EXPECT_THAT(outcome.out, HasSubstr("## all: 4 cases, 3 filled, 1 refused"));
    EXPECT_THAT(outcome.out, HasSubstr("## ct: 3 cases, 2 filled, 1 refused"));
    EXPECT_THAT(outcome.out, HasSubstr("- refused, "));
    EXPECT_THAT(outcome.out, HasSubstr("| Navier-Stokes | 2 |"));
    EXPECT_THAT(outcome.out, HasSubstr("Frechet distance on our discriminator's features: not measured"));
}

TEST_F(EvaluateProgram, AKitGoesToAReaderAndItsSheetIsScored) {
    make_cases();
    const CommandOutcome made =
        evaluate(folder_.path() + generator() + " --json --seed 3 --reader-kit " + path("kit"));
    ASSERT_EQ(made.code, 0) << made.error;

    struct stat facts {};

    ASSERT_EQ(::stat((path("kit") + "/key.json").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    const auto key = parse_json(bytes_of(path("kit") + "/key.json"));
    ASSERT_TRUE(key);
    ASSERT_EQ((*key)["pairs"].size(), 3U);
    std::string sheet = bytes_of(path("kit") + "/sheet.csv");
    ASSERT_EQ(sheet, "pair,choice,structure,texture,grey\n0001,,,,\n0002,,,,\n0003,,,,\n");
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator{path("kit") + "/pairs"}) {
        files.insert(entry.path().filename().string());
    }
    EXPECT_EQ(
        files, (std::set<std::string>{
                   "0001-a.png", "0001-b.png", "0002-a.png", "0002-b.png", "0003-a.png", "0003-b.png"})
    );

    // A reader who knows the truth: two cases are of one picture, so two truths are the same file.
    std::set<std::string> truths;
    sheet = "pair,choice,structure,texture,grey\n";
    for (const Json& pair : (*key)["pairs"]) {
        const std::string truth = pair["truth"];
        truths.insert(
            bytes_of(path("kit") + "/pairs/" + pair["pair"].get<std::string>() + "-" + truth + ".png")
        );
        sheet += pair["pair"].get<std::string>() + "," + (truth == "a" ? "b" : "a") + ",2,3,4\n";
    }
    EXPECT_EQ(truths.size(), 3U) << "the window is that of what is visible, and masks differ";
    write("sheet.csv", sheet);
    const CommandOutcome scored =
        evaluate("--json --score " + path("sheet.csv") + " --key " + path("kit") + "/key.json");
    ASSERT_EQ(scored.code, 0) << scored.error;
    EXPECT_EQ(scored.json_lines().at(0)["all"]["right"], 3);
    EXPECT_EQ(scored.json_lines().at(0)["kinds"]["ct"]["answered"], 2);
}

TEST_F(EvaluateProgram, WhatIsNoCaseEndsTheRunAndLeavesNothing) {
    make_cases();
    write("mask.png", "no PNG");

    const CommandOutcome outcome =
        evaluate(folder_.path() + generator() + " --cases-json " + path("measured.ndjson"));

    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.error, HasSubstr("line 1 (one)"));
    EXPECT_THAT(outcome.error, HasSubstr("not a PNG"));
    EXPECT_FALSE(std::filesystem::exists(path("measured.ndjson")));
}

TEST_F(EvaluateProgram, AFileThatIsNoGeneratorIsRefused) {
    make_cases();
    write("generator.pt", "no network");

    const CommandOutcome outcome = evaluate(folder_.path() + " --generator " + path("generator.pt"));

    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.error, HasSubstr("no TorchScript"));
}

}  // namespace
}  // namespace efface::node
