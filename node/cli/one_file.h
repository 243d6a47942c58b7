// One file through the workers and the gate, for the commands that a person types: nothing else of the run is
// kept but what the caller takes. Thread rule: as the command line.
#pragma once

#include "node/bulk/bulk_run.h"
#include "node/cli/command.h"

#include <tl/expected.hpp>

#include <string>

namespace efface::node {

/// A folder that goes with all in it when this does.
class ScratchFolder {
public:
    /// The error is for the person who typed.
    static tl::expected<ScratchFolder, std::string> make(Environment& environment, const std::string& below);
    ~ScratchFolder();
    ScratchFolder(ScratchFolder&& other) noexcept;
    ScratchFolder& operator=(ScratchFolder&&) = delete;

    const std::string& path() const { return path_; }

private:
    explicit ScratchFolder(std::string path) : path_{std::move(path)} {}

    std::string path_;
};

/// Prints why the run could not go on; what became of the file is the outcome.
tl::expected<FileOutcome, Exit> run_one_file(CommandContext& context, const BulkOptions& options);

/// Gives what lies at `from` the name `to`, which must be free. False: printed.
bool give_name(Output& output, const std::string& from, const std::string& to);

}  // namespace efface::node
