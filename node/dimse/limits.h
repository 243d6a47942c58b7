// Limits: everything that bounds an association, in one place. What `efface config example` prints is set
// from the settings and does not run on the defaults here; units stand in the names or are std::chrono
// durations.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace efface::node {

/// Bytes of one socket read buffer, and so of the largest piece handed to an IncomingInstance.
inline constexpr std::size_t kReadBufferBytes = 256 * 1024;
/// A-ASSOCIATE-RQ and -AC: room for 128 contexts with every transfer syntax there is (about 220 KB).
inline constexpr std::uint32_t kAssociatePduBytesMax = 256 * 1024;
/// Protocol version, AE titles and reserved bytes, which stand before the items.
inline constexpr std::uint32_t kAssociatePduBytesMin = 68;
/// A-ASSOCIATE-RJ, A-RELEASE-RQ/-RP and A-ABORT have exactly four bytes after the length (PS3.8 9.3.4
/// to 9.3.8).
inline constexpr std::uint32_t kFixedPduBytes = 4;
/// Some senders count headers wrongly: a P-DATA-TF may pass our advertised maximum by this much.
inline constexpr std::uint32_t kDataPduToleranceBytes = 1024;
/// A command set is a few hundred bytes; PS3.7 names no bound.
inline constexpr std::size_t kCommandSetBytesMax = 4096;
/// PDVs with no data cost the sender six bytes; this many in one message end the association.
inline constexpr std::uint32_t kEmptyFragmentsMax = 16;
/// PS3.8 9.3.2.2: odd ids from 1 to 255.
inline constexpr std::size_t kPresentationContextsMax = 128;

struct Limits {
    /// Maximum Length Received that we advertise (PS3.8 D.1), bytes of a P-DATA-TF after its length field.
    std::uint32_t pdu_bytes_max = 128 * 1024;
    /// The ARTIM timer (PS3.8 9.1.5): from the connection to its whole A-ASSOCIATE-RQ, and the wait for the
    /// peer's close after an A-ASSOCIATE-RJ, A-RELEASE-RP or A-ABORT.
    std::chrono::milliseconds artim{15'000};
    /// From the first byte of a PDU to its last, and between the PDUs of one message. Time that we spend not
    /// reading (back pressure) does not count.
    std::chrono::milliseconds pdu_read{30'000};
    /// Without a message in progress. Ultrasound systems hold an association open for a whole examination.
    std::chrono::milliseconds idle{600'000};
    /// From the first to the last byte of one message, time spent not reading left out.
    std::chrono::milliseconds message{3'600'000};
    /// One write of at most kReadBufferBytes.
    std::chrono::milliseconds write{60'000};

    /// As SCU: name resolution and TCP connect, all addresses together.
    std::chrono::milliseconds connect{15'000};
    /// As SCU: from the A-ASSOCIATE-RQ to its answer.
    std::chrono::milliseconds associate{30'000};
    /// As SCU: from the last byte of a request to its response. Archives may be slow to store.
    std::chrono::milliseconds response{120'000};
    /// As SCU: from the A-RELEASE-RQ to the A-RELEASE-RP.
    std::chrono::milliseconds release{10'000};

    /// Connections that have an association; past it an A-ASSOCIATE-RJ (transient, local limit exceeded).
    std::size_t associations_max = 500;
    /// Connections whose A-ASSOCIATE-RQ is not read yet; past either, a connection is closed at once.
    std::size_t pending_max = 256;
    std::size_t pending_per_address_max = 64;
    /// Read buffers kept for reuse; more are made when needed and freed after.
    std::size_t pooled_buffers_max = 64;
};

}  // namespace efface::node
