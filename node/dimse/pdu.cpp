#include "node/dimse/pdu.h"

#include "config/assert.h"
#include "node/dimse/wire.h"

#include <algorithm>

namespace efface::node {
namespace {

Bytes encode_fixed(PduType type, std::uint8_t second, std::uint8_t third, std::uint8_t fourth) {
    Bytes out;
    WireWriter writer{out};
    writer.u8(static_cast<std::uint8_t>(type));
    writer.u8(0);
    writer.u32(4);
    writer.u8(0);
    writer.u8(second);
    writer.u8(third);
    writer.u8(fourth);
    return out;
}

void put_u32(std::span<std::byte> out, std::size_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        out[i] = static_cast<std::byte>((value >> (24U - 8U * i)) & 0xFFU);
    }
}

}  // namespace

Bytes encode_reject(const Rejection& rejection) {
    return encode_fixed(PduType::kAssociateRj, rejection.result, rejection.source, rejection.reason);
}

Bytes encode_release_request() {
    return encode_fixed(PduType::kReleaseRq, 0, 0, 0);
}

Bytes encode_release_response() {
    return encode_fixed(PduType::kReleaseRp, 0, 0, 0);
}

Bytes encode_abort(AbortSource source, AbortReason reason) {
    return encode_fixed(
        PduType::kAbort, 0, static_cast<std::uint8_t>(source), static_cast<std::uint8_t>(reason)
    );
}

Rejection decode_reject(std::span<const std::byte, 4> body) {
    return {
        .result = std::to_integer<std::uint8_t>(body[1]),
        .source = std::to_integer<std::uint8_t>(body[2]),
        .reason = std::to_integer<std::uint8_t>(body[3])};
}

AbortSource decode_abort_source(std::span<const std::byte, 4> body) {
    return body[2] == std::byte{2} ? AbortSource::kServiceProvider : AbortSource::kServiceUser;
}

void write_data_header(
    std::span<std::byte, kPduHeaderBytes + kPdvHeaderBytes> out, std::uint8_t context_id, bool is_command,
    bool is_last, std::uint32_t fragment_bytes
) {
    out[0] = static_cast<std::byte>(PduType::kDataTf);
    out[1] = std::byte{0};
    put_u32(out.subspan(2, 4), std::size_t{fragment_bytes} + kPdvHeaderBytes);
    put_u32(out.subspan(6, 4), std::size_t{fragment_bytes} + 2);
    out[10] = static_cast<std::byte>(context_id);
    out[11] = static_cast<std::byte>((is_command ? 1U : 0U) | (is_last ? 2U : 0U));
}

Bytes encode_command_pdus(
    std::uint8_t context_id, std::span<const std::byte> command, std::uint32_t peer_pdu_bytes_max
) {
    EFFACE_ASSERT(!command.empty());
    EFFACE_ASSERT(peer_pdu_bytes_max == 0 || peer_pdu_bytes_max > kPdvHeaderBytes);
    const std::size_t fragment_max =
        peer_pdu_bytes_max == 0 ? command.size() : std::size_t{peer_pdu_bytes_max} - kPdvHeaderBytes;
    Bytes out;
    while (!command.empty()) {
        const std::size_t count = std::min(command.size(), fragment_max);
        std::array<std::byte, kPduHeaderBytes + kPdvHeaderBytes> header{};
        write_data_header(
            header, context_id, true, count == command.size(), static_cast<std::uint32_t>(count)
        );
        out.insert(out.end(), header.begin(), header.end());
        out.insert(out.end(), command.begin(), command.begin() + static_cast<std::ptrdiff_t>(count));
        command = command.subspan(count);
    }
    return out;
}

}  // namespace efface::node
