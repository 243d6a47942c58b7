#include "node/cli/destination_test.h"

#include "node/dimse/store_client.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <boost/asio/io_context.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::node {

namespace {

std::string status_text(std::uint16_t status) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04X", status);
    return text.data();
}

DestinationAnswer test_dicom(const DestinationSettings& destination) {
    Limits limits;
    limits.connect = std::chrono::seconds{destination.connect_timeout_seconds};
    limits.associate = limits.connect;
    limits.response = std::chrono::seconds{destination.response_timeout_seconds};
    boost::asio::io_context io;
    StoreClient client{io, limits};
    std::optional<Outcome> opened;
    std::optional<Outcome> echoed;
    const auto release = [&] { client.release([](const Outcome&) {}); };
    client.open(
        {.host = destination.host,
         .port = destination.port,
         .called_ae = destination.called_ae,
         .calling_ae = destination.calling_ae},
        {{std::string{rules::kVerificationSopClass}, {std::string{rules::kImplicitVrLittleEndian}}}},
        [&](const Outcome& outcome) {
            opened = outcome;
            if (outcome.association_open) {
                client.echo([&](const Outcome& answer) {
                    echoed = answer;
                    if (answer.association_open) {
                        release();
                    }
                });
            }
        }
    );
    io.run();
    const std::string where = destination.host + ":" + std::to_string(destination.port);
    if (!opened || !opened->association_open) {
        return {
            false, where + ": no association: " +
                       std::string{failure_name(opened ? opened->failure : TransportFailure::kCancelled)}};
    }
    if (!echoed || !echoed->answered()) {
        return {
            false, where + ": associated, but C-ECHO had no answer: " +
                       std::string{failure_name(echoed ? echoed->failure : TransportFailure::kCancelled)}};
    }
    return {echoed->status == 0, where + ": C-ECHO answered with status " + status_text(echoed->status)};
}

/// The nearest folder that exists must let us write; the rest is made with the first file.
DestinationAnswer test_folder(Environment& environment, const DestinationSettings& destination) {
    std::string path = destination.path;

    struct stat info {};

    while (::stat(path.c_str(), &info) != 0) {
        if (errno != ENOENT || path.size() <= 1) {
            return {false, destination.path + ": " + std::strerror(errno)};
        }
        const std::size_t slash = path.rfind('/');
        path.resize(slash == std::string::npos ? 0 : std::max<std::size_t>(slash, 1));
        path = path.empty() ? "." : path;
    }
    if (!S_ISDIR(info.st_mode)) {
        return {false, path + " is no folder"};
    }
    if (::access(path.c_str(), W_OK | X_OK) != 0) {
        return {false, path + " cannot be written: " + std::strerror(errno)};
    }
    const auto space = environment.files.space(path);
    if (!space || space->free_bytes == 0) {
        return {false, path + ": no free space"};
    }
    return {
        true,
        path + (path == destination.path ? " can be written" : " can be written; the folder will be made")};
}

}  // namespace

DestinationAnswer test_destination(Environment& environment, const DestinationSettings& destination) {
    return destination.kind == DestinationKind::kDicom ? test_dicom(destination)
                                                       : test_folder(environment, destination);
}

}  // namespace efface::node
