#include "node/dimse/pdu_parser.h"

#include "node/dimse/limits.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

using Kind = PduParser::Kind;

constexpr std::uint32_t kDataMax = 1000;

// What a parser makes of a stream that comes in pieces of `step` bytes.
std::string transcript(const Bytes& stream, std::size_t step) {
    PduParser parser{kDataMax};
    std::string out;
    std::string fragment;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        std::span<const std::byte> input = std::span{stream}.subspan(at, std::min(step, stream.size() - at));
        while (!input.empty()) {
            const PduParser::Found found = parser.next(input);
            input = input.subspan(found.consumed);
            if (found.kind == Kind::kPdu) {
                out += "pdu" + std::to_string(static_cast<int>(found.type)) + "/" +
                       std::to_string(found.body.size()) + " ";
            } else if (found.kind == Kind::kDataPdu) {
                out += "data ";
            } else if (found.kind == Kind::kInvalid) {
                return out + "invalid" + std::to_string(static_cast<int>(found.reason));
            } else if (found.kind == Kind::kFragment) {
                fragment.append(
                    reinterpret_cast<const char*>(found.fragment.bytes.data()), found.fragment.bytes.size()
                );
                if (found.fragment.ends) {
                    out += std::to_string(found.fragment.context_id) +
                           (found.fragment.is_command ? "c" : "d") + (found.fragment.is_last ? "!" : "") +
                           fragment + " ";
                    fragment.clear();
                }
            }
        }
    }
    return out;
}

Bytes text(std::string_view value) {
    const auto* first = reinterpret_cast<const std::byte*>(value.data());
    return {first, first + value.size()};
}

TEST(PduParser, FindsTheSameInPiecesOfAnySize) {
    Bytes two_values = data_pdu(1, true, true, text("command"));
    const Bytes second = data_pdu(1, false, false, text("data"));
    two_values.insert(two_values.end(), second.begin() + 6, second.end());
    two_values[5] = static_cast<std::byte>(two_values.size() - 6);
    const Bytes stream = encode_associate_request(usual_request()) + two_values +
                         data_pdu(3, false, true, {}) + encode_release_request() +
                         encode_abort(AbortSource::kServiceUser, AbortReason::kNotSpecified);

    const std::string whole = transcript(stream, stream.size());

    const std::size_t request_bytes = encode_associate_request(usual_request()).size() - kPduHeaderBytes;
    EXPECT_EQ(
        whole, "pdu1/" + std::to_string(request_bytes) + " data 1c!command 1ddata data 3d! pdu5/4 pdu7/4 "
    );
    for (std::size_t step = 1; step < stream.size(); ++step) {
        ASSERT_EQ(transcript(stream, step), whole) << step;
    }
}

TEST(PduParser, HandsADataValueOnInPiecesAsItArrives) {
    PduParser parser{kDataMax};
    const Bytes pdu = data_pdu(1, false, true, Bytes(500));
    EXPECT_EQ(parser.next(std::span{pdu}.first(6)).kind, Kind::kDataPdu);
    EXPECT_EQ(parser.next(std::span{pdu}.subspan(6, 6)).kind, Kind::kNeedMore);

    const PduParser::Found first = parser.next(std::span{pdu}.subspan(12, 100));
    const PduParser::Found second = parser.next(std::span{pdu}.subspan(112));

    EXPECT_EQ(first.fragment.bytes.size(), 100U);
    EXPECT_TRUE(first.fragment.starts);
    EXPECT_FALSE(first.fragment.ends);
    EXPECT_EQ(second.fragment.bytes.size(), 400U);
    EXPECT_FALSE(second.fragment.starts);
    EXPECT_TRUE(second.fragment.ends);
    EXPECT_TRUE(parser.at_boundary());
}

TEST(PduParser, RefusesByTypeAndLength) {
    const auto header = [](unsigned type, std::uint32_t length) {
        Bytes bytes(6);
        bytes[0] = static_cast<std::byte>(type);
        for (std::size_t i = 0; i < 4; ++i) {
            bytes[2 + i] = static_cast<std::byte>((length >> (24 - 8 * i)) & 0xFFU);
        }
        return bytes;
    };
    EXPECT_EQ(transcript(header(0, 4), 6), "invalid1");
    EXPECT_EQ(transcript(header(8, 4), 6), "invalid1");
    EXPECT_EQ(transcript(header('G', 0x20202020), 6), "invalid1") << "an HTTP request";
    EXPECT_EQ(transcript(header(1, kAssociatePduBytesMax + 1), 6), "invalid6");
    EXPECT_EQ(transcript(header(1, 0xFFFFFFFF), 6), "invalid6");
    EXPECT_EQ(transcript(header(1, 67), 6), "invalid6");
    EXPECT_EQ(transcript(header(3, 5), 6), "invalid6");
    EXPECT_EQ(transcript(header(5, 0), 6), "invalid6");
    EXPECT_EQ(transcript(header(7, 0x100), 6), "invalid6");
    EXPECT_EQ(transcript(header(4, kDataMax + 1), 6), "invalid6");
    EXPECT_EQ(transcript(header(4, 5), 6), "invalid6");
}

TEST(PduParser, RefusesDataValuesThatDoNotFit) {
    Bytes too_long = data_pdu(1, false, true, Bytes(10));
    too_long[9] = std::byte{13};
    EXPECT_EQ(transcript(too_long, 100), "data invalid6");
    Bytes too_short = data_pdu(1, false, true, Bytes(10));
    too_short[9] = std::byte{1};
    EXPECT_EQ(transcript(too_short, 100), "data invalid6");
    Bytes rest = data_pdu(1, false, true, Bytes(10));
    rest[9] = std::byte{9};
    EXPECT_EQ(transcript(rest, 100), "data invalid6");
    Bytes flags = data_pdu(1, false, true, Bytes(10));
    flags[11] = std::byte{4};
    EXPECT_EQ(transcript(flags, 100), "data invalid6");
}

TEST(PduParser, ThrowsEverythingAwayOnceFramingIsLost) {
    PduParser parser{kDataMax};
    EXPECT_EQ(parser.next(Bytes(6)).kind, Kind::kInvalid);

    const PduParser::Found found = parser.next(encode_release_request());

    EXPECT_EQ(found.kind, Kind::kNeedMore);
    EXPECT_EQ(found.consumed, 10U);
}

TEST(Pdu, FixedPdusHaveTheBytesOfPs38) {
    EXPECT_EQ(encode_reject(kRejectCalledAe), from_hex_text("03000000000400010107"));
    EXPECT_EQ(encode_release_request(), from_hex_text("05000000000400000000"));
    EXPECT_EQ(encode_release_response(), from_hex_text("06000000000400000000"));
    EXPECT_EQ(
        encode_abort(AbortSource::kServiceProvider, AbortReason::kInvalidParameter),
        from_hex_text("07000000000400000206")
    );
}

TEST(Pdu, CommandsAreCutToThePeersMaximum) {
    const Bytes command(150, std::byte{'x'});

    const auto pdus = split_pdus(encode_command_pdus(5, command, 64));

    ASSERT_EQ(pdus.size(), 3U);
    EXPECT_EQ(pdus[0].size(), 64U + kPduHeaderBytes);
    EXPECT_EQ(pdus[0][11], std::byte{1});
    EXPECT_EQ(pdus[2][11], std::byte{3});
    EXPECT_EQ(split_pdus(encode_command_pdus(5, command, 0)).size(), 1U);
}

}  // namespace
}  // namespace efface::node
