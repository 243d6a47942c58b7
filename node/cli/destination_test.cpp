#include "node/cli/destination_test.h"

#include "node/cli/rule_file.h"
#include "node/dimse/store_client.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <boost/asio/io_context.hpp>

#include <algorithm>
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

/// What one association showed.
struct Asked {
    std::optional<Outcome> opened;
    std::optional<Outcome> echoed;
    bool takes_segmentations = false;
};

Asked ask(const DestinationSettings& destination, bool segmentations) {
    Limits limits;
    limits.connect = std::chrono::seconds{destination.connect_timeout_seconds};
    limits.associate = limits.connect;
    limits.response = std::chrono::seconds{destination.response_timeout_seconds};
    std::vector<ProposedContext> contexts{
        {std::string{rules::kVerificationSopClass}, {std::string{rules::kImplicitVrLittleEndian}}}};
    const std::string mask_class{rules::kSegmentationSopClass};
    const std::string mask_syntax{rules::kExplicitVrLittleEndian};
    if (segmentations) {
        contexts.push_back({mask_class, {mask_syntax}});
    }
    boost::asio::io_context io;
    StoreClient client{io, limits};
    Asked asked;
    const auto on_echo = [&](const Outcome& answer) {
        asked.echoed = answer;
        if (answer.association_open) {
            client.release([](const Outcome&) {});
        }
    };
    client.open(
        {.host = destination.host,
         .port = destination.port,
         .called_ae = destination.called_ae,
         .calling_ae = destination.calling_ae},
        std::move(contexts),
        [&](const Outcome& outcome) {
            asked.opened = outcome;
            if (outcome.association_open) {
                asked.takes_segmentations = segmentations && client.accepts(mask_class, mask_syntax);
                client.echo(on_echo);
            }
        }
    );
    io.run();
    return asked;
}

std::string failure_of(const std::optional<Outcome>& outcome) {
    return std::string{failure_name(outcome ? outcome->failure : TransportFailure::kCancelled)};
}

DestinationAnswer test_dicom(const Settings& settings, const DestinationSettings& destination) {
    const auto wanted = wants_segmentations(settings, destination.name);
    const auto [opened, echoed, takes_segmentations] = ask(destination, wanted.value_or(false));
    const std::string where = destination.host + ":" + std::to_string(destination.port);
    if (!opened || !opened->association_open) {
        return {false, where + ": no association: " + failure_of(opened)};
    }
    if (!echoed || !echoed->answered()) {
        return {false, where + ": associated, but C-ECHO had no answer: " + failure_of(echoed)};
    }
    const std::string text = where + ": C-ECHO answered with status " + status_text(echoed->status);
    if (!wanted) {
        return {
            echoed->status == 0,
            text + "; not asked whether it takes Segmentations of masks: " + wanted.error()};
    }
    if (*wanted && !takes_segmentations) {
        return {
            false, text +
                       "; it does not accept Segmentation Storage in Explicit VR Little Endian, as which a "
                       "rule has masks delivered there: have it accept that, or take mask_segmentation "
                       "out of the rule"};
    }
    return {echoed->status == 0, text + (*wanted ? "; it takes Segmentations of masks" : "")};
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

tl::expected<bool, std::string> wants_segmentations(
    const Settings& settings, const std::string& destination
) {
    bool wanted = false;
    for (const ProjectSettings& project : settings.projects) {
        const auto file = read_rule_file(project.rules_file);
        if (!file) {
            return tl::unexpected{file.error()};
        }
        wanted = wanted || std::ranges::any_of(file->rules.rules(), [&](const rules::Rule& rule) {
                     return rule.pixels.mask_segmentation &&
                            std::ranges::find(rule.destinations, destination) != rule.destinations.end();
                 });
    }
    return wanted;
}

DestinationAnswer test_destination(
    Environment& environment, const Settings& settings, const DestinationSettings& destination
) {
    return destination.kind == DestinationKind::kDicom ? test_dicom(settings, destination)
                                                       : test_folder(environment, destination);
}

}  // namespace efface::node
