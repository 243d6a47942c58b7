#include "node/cli/one_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace efface::node {

tl::expected<ScratchFolder, std::string> ScratchFolder::make(
    Environment& environment, const std::string& below
) {
    if (const Status made = environment.files.make_directory(below); !made) {
        return tl::unexpected(below + ": " + made.error().message());
    }
    std::string path = below + "/one-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
        return tl::unexpected(below + ": " + std::strerror(errno));
    }
    return ScratchFolder{std::move(path)};
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_{std::exchange(other.path_, {})} {}

ScratchFolder::~ScratchFolder() {
    if (!path_.empty()) {
        std::error_code ignored;  // What cannot be removed lies below the state directory, as cleaned files.
        std::filesystem::remove_all(path_, ignored);
    }
}

tl::expected<FileOutcome, Exit> run_one_file(CommandContext& context, const BulkOptions& options) {
    if (const auto separate = check_bulk_paths(options); !separate) {
        context.output.error(separate.error());
        return tl::unexpected(Exit::kRefused);
    }
    FileOutcome last;
    const std::atomic<bool> stop{false};
    const auto summary = run_bulk(
        context.environment, options,
        {.report = [&](const FileOutcome& outcome) { last = outcome; }, .stop = stop}
    );
    if (!summary) {
        context.output.error(summary.error());
        return tl::unexpected(Exit::kInternal);
    }
    if (summary->files != 1) {
        context.output.error(options.in + " is not one file");
        return tl::unexpected(Exit::kUsage);
    }
    return last;
}

bool give_name(Output& output, const std::string& from, const std::string& to) {
    // A link fails where the name is taken; between file systems there is none, and a copy is made.
    if (::link(from.c_str(), to.c_str()) == 0) {
        return true;
    }
    std::error_code error;
    if (errno == EXDEV) {
        std::filesystem::copy_file(from, to, error);
    } else {
        error.assign(errno, std::generic_category());
    }
    if (error) {
        output.error("cannot make " + to + ": " + error.message());
    }
    return !error;
}

}  // namespace efface::node
