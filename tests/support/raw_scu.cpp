#include "tests/support/raw_scu.h"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace efface::testing {

namespace {

constexpr std::uint8_t kOwnContext = 99;
constexpr std::size_t kFragmentBytes = 16 * 1024;
constexpr std::size_t kAnswerBytesMax = 1 << 20;

void append(node::Bytes& to, const node::Bytes& more) {
    to.insert(to.end(), more.begin(), more.end());
}

void append_little(node::Bytes& to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        to.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xFFU));
    }
}

void append_big(node::Bytes& to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = bytes; i-- > 0;) {
        to.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xFFU));
    }
}

}  // namespace

node::Bytes bytes_from(std::string_view text) {
    const auto bytes = std::as_bytes(std::span{text.data(), text.size()});
    return {bytes.begin(), bytes.end()};
}

node::Bytes data_pdu(std::uint8_t context_id, bool is_command, bool is_last, const node::Bytes& fragment) {
    const auto control = static_cast<std::uint8_t>((is_command ? 1 : 0) | (is_last ? 2 : 0));
    return raw_data_pdu(static_cast<std::uint32_t>(fragment.size() + 2), context_id, control, fragment);
}

node::Bytes raw_data_pdu(
    std::uint32_t pdv_length, std::uint8_t context_id, std::uint8_t control, const node::Bytes& fragment
) {
    node::Bytes pdu;
    append_big(pdu, 4, 1);
    append_big(pdu, 0, 1);
    append_big(pdu, fragment.size() + 6, 4);
    append_big(pdu, pdv_length, 4);
    append_big(pdu, context_id, 1);
    append_big(pdu, control, 1);
    append(pdu, fragment);
    return pdu;
}

node::Bytes command_element(std::uint16_t element, std::string_view value) {
    node::Bytes out;
    append_little(out, 0x0000, 2);
    append_little(out, element, 2);
    append_little(out, value.size(), 4);
    append(out, bytes_from(value));
    return out;
}

node::Bytes command_uid(std::uint16_t element, std::string_view uid) {
    std::string padded{uid};
    padded.resize(uid.size() + uid.size() % 2, '\0');
    return command_element(element, padded);
}

node::Bytes command_number(std::uint16_t element, std::uint16_t value) {
    const std::array<char, 2> bytes{static_cast<char>(value & 0xFFU), static_cast<char>(value >> 8U)};
    return command_element(element, std::string_view{bytes.data(), bytes.size()});
}

node::Bytes command_of(const node::Bytes& elements) {
    node::Bytes length;
    append_little(length, elements.size(), 4);
    node::Bytes out = command_element(
        0x0000, std::string_view{reinterpret_cast<const char*>(length.data()), length.size()}
    );
    append(out, elements);
    return out;
}

node::AssociateRequest usual_request(std::string_view calling_ae, std::string_view called_ae) {
    const auto context = [](std::uint8_t id, std::string_view sop_class, std::string_view syntax) {
        return node::RequestedContext{id, std::string{sop_class}, {std::string{syntax}}};
    };
    node::AssociateRequest request;
    request.called_ae = called_ae;
    request.calling_ae = calling_ae;
    request.application_context = node::kDicomApplicationContext;
    request.contexts = {
        context(1, kCtClass, kExplicitLittle),
        context(3, kCtClass, kImplicitLittle),
        context(5, kMrClass, kExplicitLittle),
        context(7, kCtClass, kJpegBaseline),
        context(9, kCtClass, kDeflated),
        context(11, kPrivateClass, kExplicitLittle),
        context(13, kUltrasoundClass, kExplicitLittle),
        context(15, kDicomDirClass, kExplicitLittle),
        context(17, "1.2.840.10008.1.1", kImplicitLittle)};
    request.user.implementation_uid = "1.2.3.4.5";
    request.user.implementation_version = "RAW_SCU";
    return request;
}

std::uint8_t context_for(const Instance& instance) {
    for (const node::RequestedContext& context : usual_request().contexts) {
        if (context.abstract_syntax == instance.sop_class_uid &&
            context.transfer_syntaxes.front() == instance.transfer_syntax_uid) {
            return context.id;
        }
    }
    return kOwnContext;
}

node::AssociateRequest request_for(const Instance& instance, std::string_view calling_ae) {
    node::AssociateRequest request = usual_request(calling_ae);
    if (context_for(instance) == kOwnContext) {
        request.contexts.push_back({kOwnContext, instance.sop_class_uid, {instance.transfer_syntax_uid}});
    }
    return request;
}

RawScu::RawScu(std::uint16_t port) : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        socket_ = Descriptor{};
    }
}

bool RawScu::send(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawScu::read_exactly(std::span<std::byte> into, std::chrono::steady_clock::time_point until) {
    if (!socket_.valid()) {
        return false;  // Refused: poll() would wait for nothing until the deadline.
    }
    while (!into.empty()) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        pollfd wanted{.fd = socket_.get(), .events = POLLIN, .revents = 0};
        if (left.count() <= 0 || ::poll(&wanted, 1, static_cast<int>(left.count())) <= 0) {
            return false;
        }
        const ssize_t got = ::recv(socket_.get(), into.data(), into.size(), 0);
        if (got <= 0) {
            return false;
        }
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

Answer RawScu::receive(std::chrono::milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    std::array<std::byte, node::kPduHeaderBytes> header{};
    if (!read_exactly(header, until)) {
        return {};
    }
    std::size_t length = 0;
    for (std::size_t i = 2; i < header.size(); ++i) {
        length = length * 256 + std::to_integer<std::size_t>(header[i]);
    }
    if (length > kAnswerBytesMax) {
        return {};
    }
    Answer answer{.type = static_cast<node::PduType>(header[0]), .body = node::Bytes(length)};
    return read_exactly(answer.body, until) ? answer : Answer{};
}

Answer RawScu::associate(const node::AssociateRequest& request) {
    send(node::encode_associate_request(request));
    return receive();
}

std::optional<std::uint16_t> RawScu::receive_status() {
    constexpr std::size_t kPdvHeader = node::kPdvHeaderBytes;
    const Answer answer = receive();
    if (!answer.is(node::PduType::kDataTf) || answer.body.size() < kPdvHeader) {
        return std::nullopt;
    }
    const auto response = node::decode_command_set(std::span{answer.body}.subspan(kPdvHeader));
    return response ? response->status : std::nullopt;
}

bool RawScu::send_store_command(const Instance& instance, std::uint8_t context_id) {
    return send(node::encode_command_pdus(
        context_id,
        node::encode_store_request(next_message_id_++, instance.sop_class_uid, instance.uid, /*priority=*/0),
        /*peer_pdu_bytes_max=*/0
    ));
}

std::optional<std::uint16_t> RawScu::store(const Instance& instance) {
    return store(instance, context_for(instance));
}

std::optional<std::uint16_t> RawScu::store(const Instance& instance, std::uint8_t context_id) {
    send_store_command(instance, context_id);
    std::string_view rest = instance.data_set;
    do {
        const std::string_view part = rest.substr(0, kFragmentBytes);
        rest.remove_prefix(part.size());
        if (!send(data_pdu(context_id, /*is_command=*/false, rest.empty(), bytes_from(part)))) {
            break;  // The node may have answered before it closed.
        }
    } while (!rest.empty());
    return receive_status();
}

std::optional<std::uint16_t> RawScu::echo() {
    constexpr std::uint8_t kVerificationContext = 17;
    send(node::encode_command_pdus(kVerificationContext, node::encode_echo_request(next_message_id_++), 0));
    return receive_status();
}

bool RawScu::release() {
    const bool released = send(node::encode_release_request()) && receive().is(node::PduType::kReleaseRp);
    close();
    return released;
}

void RawScu::abort() {
    send(node::encode_abort(node::AbortSource::kServiceUser, node::AbortReason::kNotSpecified));
    close();
}

void RawScu::half_close() {
    ::shutdown(socket_.get(), SHUT_WR);
}

void RawScu::close() {
    socket_ = Descriptor{};
}

bool RawScu::ended(std::chrono::milliseconds deadline) {
    const auto until = std::chrono::steady_clock::now() + deadline;
    std::array<std::byte, 1> byte{};
    while (read_exactly(byte, until)) {
    }
    return std::chrono::steady_clock::now() < until;
}

std::optional<std::uint16_t> store_one(
    std::uint16_t port, const Instance& instance, std::string_view calling_ae
) {
    RawScu scu{port};
    if (!scu.associate(request_for(instance, calling_ae)).is(node::PduType::kAssociateAc)) {
        return std::nullopt;
    }
    const auto status = scu.store(instance);
    scu.release();
    return status;
}

}  // namespace efface::testing
