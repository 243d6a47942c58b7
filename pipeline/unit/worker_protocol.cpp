#include "pipeline/unit/worker_protocol.h"

#include "pipeline/unit/descriptor_facts.h"
#include "pipeline/unit/json_fields.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::pipeline {
namespace {

constexpr std::size_t kPacketHeaderBytes = 2;
constexpr std::size_t kDescriptionBytesMax = 2'000;
constexpr std::uint8_t kPayloadInline = 0;
constexpr std::uint8_t kPayloadInMemfd = 1;

constexpr const char* kFaultNames[] = {"retry", "refuse", "quarantine", "halt"};

using ControlBuffer = std::array<char, CMSG_SPACE(sizeof(int) * kMessageDescriptorsMax)>;

Result<Descriptor> payload_to_memfd(std::string_view payload) {
    Descriptor file{memfd_create("efface-message", MFD_CLOEXEC)};
    if (!file.valid()) {
        return fail(Fault::kRetry, "worker message: no memory file", Where::number(errno));
    }
    std::size_t done = 0;
    while (done < payload.size()) {
        const ssize_t wrote =
            pwrite(file.get(), payload.data() + done, payload.size() - done, static_cast<off_t>(done));
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            return fail(Fault::kRetry, "worker message: cannot write the memory file", Where::number(errno));
        }
        done += static_cast<std::size_t>(wrote);
    }
    return file;
}

Result<std::string> payload_from_memfd(const Descriptor& file) {
    struct stat facts {};

    if (!descriptor_facts(file.get(), facts) || facts.st_size < 0 ||
        static_cast<std::uint64_t>(facts.st_size) > kMessageBytesMax) {
        return fail(Fault::kHalt, "worker message: payload is too large");
    }
    std::string payload(static_cast<std::size_t>(facts.st_size), '\0');
    std::size_t done = 0;
    while (done < payload.size()) {
        const ssize_t got =
            pread(file.get(), payload.data() + done, payload.size() - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail(Fault::kHalt, "worker message: payload ends early");
        }
        done += static_cast<std::size_t>(got);
    }
    return payload;
}

Status send_packet(int socket, std::span<iovec> parts, std::span<const int> descriptors) {
    msghdr header{};
    header.msg_iov = parts.data();
    header.msg_iovlen = parts.size();
    alignas(cmsghdr) ControlBuffer control{};
    if (!descriptors.empty()) {
        header.msg_control = control.data();
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(rights), descriptors.data(), descriptors.size_bytes());
    }
    ssize_t sent = -1;
    do {
        sent = sendmsg(socket, &header, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
        return fail(Fault::kRetry, "worker message: send failed", Where::number(errno));
    }
    return {};
}

std::vector<Descriptor> take_descriptors(msghdr& header) {
    std::vector<Descriptor> taken;
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
            taken.emplace_back(fd);
        }
    }
    return taken;
}

Result<Received> parse_packet(std::string_view packet, std::vector<Descriptor> descriptors) {
    if (packet.size() < kPacketHeaderBytes) {
        return fail(Fault::kHalt, "worker message: packet is too short");
    }
    Received received;
    received.state = Received::State::kMessage;
    received.message.kind = static_cast<MessageKind>(packet[0]);
    const auto place = static_cast<std::uint8_t>(packet[1]);
    if (place == kPayloadInline) {
        received.message.payload = packet.substr(kPacketHeaderBytes);
    } else if (place == kPayloadInMemfd && !descriptors.empty() && packet.size() == kPacketHeaderBytes) {
        EFFACE_TRY(received.message.payload, payload_from_memfd(descriptors.back()));
        descriptors.pop_back();
    } else {
        return fail(Fault::kHalt, "worker message: packet header is malformed");
    }
    received.message.descriptors = std::move(descriptors);
    return received;
}

}  // namespace

Result<SocketPair> make_worker_socket() {
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return fail(Fault::kRetry, "worker socket: socketpair failed", Where::number(errno));
    }
    return SocketPair{Descriptor{ends[0]}, Descriptor{ends[1]}};
}

Status send_message(
    int socket, MessageKind kind, std::string_view payload, std::span<const int> descriptors
) {
    if (payload.size() > kMessageBytesMax || descriptors.size() + 1 > kMessageDescriptorsMax) {
        return fail(Fault::kHalt, "worker message: payload or descriptor count is above the limit");
    }
    std::array<int, kMessageDescriptorsMax> sent_descriptors{};
    std::size_t descriptor_count = 0;
    for (const int fd : descriptors) {
        sent_descriptors[descriptor_count++] = fd;
    }
    std::array<char, kPacketHeaderBytes> packet_header{
        static_cast<char>(kind), static_cast<char>(kPayloadInline)};
    Descriptor memory_file;
    if (payload.size() > kInlineBytesMax) {
        EFFACE_TRY(memory_file, payload_to_memfd(payload));
        sent_descriptors[descriptor_count++] = memory_file.get();
        packet_header[1] = static_cast<char>(kPayloadInMemfd);
        payload = {};
    }
    std::array<iovec, 2> parts{
        iovec{packet_header.data(), packet_header.size()},
        iovec{const_cast<char*>(payload.data()), payload.size()}};
    return send_packet(socket, parts, std::span{sent_descriptors}.first(descriptor_count));
}

Result<Received> receive_message(int socket) {
    // Kept: a block of this size, made anew, is filled, trimmed from the heap and faulted in for each
    // message.
    constexpr std::size_t kPacketBytesMax = kPacketHeaderBytes + kInlineBytesMax;
    thread_local const auto packet = std::make_unique_for_overwrite<char[]>(kPacketBytesMax);
    iovec part{packet.get(), kPacketBytesMax};
    alignas(cmsghdr) ControlBuffer control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    ssize_t got = -1;
    do {
        got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return Received{Received::State::kNothingYet, {}};
    }
    if (got == 0 || (got < 0 && errno == ECONNRESET)) {
        return Received{Received::State::kClosed, {}};
    }
    if (got < 0) {
        return fail(Fault::kRetry, "worker message: receive failed", Where::number(errno));
    }
    std::vector<Descriptor> descriptors = take_descriptors(header);
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        return fail(Fault::kHalt, "worker message: packet is above the limit");
    }
    return parse_packet({packet.get(), static_cast<std::size_t>(got)}, std::move(descriptors));
}

Json to_json(const WorkerConfiguration& configuration) {
    Json projects = Json::array();
    for (const WorkerProject& project : configuration.projects) {
        projects.push_back(Json{
            {"name", project.name},
            {"key_hex", project.key_hex.reveal()},
            {"rules_file_name", project.rules_file_name},
            {"rules_text", project.rules_text},
        });
    }
    return Json{
        {"software_version", configuration.software_version},
        {"address_space_bytes_max", configuration.limits.address_space_bytes_max},
        {"cpu_seconds_per_unit_max", configuration.limits.cpu_seconds_per_unit_max},
        {"output_bytes_max", configuration.limits.output_bytes_max},
        {"search_threads", configuration.limits.search_threads},
        {"projects", std::move(projects)},
        {"models_directory", configuration.models_directory},
        {"site_detector", configuration.site_models.face_detector.path},
        {"site_detector_sha256", configuration.site_models.face_detector.sha256},
        {"site_generator", configuration.site_models.generator.path},
        {"site_generator_sha256", configuration.site_models.generator.sha256},
    };
}

Result<WorkerConfiguration> worker_configuration_from_json(const Json& json) {
    JsonFields fields{json};
    WorkerConfiguration configuration;
    fields.read("software_version", configuration.software_version);
    fields.read("address_space_bytes_max", configuration.limits.address_space_bytes_max);
    fields.read("cpu_seconds_per_unit_max", configuration.limits.cpu_seconds_per_unit_max);
    fields.read("output_bytes_max", configuration.limits.output_bytes_max);
    fields.read("search_threads", configuration.limits.search_threads);
    fields.read("models_directory", configuration.models_directory);
    fields.read("site_detector", configuration.site_models.face_detector.path);
    fields.read("site_detector_sha256", configuration.site_models.face_detector.sha256);
    fields.read("site_generator", configuration.site_models.generator.path);
    fields.read("site_generator_sha256", configuration.site_models.generator.sha256);
    const Json* projects = fields.get("projects");
    if (projects == nullptr || !projects->is_array()) {
        return fail(Fault::kRefuse, "worker configuration: projects is not a list");
    }
    for (const Json& item : *projects) {
        JsonFields project_fields{item};
        WorkerProject project;
        project_fields.read("name", project.name);
        project_fields.read("key_hex", project.key_hex);
        project_fields.read("rules_file_name", project.rules_file_name);
        project_fields.read("rules_text", project.rules_text);
        EFFACE_CHECK(project_fields.finish("worker configuration: a project's field is missing or wrong"));
        configuration.projects.push_back(std::move(project));
    }
    EFFACE_CHECK(fields.finish("worker configuration: a field is missing, unknown or of the wrong type"));
    return configuration;
}

Json to_json(const WorkerReady& ready) {
    return Json{
        {"software_version", ready.software_version},
        {"table_edition", ready.table_edition},
        {"table_digest", ready.table_digest},
        {"model_digest", ready.model_digest},
        {"generator", ready.generator},
    };
}

Result<WorkerReady> worker_ready_from_json(const Json& json) {
    JsonFields fields{json};
    WorkerReady ready;
    fields.read("software_version", ready.software_version);
    fields.read("table_edition", ready.table_edition);
    fields.read("table_digest", ready.table_digest);
    fields.read("model_digest", ready.model_digest);
    fields.read("generator", ready.generator);
    // It is shown to people: a worker that was taken over shall not move their terminal.
    if (ready.generator.size() > kDescriptionBytesMax ||
        !std::ranges::all_of(ready.generator, [](char c) { return c >= ' ' && c <= '~'; })) {
        fields.note();
    }
    EFFACE_CHECK(fields.finish("worker ready: a field is missing, unknown or of the wrong type"));
    return ready;
}

Json to_json(const GateRequest& request) {
    return Json{
        {"order", to_json(request.order)},        {"rule", request.rule},
        {"second_output", request.second_output}, {"mask", mask_to_json(request.mask)},
        {"holes", holes_to_json(request.holes)},
    };
}

Result<GateRequest> gate_request_from_json(const Json& json) {
    JsonFields fields{json};
    GateRequest request;
    const Json* order = fields.get("order");
    fields.read("rule", request.rule);
    fields.read("second_output", request.second_output);
    fields.read("mask", request.mask);
    const Json* holes = fields.get("holes");
    EFFACE_CHECK(fields.finish("gate request: a field is missing, unknown or of the wrong type"));
    EFFACE_TRY(request.order, work_order_from_json(*order));
    EFFACE_TRY(request.holes, holes_from_json(*holes));
    return request;
}

Json to_json(const PreviewRequest& request) {
    return Json{
        {"frame", request.frame},
        {"mask", boxes_to_json(request.mask)},
        {"whole", request.whole},
        {"pair", request.pair}};
}

Result<PreviewRequest> preview_request_from_json(const Json& json) {
    JsonFields fields{json};
    PreviewRequest request;
    fields.read("frame", request.frame);
    fields.read("mask", request.mask);
    fields.read("whole", request.whole);
    fields.read("pair", request.pair);
    EFFACE_CHECK(fields.finish("preview request: a field is missing, unknown or of the wrong type"));
    return request;
}

Digest segmentation_content(const SegmentRequest& request) {
    return sha256(
        to_hex(request.cleaned_digest) + "/" + request.order.software_version + "/" +
        dump_json(mask_to_json(request.mask))
    );
}

Json to_json(const SegmentRequest& request) {
    return Json{
        {"order", to_json(request.order)},
        {"mask", mask_to_json(request.mask)},
        {"cleaned_digest", to_hex(request.cleaned_digest)},
    };
}

Result<SegmentRequest> segment_request_from_json(const Json& json) {
    JsonFields fields{json};
    SegmentRequest request;
    const Json* order = fields.get("order");
    fields.read("mask", request.mask);
    fields.read("cleaned_digest", request.cleaned_digest);
    EFFACE_CHECK(fields.finish("segment request: a field is missing, unknown or of the wrong type"));
    EFFACE_TRY(request.order, work_order_from_json(*order));
    return request;
}

Json to_json(const WorkerFailure& failure) {
    return Json{{"fault", kFaultNames[static_cast<std::size_t>(failure.fault)]}, {"reason", failure.reason}};
}

Result<WorkerFailure> worker_failure_from_json(const Json& json) {
    JsonFields fields{json};
    WorkerFailure failure;
    fields.read("fault", failure.fault, kFaultNames);
    fields.read("reason", failure.reason);
    EFFACE_CHECK(fields.finish("worker failure: a field is missing, unknown or of the wrong type"));
    return failure;
}

}  // namespace efface::pipeline
