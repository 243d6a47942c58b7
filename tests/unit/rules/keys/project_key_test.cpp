// Goal: keyed values are the documented function of key and input, on any node and for all time.
// Method: known answers computed by another HMAC and another big-number implementation (Python).
#include "rules/keys/project_key.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

std::array<std::uint8_t, kKeyBytes> counting_bytes() {
    std::array<std::uint8_t, kKeyBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i);
    }
    return bytes;
}

ProjectKey test_key() {
    return *ProjectKey::from_bytes(counting_bytes());
}

TEST(ProjectKey, MapsUidToKnownAnswer) {
    const std::string mapped = test_key().map_uid("1.2.840.113619.2.1");

    EXPECT_EQ(mapped, "2.25.102011279627903681765380677162661681012");
    EXPECT_TRUE(Uid::parse(mapped));
    EXPECT_EQ(test_key().map_uid(std::string_view{"1.2.840.113619.2.1\0", 19}), mapped);
    EXPECT_NE(test_key().map_uid("1.2.840.113619.2.2"), mapped);
}

TEST(ProjectKey, MapsUidOfContentToKnownAnswer) {
    const std::string mapped = test_key().map_uid_of_content("1.2.3", sha256("abc"));

    EXPECT_EQ(mapped, "2.25.307931757082768427414008274201298715097");
    EXPECT_NE(mapped, test_key().map_uid("1.2.3"));
    EXPECT_NE(mapped, test_key().map_uid_of_content("1.2.3", sha256("abd")));
}

TEST(ProjectKey, EveryMappedUidIsValid) {
    for (int i = 0; i < 2000; ++i) {
        const std::string mapped = test_key().map_uid("1.2." + std::to_string(i));
        EXPECT_TRUE(Uid::parse(mapped)) << mapped;
        EXPECT_LE(mapped.size(), 44U);
    }
}

TEST(ProjectKey, PseudonymIsKnownAndKeepsPatientsApart) {
    const ProjectKey key = test_key();

    EXPECT_EQ(key.pseudonym("EFF-", "HOSPITAL", "12345"), "EFF-7QAWKE16X65RRPQH");
    EXPECT_EQ(key.pseudonym("EFF-", "HOSPITAL ", " 12345 "), "EFF-7QAWKE16X65RRPQH");
    EXPECT_NE(key.pseudonym("", "HOSPITAL", "12346"), key.pseudonym("", "HOSPITAL", "12345"));
    EXPECT_NE(key.pseudonym("", "a/b", "c"), key.pseudonym("", "a", "b/c"));
}

TEST(ProjectKey, KeyedHashFingerprintAndDerivedKeyAreKnown) {
    const ProjectKey key = test_key();

    EXPECT_EQ(key.keyed_hash("study", "1.2.3"), "96e2b894b7e3d5ae4de972af216f10a9");
    EXPECT_EQ(key.keyed_hash("study", "1.2.3", 4), "96e2b894");
    EXPECT_EQ(key.fingerprint(), "5ab8c392");
    EXPECT_EQ(
        to_hex(key.derive("audit").bytes()),
        "48220033fafe5e5eec5a72eda6b657f4515899447cf4fb3034224c16089b3b45"
    );
    EXPECT_NE(key.keyed_hash("derive", "audit", 32), to_hex(key.derive("audit").bytes()));
}

TEST(ProjectKey, FileTextGoesAroundAndIsStrict) {
    const std::string text = test_key().to_file_text();

    EXPECT_EQ(text, "efface-key-1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n");
    ASSERT_TRUE(ProjectKey::from_file_text(text));
    EXPECT_EQ(ProjectKey::from_file_text(text)->fingerprint(), test_key().fingerprint());
    for (const std::string& wrong :
         {std::string{}, std::string{"efface-key-2 "} + std::string(64, 'a'), text.substr(0, 70), "x" + text,
          std::string{"efface-key-1 "} + std::string(64, '0'),
          std::string{"efface-key-1 "} + std::string(64, 'g')}) {
        const auto key = ProjectKey::from_file_text(wrong);
        ASSERT_FALSE(key) << wrong;
        EXPECT_EQ(key.error().fault, Fault::kHalt);
    }
}

TEST(ProjectKey, RefusesWrongLength) {
    EXPECT_FALSE(ProjectKey::from_bytes(std::array<std::uint8_t, 31>{1}));
    EXPECT_FALSE(ProjectKey::from_bytes({}));
}

}  // namespace
}  // namespace efface::rules
