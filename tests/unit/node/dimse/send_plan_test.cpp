// Goal: whatever the peer's maximum length, the PDUs carry exactly the bytes of the file, each within
// the maximum, the last one marked.
#include "node/dimse/send_plan.h"

#include "tests/unit/node/dimse/dimse_fixtures.h"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

namespace efface::node {
namespace {

class StoredBytes {
public:
    explicit StoredBytes(std::size_t count) : fd_{memfd_create("stored", MFD_CLOEXEC)} {
        for (std::size_t i = 0; i < count; ++i) {
            bytes_.push_back(static_cast<std::byte>((i * 131) % 251));
        }
        EXPECT_EQ(::write(fd_, bytes_.data(), count), static_cast<ssize_t>(count));
    }

    ~StoredBytes() { ::close(fd_); }

    int fd() const { return fd_; }

    Bytes from(std::size_t offset) const {
        return {bytes_.begin() + static_cast<std::ptrdiff_t>(offset), bytes_.end()};
    }

private:
    const int fd_;
    Bytes bytes_;
};

TEST(SendPlan, CarriesTheBytesWithinThePeersMaximum) {
    constexpr std::size_t kOffset = 77;
    const StoredBytes stored{400'077};
    for (const std::uint32_t peer_max : {0U, 64U, 4096U, 16384U, 16385U, 131072U, 1U << 20U, 0xFFFFFFFFU}) {
        SCOPED_TRACE(peer_max);
        const Bytes command = encode_command_pdus(9, store_command(1), peer_max);
        SendPlan plan{command, {.fd = stored.fd(), .offset = kOffset, .length = 400'000}, 9, peer_max};
        Bytes buffer(kSendBufferBytes);
        Bytes sent;
        while (!plan.complete()) {
            plan.lay_out(buffer);
            ASSERT_EQ(plan.read_waiting(), SendPlan::ReadResult::kReady);
            sent = sent + Bytes{plan.ready().begin(), plan.ready().end()};
        }

        ASSERT_TRUE(std::equal(command.begin(), command.end(), sent.begin()));
        const auto pdus = split_pdus(std::span{sent}.subspan(command.size()));
        Bytes data;
        for (const Bytes& pdu : pdus) {
            ASSERT_TRUE(peer_max == 0 || pdu.size() - kPduHeaderBytes <= peer_max);
            EXPECT_EQ(pdu.size() % 2, 0U);
            EXPECT_EQ(pdu[10], std::byte{9});
            EXPECT_EQ(pdu[11], &pdu == &pdus.back() ? std::byte{2} : std::byte{0});
            data.insert(data.end(), pdu.begin() + 12, pdu.end());
        }
        EXPECT_EQ(data, stored.from(kOffset));
    }
}

TEST(SendPlan, ASmallInstanceIsOneBuffer) {
    const StoredBytes stored{37'000};
    SendPlan plan{
        encode_command_pdus(1, store_command(1), 0),
        {.fd = stored.fd(), .offset = 0, .length = 37'000},
        1,
        0};
    Bytes buffer(kSendBufferBytes);

    plan.lay_out(buffer);

    EXPECT_TRUE(plan.complete());
}

TEST(SendPlan, AFileShorterThanPromisedIsAFailure) {
    const StoredBytes stored{100};
    SendPlan plan{
        encode_command_pdus(1, store_command(1), 0), {.fd = stored.fd(), .offset = 0, .length = 200}, 1, 0};
    Bytes buffer(kSendBufferBytes);

    plan.lay_out(buffer);

    EXPECT_EQ(plan.read_waiting(), SendPlan::ReadResult::kFailed);
}

TEST(SendPlan, AnEmptyDataSetIsOneEmptyLastFragment) {
    const StoredBytes stored{2};
    const Bytes command = encode_command_pdus(1, store_command(1), 0);
    SendPlan plan{command, {.fd = stored.fd(), .offset = 0, .length = 0}, 1, 0};
    Bytes buffer(kSendBufferBytes);

    plan.lay_out(buffer);

    ASSERT_EQ(plan.read_waiting(), SendPlan::ReadResult::kReady);
    EXPECT_TRUE(plan.complete());
    EXPECT_EQ(plan.ready().size(), command.size() + 12);
}

}  // namespace
}  // namespace efface::node
