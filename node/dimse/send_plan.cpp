#include "node/dimse/send_plan.h"

#include "config/assert.h"

#include <algorithm>
#include <cerrno>

namespace efface::node {
namespace {

constexpr std::size_t kHeaderBytes = kPduHeaderBytes + kPdvHeaderBytes;
/// Below this the rest of a buffer is left empty: a PDU so small costs more than it carries.
constexpr std::size_t kFragmentWorthwhileBytes = 512;
/// preadv(2) takes IOV_MAX (1024) gaps.
constexpr std::size_t kGapsMax = 512;

std::size_t fragment_max_of(std::uint32_t peer_pdu_bytes_max) {
    if (peer_pdu_bytes_max == 0) {
        return kSendBufferBytes;
    }
    // Fragments have an even length (PS3.8 9.3.1, PS3.5 7.1.1).
    return std::min<std::size_t>(peer_pdu_bytes_max - kPdvHeaderBytes, kSendBufferBytes) & ~std::size_t{1};
}

}  // namespace

SendPlan::SendPlan(
    Bytes command_pdus, FileRange range, std::uint8_t context_id, std::uint32_t peer_pdu_bytes_max
)
    : context_id_{context_id},
      fragment_bytes_max_{fragment_max_of(peer_pdu_bytes_max)},
      fd_{range.fd},
      command_{std::move(command_pdus)},
      read_offset_{range.offset},
      rest_{range.length} {
    EFFACE_ASSERT(command_.size() + kHeaderBytes + kFragmentWorthwhileBytes < kSendBufferBytes);
}

void SendPlan::lay_out(std::span<std::byte> buffer) {
    EFFACE_ASSERT(!complete() && first_gap_ == gaps_.size());
    gaps_.clear();
    first_gap_ = 0;
    std::size_t used = command_.size();
    std::ranges::copy(command_, buffer.begin());
    command_.clear();
    while (!last_laid_out_ && gaps_.size() < kGapsMax) {
        const std::size_t space = buffer.size() - used;
        if (space < kHeaderBytes + kFragmentWorthwhileBytes) {
            break;
        }
        const std::size_t room = std::min(space - kHeaderBytes, fragment_bytes_max_) & ~std::size_t{1};
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(rest_, room));
        rest_ -= count;
        last_laid_out_ = rest_ == 0;
        write_data_header(
            buffer.subspan(used).first<kHeaderBytes>(), context_id_, false, last_laid_out_,
            static_cast<std::uint32_t>(count)
        );
        if (count != 0) {
            gaps_.push_back({.iov_base = buffer.data() + used + kHeaderBytes, .iov_len = count});
        }
        used += kHeaderBytes + count;
    }
    laid_out_ = buffer.first(used);
}

SendPlan::ReadResult SendPlan::read_cached() {
    return read(RWF_NOWAIT);
}

SendPlan::ReadResult SendPlan::read_waiting() {
    return read(0);
}

SendPlan::ReadResult SendPlan::read(int flags) {
    while (first_gap_ < gaps_.size()) {
        const ssize_t count = preadv2(
            fd_, gaps_.data() + first_gap_, static_cast<int>(gaps_.size() - first_gap_),
            static_cast<off_t>(read_offset_), flags
        );
        if (count < 0 && errno == EINTR) {
            continue;
        }
        // Not every file system can read without waiting.
        if (count < 0 && flags != 0 && (errno == EAGAIN || errno == EOPNOTSUPP)) {
            return ReadResult::kWouldWait;
        }
        if (count <= 0) {
            return ReadResult::kFailed;  // Shorter than the caller said is a failure, too.
        }
        advance(static_cast<std::size_t>(count));
    }
    return ReadResult::kReady;
}

void SendPlan::advance(std::size_t count) {
    read_offset_ += count;
    while (count > 0) {
        iovec& gap = gaps_[first_gap_];
        const std::size_t taken = std::min(count, gap.iov_len);
        gap.iov_base = static_cast<std::byte*>(gap.iov_base) + taken;
        gap.iov_len -= taken;
        count -= taken;
        first_gap_ += gap.iov_len == 0 ? 1 : 0;
    }
}

}  // namespace efface::node
