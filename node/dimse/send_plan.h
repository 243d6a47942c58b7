// SendPlan: cuts one C-STORE (its command set and a range of a file) into buffers of whole P-DATA-TF
// PDUs, so that stored bytes go from the page cache to the socket buffer with one copy and no parsing.
//
// A buffer is laid out first (headers written, gaps left), then its gaps are read from the file in one
// preadv(2). The read is first tried without waiting for the disk; what is not in memory is read with
// waiting, which the caller does away from the io_context.
// Thread rule: one thread at a time.
#pragma once

#include "config/result.h"
#include "node/dimse/pdu.h"

#include <cstdint>
#include <span>
#include <sys/uio.h>
#include <vector>

namespace efface::node {

inline constexpr std::size_t kSendBufferBytes = 128 * 1024;

struct FileRange {
    int fd = -1;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

class SendPlan {
public:
    /// `command` stands before the first fragment of the data set. peer_pdu_bytes_max as negotiated.
    SendPlan(Bytes command_pdus, FileRange range, std::uint8_t context_id, std::uint32_t peer_pdu_bytes_max);

    /// Everything has been laid out.
    bool complete() const { return command_.empty() && last_laid_out_; }

    /// Fills in the headers of the next buffer; its bytes are ready once a read succeeded.
    void lay_out(std::span<std::byte> buffer);

    enum class ReadResult : std::uint8_t { kReady, kWouldWait, kFailed };
    /// Reads into the gaps of what was last laid out; goes on where an earlier call stopped.
    ReadResult read_cached();
    ReadResult read_waiting();

    /// The laid-out bytes, once read.
    std::span<const std::byte> ready() const { return laid_out_; }

private:
    ReadResult read(int flags);
    void advance(std::size_t count);

    const std::uint8_t context_id_;
    const std::size_t fragment_bytes_max_;
    const int fd_;
    Bytes command_;
    std::uint64_t read_offset_;
    std::uint64_t rest_;  ///< Not laid out yet.
    bool last_laid_out_ = false;
    std::span<std::byte> laid_out_;
    std::vector<iovec> gaps_;
    std::size_t first_gap_ = 0;
};

}  // namespace efface::node
