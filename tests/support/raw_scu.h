// RawScu: a C-STORE sender for tests that says whatever it is told, legal or not, over a blocking socket.
// Legal parts come from the codecs of node/dimse. Every read has a deadline, so that a silent node fails
// a test instead of hanging it.
// Thread rule: belongs to one thread.
#pragma once

#include "config/environment.h"
#include "node/dimse/associate_pdu.h"
#include "node/dimse/command_set.h"
#include "node/dimse/pdu.h"
#include "tests/support/instances.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace efface::testing {

/// For everything that must come; a sanitizer on a busy machine is slow.
inline constexpr std::chrono::seconds kPatience{60};

/// What the node sent: a PDU, or the end of the connection.
struct Answer {
    std::optional<node::PduType> type;  ///< Nothing: the connection ended.
    node::Bytes body;                   ///< After the length field.

    bool is(node::PduType wanted) const { return type == wanted; }
};

node::Bytes bytes_from(std::string_view text);
/// One data value in a P-DATA-TF of its own.
node::Bytes data_pdu(std::uint8_t context_id, bool is_command, bool is_last, const node::Bytes& fragment);
/// A P-DATA-TF whose PDV header bytes are given as they are.
node::Bytes raw_data_pdu(
    std::uint32_t pdv_length, std::uint8_t context_id, std::uint8_t control, const node::Bytes& fragment
);
/// Group 0000, implicit VR little endian, group length first where `with_length`.
node::Bytes command_of(const node::Bytes& elements);
/// One element of a command set.
node::Bytes command_element(std::uint16_t element, std::string_view value);
node::Bytes command_uid(std::uint16_t element, std::string_view uid);
node::Bytes command_number(std::uint16_t element, std::uint16_t value);

/// Contexts: 1 CT (explicit), 3 CT (implicit), 5 MR (explicit), 7 CT (JPEG Baseline), 9 CT (Deflated),
/// 11 a private class, 13 ultrasound (explicit), 15 Media Storage Directory, 17 Verification.
node::AssociateRequest usual_request(
    std::string_view calling_ae = "MODALITY", std::string_view called_ae = "EFFACE"
);

class RawScu {
public:
    /// Connects to 127.0.0.1.
    explicit RawScu(std::uint16_t port);

    /// A-ASSOCIATE-RQ and its answer.
    Answer associate(const node::AssociateRequest& request = usual_request());

    bool send(std::span<const std::byte> bytes);
    /// The next PDU.
    Answer receive(std::chrono::milliseconds deadline = kPatience);
    /// The Status of the next response; nothing where something else came.
    std::optional<std::uint16_t> receive_status();

    /// Command and data set, in fragments of at most 16 KiB; then the response.
    std::optional<std::uint16_t> store(const Instance& instance);
    std::optional<std::uint16_t> store(const Instance& instance, std::uint8_t context_id);
    bool send_store_command(const Instance& instance, std::uint8_t context_id);
    std::optional<std::uint16_t> echo();
    /// A-RELEASE-RQ, and the close that the requestor owes; true where the answer came.
    bool release();
    void abort();
    /// No more from this side; the other direction stays open.
    void half_close();
    void close();
    /// True where the node ended the connection (after at most its A-ABORT) before the deadline.
    bool ended(std::chrono::milliseconds deadline = kPatience);

private:
    bool read_exactly(std::span<std::byte> into, std::chrono::steady_clock::time_point until);

    Descriptor socket_;
    std::uint16_t next_message_id_ = 1;
};

/// usual_request(), and context 99 for an instance that none of its contexts fits.
node::AssociateRequest request_for(const Instance& instance, std::string_view calling_ae = "MODALITY");
/// The context of request_for() that fits the instance.
std::uint8_t context_for(const Instance& instance);
/// Associates, stores, releases. The status, or nothing where the association failed.
std::optional<std::uint16_t> store_one(
    std::uint16_t port, const Instance& instance, std::string_view calling_ae = "MODALITY"
);

}  // namespace efface::testing
