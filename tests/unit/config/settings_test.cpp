// Goal: what an operator writes is either exactly what the node runs on or an error that says where
// and why. Method: a small valid text, and one change to it per test.
#include "config/settings/settings.h"

#include "config/settings/settings_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>

namespace efface {
namespace {

constexpr std::string_view kSmall = R"([[project]]
name = "trial"
called_aes = ["TRIAL", "TRIAL2"]
key_file = "keys/trial.key"

[[peer]]
name = "ct"
calling_ae = "CT1"
addresses = ["10.0.0.0/8", "::1"]
)";

tl::expected<Settings, std::vector<SettingsError>> parse(std::string_view text) {
    return Settings::parse(text, "efface.toml", "/etc/efface");
}

/// The messages of all errors of kSmall with `more` appended, one per line.
std::string errors_of(std::string_view text) {
    const auto settings = parse(text);
    std::string out;
    if (!settings) {
        for (const SettingsError& error : settings.error()) {
            out += error.message() + "\n";
        }
    }
    return out;
}

std::string errors_with(const std::string& more) {
    return errors_of(std::string{kSmall} + more);
}

TEST(Settings, ADetectorOfTheSiteNeedsItsFileAndItsDigest) {
    const auto path = std::filesystem::path{::testing::TempDir()} / "efface-site-detector.pt";
    std::ofstream{path} << "any bytes";
    const std::string digest(64, 'a');
    const auto models = [&](const std::string& file, const std::string& hex) {
        return "[models]\nface_detector = \"" + file + "\"\nface_detector_sha256 = \"" + hex + "\"\n";
    };

    const auto settings = parse(std::string{kSmall} + models(path, digest));
    ASSERT_TRUE(settings) << errors_with(models(path, digest));
    EXPECT_EQ(settings->models.face_detector, path.string());
    EXPECT_EQ(settings->models.face_detector_sha256, digest);
    EXPECT_NE(errors_with(models(path, "")).find("sha256sum"), std::string::npos);
    EXPECT_NE(errors_with(models(path, "abc")).find("64 hex digits"), std::string::npos);
    EXPECT_NE(errors_with(models("/no/such.pt", digest)).find("there is no file"), std::string::npos);
    EXPECT_NE(errors_with(models("", digest)).find("without a face_detector"), std::string::npos);
    std::filesystem::remove(path);
}

TEST(Settings, SmallFileGetsEveryDefault) {
    const auto settings = parse(kSmall);

    ASSERT_TRUE(settings) << errors_of(kSmall);
    EXPECT_EQ(settings->listen.addresses.at(0).text(), "127.0.0.1:11112");
    EXPECT_EQ(settings->listen.instance_bytes_max, 4ULL << 30);
    EXPECT_GE(settings->workers.count, 1U);
    EXPECT_EQ(settings->web.listen->text(), "127.0.0.1:8081");
    EXPECT_EQ(settings->peers.at(0).associations_max, 16U);
    EXPECT_EQ(settings->node.database_path, settings->node.state_directory + "/efface.sqlite");
    EXPECT_EQ(settings->audit.key_file, settings->node.state_directory + "/keys/audit.key");
}

TEST(Settings, RelativePathsAreTakenFromTheFolderOfTheFile) {
    const auto settings = parse(std::string{kSmall} + "[node]\nstate_directory = \"state\"\n");

    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->projects.at(0).key_file, "/etc/efface/keys/trial.key");
    EXPECT_EQ(settings->node.spool_directory, "/etc/efface/state/spool");
    EXPECT_EQ(settings->node.control_socket_path, "/etc/efface/state/control.sock");
}

TEST(Settings, UnknownKeyIsAnErrorThatNamesTheNearest) {
    EXPECT_EQ(
        errors_with("[listen]\nasociations_max = 5\n"),
        "efface.toml:11:1: unknown key 'asociations_max' in listen, did you mean 'associations_max'?\n"
    );
    EXPECT_EQ(
        errors_with("[lisen]\n"), "efface.toml:10:2: unknown section 'lisen', did you mean 'listen'?\n"
    );
}

TEST(Settings, WrongTypeIsAnErrorAtTheValue) {
    EXPECT_EQ(
        errors_with("[workers]\ncount = \"two\"\n"),
        "efface.toml:11:9: workers.count: expects whole number, found text\n"
    );
    EXPECT_EQ(
        errors_with("[listen]\naddresses = [1, 2]\n"),
        "efface.toml:11:13: listen.addresses: expects list of address:port, found a list of something other "
        "than text\n"
    );
    EXPECT_EQ(
        errors_with("[retention]\noriginals_days = 1.5\n"),
        "efface.toml:11:18: retention.originals_days: expects whole number, found a number with a fraction\n"
    );
}

TEST(Settings, EveryNumberIsBoundedOnBothSides) {
    for (const SettingRow& row : setting_rows()) {
        const bool is_list_section =
            row.section == "project" || row.section == "peer" || row.section == "destination";
        if (row.kind != SettingKind::kNumber || is_list_section) {
            continue;
        }
        const std::string start = "[" + std::string{row.section} + "]\n" + std::string{row.key} + " = ";
        SCOPED_TRACE(start);
        EXPECT_EQ(errors_with(start + std::to_string(row.min)), "");
        EXPECT_EQ(errors_with(start + std::to_string(row.max)), "");
        EXPECT_NE(errors_with(start + std::to_string(row.max + 1)).find("out of range"), std::string::npos);
        EXPECT_NE(errors_with(start + "-1").find("out of range"), std::string::npos);
        if (row.min > 0) {
            EXPECT_NE(
                errors_with(start + std::to_string(row.min - 1)).find("out of range"), std::string::npos
            );
        }
    }
}

TEST(Settings, SyntaxErrorHasItsPlace) {
    const std::string errors = errors_of("[node]\nlog_level = = 3\n");

    EXPECT_EQ(errors.rfind("efface.toml:2:13: not TOML:", 0), 0U) << errors;
}

TEST(Settings, ASettingOutsideEverySectionIsAnError) {
    EXPECT_NE(
        errors_of("count = 2\n").find("efface.toml:1:1: 'count' stands outside every section"),
        std::string::npos
    );
}

TEST(Settings, SingleAndListSectionsAreNotInterchangeable) {
    EXPECT_NE(errors_of("[peer]\nname = \"a\"\n").find("write [[peer]]"), std::string::npos);
    EXPECT_NE(errors_with("[[web]]\nlisten = \"\"\n").find("write [web]"), std::string::npos);
}

TEST(Settings, EveryErrorOfTheFileIsReportedInItsOrder) {
    EXPECT_EQ(
        errors_with("[workers]\ncount = 999\n[node]\nlog_level = \"loud\"\n"),
        "efface.toml:11:9: workers.count: out of range: 0 to 256\n"
        "efface.toml:13:13: node.log_level: expects \"debug\", \"info\", \"warning\" or \"error\"\n"
    );
}

TEST(Settings, ErrorsAreBounded) {
    std::string text{kSmall};
    text += "[node]\n";
    for (std::size_t i = 0; i < 2 * kSettingsErrorsMax; ++i) {
        text += "unknown_" + std::to_string(i) + " = 1\n";
    }

    EXPECT_EQ(parse(text).error().size(), kSettingsErrorsMax);
}

TEST(Settings, ANodeWithoutProjectOrPeerIsAnError) {
    EXPECT_EQ(
        errors_of(""),
        "efface.toml: no [[project]]: the node would answer to no AE title\n"
        "efface.toml: no [[peer]]: nobody could send\n"
    );
}

TEST(Settings, RequiredKeysAreNamedWithTheirHelp) {
    EXPECT_NE(
        errors_with("[[project]]\nname = \"b\"\ncalled_aes = [\"B\"]\n")
            .find("efface.toml:10:1: project needs key_file (path)"),
        std::string::npos
    ) << errors_with("[[project]]\nname = \"b\"\ncalled_aes = [\"B\"]\n");
}

TEST(Settings, NamesAreUniquePerSection) {
    const std::string again = "[[project]]\nname = \"trial\"\ncalled_aes = [\"B\"]\nkey_file = \"k\"\n";

    EXPECT_EQ(errors_with(again), "efface.toml:11:8: the name 'trial' is taken by an earlier project\n");
}

TEST(Settings, ACalledAeTitleBelongsToOneProject) {
    const std::string other = "[[project]]\nname = \"b\"\ncalled_aes = [\"TRIAL2\"]\nkey_file = \"k\"\n";

    EXPECT_EQ(
        errors_with(other),
        "efface.toml:12:14: the called AE title 'TRIAL2' already belongs to project 'trial'; each belongs to "
        "one\n"
    );
}

TEST(Settings, PeersReferToProjectsThatExist) {
    const std::string peer =
        "[[peer]]\nname = \"mr\"\ncalling_ae = \"MR\"\naddresses = [\"::1\"]\nprojects = [\"trail\"]\n";

    EXPECT_EQ(errors_with(peer), "efface.toml:14:12: there is no project 'trail', did you mean 'trial'?\n");
}

TEST(Settings, AeTitlesAreCheckedByTheStandard) {
    for (const char* title :
         {"", "SEVENTEEN-LETTERS", " LEADING", "TRAILING ", "BACK\\\\SLASH", "\\u00C4E", "A\\tB"}) {
        const std::string peer =
            std::string{"[[peer]]\nname = \"x\"\ncalling_ae = \""} + title + "\"\naddresses = [\"::1\"]\n";
        EXPECT_NE(errors_with(peer), "") << title;
    }
    EXPECT_EQ(errors_with("[[peer]]\nname = \"x\"\ncalling_ae = \"*\"\naddresses = [\"::1\"]\n"), "");
}

TEST(Settings, ADestinationHasTheKeysOfItsKindOnly) {
    const std::string folder = "[[destination]]\nname = \"a\"\nkind = \"folder\"\n";
    const std::string dicom =
        "[[destination]]\nname = \"b\"\nkind = \"dicom\"\nhost = \"pacs\"\ncalled_ae = \"P\"\n";

    EXPECT_EQ(errors_with(folder + "path = \"out\"\n" + dicom + "port = 104\n"), "");
    EXPECT_NE(errors_with(folder).find("destination needs path"), std::string::npos);
    EXPECT_NE(errors_with(dicom).find("destination needs port"), std::string::npos);
    EXPECT_NE(
        errors_with(folder + "path = \"out\"\nport = 104\n")
            .find("'port' has no meaning for a destination of kind \"folder\""),
        std::string::npos
    );
    EXPECT_NE(
        errors_with(dicom + "port = 104\nretry_seconds_min = 700\n").find("above retry_seconds_max"),
        std::string::npos
    );
}

TEST(Settings, TheWebSideStaysOnLoopback) {
    EXPECT_NE(errors_with("[web]\nlisten = \"0.0.0.0:8081\"\n").find("loopback"), std::string::npos);
    const auto off = parse(std::string{kSmall} + "[web]\nlisten = \"\"\n");
    ASSERT_TRUE(off);
    EXPECT_FALSE(off->web.listen.has_value());
}

TEST(Settings, WatermarksAreBytesOrPercent) {
    const auto settings =
        parse(std::string{kSmall} + "[spool]\nsoft_free = \"10%\"\nhard_free = \"2 GiB\"\n");

    ASSERT_TRUE(settings);
    EXPECT_TRUE(settings->spool.soft_free.is_below(9, 100));
    EXPECT_FALSE(settings->spool.soft_free.is_below(10, 100));
    EXPECT_TRUE(settings->spool.soft_free.is_below(UINT64_MAX / 11, UINT64_MAX));
    EXPECT_TRUE(settings->spool.hard_free.is_below((2ULL << 30) - 1, 1));
    for (const char* text : {"100%", "-1%", "%", "2 Gib", "2", "18446744073709551615 GiB", "1.5 GiB", ""}) {
        EXPECT_NE(errors_with(std::string{"[spool]\nsoft_free = \""} + text + "\"\n"), "") << text;
    }
    EXPECT_NE(
        errors_with("[spool]\nsoft_free = \"1%\"\nhard_free = \"2%\"\n").find("above soft_free"),
        std::string::npos
    );
}

TEST(Settings, AListEntryMayNotStandTwice) {
    EXPECT_NE(
        errors_with("[listen]\naddresses = [\"[::1]:1\", \"[::1]:1\"]\n").find("stands twice"),
        std::string::npos
    );
}

TEST(Settings, FindsThePeerByTitleAndAddressTogether) {
    const auto settings = parse(kSmall);
    ASSERT_TRUE(settings);

    EXPECT_NE(settings->find_peer("CT1", *IpAddress::parse("10.1.1.1")), nullptr);
    EXPECT_NE(settings->find_peer("CT1", *IpAddress::parse("::ffff:10.1.1.1")), nullptr);
    EXPECT_EQ(settings->find_peer("CT1", *IpAddress::parse("11.1.1.1")), nullptr);
    EXPECT_EQ(settings->find_peer("CT2", *IpAddress::parse("10.1.1.1")), nullptr);
    EXPECT_EQ(settings->find_project_by_called_ae("TRIAL2"), &settings->projects.at(0));
    EXPECT_EQ(settings->find_project_by_called_ae("trial"), nullptr);
}

TEST(Settings, PeerWithoutProjectListMaySendToAll) {
    EXPECT_TRUE(PeerSettings{}.may_send_to("any"));
    const PeerSettings limited{.name = "", .calling_ae = "", .addresses = {}, .projects = {"a"}};
    EXPECT_TRUE(limited.may_send_to("a"));
    EXPECT_FALSE(limited.may_send_to("b"));
}

TEST(Settings, ExampleLoadsAndSaysTheDefaults) {
    const auto example = Settings::parse(settings_example(), "example", "/x");

    ASSERT_TRUE(example) << (example ? "" : example.error().at(0).message());
    const auto small = Settings::parse(kSmall, "small", "/x");
    EXPECT_EQ(example->listen.preferred_transfer_syntaxes, small->listen.preferred_transfer_syntaxes);
    EXPECT_EQ(example->node.database_path, small->node.database_path);
    EXPECT_EQ(example->destinations.size(), 2U);
    for (const SettingRow& row : setting_rows()) {
        EXPECT_NE(settings_example().find("\n" + std::string{row.key} + " = "), std::string::npos) << row.key;
    }
}

TEST(Settings, NoKeyStandsTwiceInTheTableAndEachHasHelp) {
    std::set<std::string> seen;
    for (const SettingRow& row : setting_rows()) {
        EXPECT_TRUE(seen.insert(std::string{row.section} + "." + std::string{row.key}).second) << row.key;
        EXPECT_TRUE(row.help.ends_with('.') || row.help.ends_with("off.")) << row.key;
    }
}

TEST(Settings, DigestChangesWithEverySettingAndOnlyThen) {
    const auto digest = [](const std::string& more) { return parse(std::string{kSmall} + more)->digest(); };
    const Digest small = digest("");

    EXPECT_EQ(digest("# a comment\n[workers]\nwall_seconds_max = 600\n"), small);
    EXPECT_NE(digest("[workers]\nwall_seconds_max = 601\n"), small);
    EXPECT_NE(digest("[web]\nlisten = \"\"\n"), small);
    EXPECT_NE(digest("[[destination]]\nname = \"a\"\nkind = \"folder\"\npath = \"p\"\n"), small);
}

TEST(Settings, EmbeddedDefaultsServeADemo) {
    const Settings settings = Settings::embedded("/tmp/efface-state");

    EXPECT_EQ(settings.find_project_by_called_ae("EFFACE")->name, "demo");
    EXPECT_EQ(settings.find_peer("ANYONE", *IpAddress::parse("127.0.0.1"))->name, "any-local");
    EXPECT_EQ(settings.find_peer("ANYONE", *IpAddress::parse("192.0.2.1")), nullptr);
    EXPECT_EQ(settings.find_destination("archive")->path, "/tmp/efface-state/archive");
    EXPECT_EQ(settings.find_destination("archive")->retry_seconds_max, 600U);
    EXPECT_NE(
        settings.canonical_text().find("project[0].key_file = \"/tmp/efface-state/keys/demo.key\""),
        std::string::npos
    );
}

/// A folder that is gone with the test.
class SettingsFile : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "efface-settings-XXXXXX").string();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        write("efface.toml", std::string{kSmall} + "[audit]\nkey_file = \"audit.key\"\n", 0644);
        std::filesystem::create_directory(directory_ / "keys");
    }

    void TearDown() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& name, const std::string& text, mode_t mode) const {
        const std::string path = (directory_ / name).string();
        std::ofstream{path} << text;
        ::chmod(path.c_str(), mode);
    }

    std::string path() const { return (directory_ / "efface.toml").string(); }

    std::filesystem::path directory_;
};

TEST_F(SettingsFile, MissingKeyFileNamesTheCommandThatMakesIt) {
    write("audit.key", "k", 0600);

    const auto settings = Settings::load(path());

    ASSERT_FALSE(settings);
    const std::string key = (directory_ / "keys/trial.key").string();
    EXPECT_EQ(
        settings.error().at(0).message(),
        path() + ":4:12: there is no pseudonym key at " + key + "; make it once with: efface key new " + key
    );
}

TEST_F(SettingsFile, KeyFileOpenToOthersIsAnError) {
    write("audit.key", "k", 0600);
    write("keys/trial.key", "k", 0640);

    const auto settings = Settings::load(path());

    ASSERT_FALSE(settings);
    EXPECT_NE(settings.error().at(0).message().find("chmod 600"), std::string::npos);
}

TEST_F(SettingsFile, LoadsWhenEveryFileIsThere) {
    write("audit.key", "k", 0600);
    write("keys/trial.key", "k", 0600);

    const auto settings = Settings::load(path());

    ASSERT_TRUE(settings) << (settings ? "" : settings.error().at(0).message());
    EXPECT_EQ(settings->audit.key_file, (directory_ / "audit.key").string());
}

TEST_F(SettingsFile, MissingOrOverlongFileIsAnErrorNotACrash) {
    EXPECT_NE(
        Settings::load("/nonexistent/efface.toml").error().at(0).text.find("config example"),
        std::string::npos
    );
    write("efface.toml", std::string(kSettingsFileBytesMax + 1, '#'), 0644);
    EXPECT_EQ(Settings::load(path()).error().at(0).text, "is longer than 1 MiB");
}

/// `make docs` sets EFFACE_UPDATE_DOCS and so writes the page that this test compares.
TEST(SettingsReference, IsThePageInDocs) {
    const std::string path = "docs/configuration.md";
    if (std::getenv("EFFACE_UPDATE_DOCS") != nullptr) {
        std::ofstream{path} << settings_reference_markdown();
    }
    std::ifstream file{path};
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(text.str() == settings_reference_markdown())
        << "docs/configuration.md is not what the settings table says: run `make docs`";
}

}  // namespace
}  // namespace efface
