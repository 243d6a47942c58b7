#include "config/settings/ip_address.h"

#include <gtest/gtest.h>

namespace efface {
namespace {

bool contains(const char* block, const char* address) {
    return CidrBlock::parse(block).value().contains(IpAddress::parse(address).value());
}

TEST(CidrBlock, ContainsExactlyTheAddressesOfItsPrefix) {
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.255.255"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.128"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(CidrBlock, TakesAMappedAddressForTheIpv4AddressItIs) {
    EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
    EXPECT_TRUE(contains("0.0.0.0/0", "::ffff:203.0.113.9"));
    EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
}

TEST(CidrBlock, OfOneFamilySaysNothingAboutTheOther) {
    EXPECT_FALSE(contains("::/0", "127.0.0.1"));
    EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
    EXPECT_TRUE(contains("::/0", "fe80::1"));
}

TEST(CidrBlock, RefusesWhatIsNoNetwork) {
    for (const char* text :
         {"", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/8 ", "10.0.0",
          "localhost", "2001:db8::1/32", "::/129", "[::1]", "fe80::1%eth0", "10.0.0.0/8/8"}) {
        EXPECT_FALSE(CidrBlock::parse(text).has_value()) << text;
    }
}

TEST(CidrBlock, PrintsAsItWasWritten) {
    for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.1", "2001:db8::/32", "::/0", "::1"}) {
        EXPECT_EQ(CidrBlock::parse(text).value().text(), text);
    }
}

TEST(IpAddress, KnowsLoopback) {
    EXPECT_TRUE(IpAddress::parse("127.8.0.1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("128.0.0.1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
}

TEST(SocketAddress, IsReadAndPrintedWithBracketsForIpv6) {
    EXPECT_EQ(SocketAddress::parse("127.0.0.1:11112")->text(), "127.0.0.1:11112");
    EXPECT_EQ(SocketAddress::parse("[::]:104")->text(), "[::]:104");
    for (const char* text :
         {"127.0.0.1", "::1:104", "[127.0.0.1]:104", "127.0.0.1:65536", "127.0.0.1:", ":104", "127.0.0.1:+1",
          "[]:104", "[::1]"}) {
        EXPECT_FALSE(SocketAddress::parse(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace efface
