// What a run adds up to, and the checks before it begins.
#include "node/bulk/bulk_run.h"
#include "node/bulk/folder_walk.h"

namespace efface::node {

std::string_view outcome_name(FileOutcome::Kind kind) {
    switch (kind) {
        case FileOutcome::Kind::kCleaned:
            return "cleaned";
        case FileOutcome::Kind::kQuarantined:
            return "quarantined";
        case FileOutcome::Kind::kRefused:
            return "refused";
    }
    return "refused";
}

void BulkSummary::add(const FileOutcome& outcome) {
    ++files;
    if (outcome.kind == FileOutcome::Kind::kCleaned) {
        ++cleaned;
        ++rules[outcome.rule];
        already_there += outcome.already_there ? 1 : 0;
        for (const rules::Action action : rules::kActions) {
            actions[static_cast<char>(action)] += outcome.actions[action];
        }
        return;
    }
    ++reasons[outcome.reason];
    quarantined += outcome.kind == FileOutcome::Kind::kQuarantined ? 1 : 0;
    refused += outcome.kind == FileOutcome::Kind::kRefused ? 1 : 0;
    not_dicom += outcome.not_dicom ? 1 : 0;
}

tl::expected<void, std::string> check_bulk_paths(const BulkOptions& options) {
    if (lies_within(options.out, options.in)) {
        return tl::unexpected(options.out + " lies in " + options.in + ": nothing is ever written there");
    }
    if (lies_within(options.in, options.out)) {
        return tl::unexpected(options.in + " lies in " + options.out + ": keep them apart");
    }
    for (const std::string& written : {options.audit_file, options.scratch, options.previews}) {
        if (!written.empty() && lies_within(written, options.in)) {
            return tl::unexpected(
                written + " would lie in " + options.in + ": nothing is ever written there"
            );
        }
    }
    if (lies_within(options.scratch, options.out)) {
        return tl::unexpected(
            options.scratch + " lies in " + options.out +
            ": originals may not be copied there, even for a moment"
        );
    }
    return {};
}

std::uint64_t count_files(const std::string& path, std::uint64_t count_max) {
    auto walk = FolderWalk::open(path);
    std::uint64_t count = 0;
    while (walk && count < count_max && walk->next()) {
        ++count;
    }
    return count;
}

}  // namespace efface::node
