// FIPS 180-4 and RFC 4231 known answers.
#include "config/crypto/digest.h"

#include <gtest/gtest.h>

namespace efface {
namespace {

TEST(Digest, Sha256OfAbcIsTheKnownAnswer) {
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, RunningDigestEqualsTheOneOfTheWhole) {
    Sha256 running;
    running.update("a");
    running.update("bc");

    EXPECT_EQ(running.finish(), sha256("abc"));
}

TEST(Digest, HmacMatchesRfc4231TestCase2) {
    const std::string_view key = "Jefe";
    const std::span<const std::uint8_t> bytes{reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};

    EXPECT_EQ(
        to_hex(hmac_sha256(bytes, "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
}

TEST(Digest, HexRoundTripsAndRefusesOddOrForeignText) {
    const Digest digest = sha256("x");

    EXPECT_EQ(digest_from_hex(to_hex(digest)), digest);
    EXPECT_FALSE(from_hex("abc"));
    EXPECT_FALSE(from_hex("zz"));
    EXPECT_FALSE(digest_from_hex("ab"));
}

}  // namespace
}  // namespace efface
