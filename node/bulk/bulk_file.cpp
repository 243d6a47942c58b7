#include "node/bulk/bulk_file.h"

#include "node/ingest/mapped_file.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace efface::node {

namespace {

constexpr std::size_t kHeadBytes = pipeline::kFileMetaOffset + pipeline::kFileMetaBytesMax;

Result<std::size_t> read_head(const Descriptor& file, std::span<std::byte> into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got =
            ::pread(file.get(), into.data() + done, into.size() - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(Fault::kRetry, "cannot read the file", Where::number(errno));
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

/// Why a file that the walk came to is no candidate, or "".
std::string not_a_file(const FoundFile& found) {
    switch (found.kind) {
        case FoundFile::Kind::kFile:
            return {};
        case FoundFile::Kind::kUnreadable:
            return std::string{"cannot be opened: "} + std::strerror(found.error);
        case FoundFile::Kind::kLink:
            return "a symbolic link: links are not followed";
        case FoundFile::Kind::kOther:
            return "not a regular file";
        case FoundFile::Kind::kTooDeep:
            return "a folder nested deeper than " + std::to_string(kFolderDepthMax) + " levels";
    }
    return {};
}

/// Why a file is no instance, or "".
std::string not_an_instance(pipeline::FileKind kind) {
    switch (kind) {
        case pipeline::FileKind::kPart10:
            return {};
        case pipeline::FileKind::kDicomDir:
            return "a DICOMDIR: it names patients and is never copied";
        case pipeline::FileKind::kBareDataSet:
            return "a data set without preamble and File Meta Information: convert it to a DICOM file first";
        case pipeline::FileKind::kNotDicom:
            return "not a DICOM file";
    }
    return {};
}

Result<Descriptor> copy_to_scratch(
    Environment& environment, const std::string& scratch, const Descriptor& from
) {
    EFFACE_TRY(Descriptor copy, open_scratch(environment, scratch));
    EFFACE_CHECK(environment.files.copy(from, copy));
    return copy;
}

/// The next file would fare no better.
bool is_scratch_full(const Error& error) {
    const std::int64_t number = error.where.value;
    return number == ENOSPC || number == EDQUOT || number == EROFS || number == ENOENT;
}

/// What routing tells of a data set. What it cannot tell, the worker will say why.
void read_routing(std::span<const std::byte> file, BulkInstance& instance) {
    pipeline::WorkOrder& order = instance.order;
    const auto part10 = pipeline::parse_part10(file);
    const auto data_set = part10 ? file.subspan(part10->data_set_offset) : file;
    order.original_digest = sha256(data_set);
    const auto syntax = part10 ? pipeline::scannable_syntax(*part10)
                               : Result<const rules::TransferSyntax*>{fail(Fault::kQuarantine, "no meta")};
    if (!syntax) {
        return;
    }
    order.transfer_syntax_uid = part10->transfer_syntax_uid;
    const auto routing = pipeline::routing_attributes(data_set, **syntax);
    if (!routing) {
        return;
    }
    order.sop_class_uid = routing->sop_class_uid;
    order.sop_instance_uid = Phi{std::string{routing->sop_instance_uid}};
    instance.study_uid = Phi{std::string{routing->study_instance_uid}};
}

}  // namespace

Result<Descriptor> open_scratch(Environment& environment, const std::string& directory) {
    auto unnamed = environment.files.open_unnamed(directory);
    if (unnamed || !is_unsupported(unnamed.error())) {
        return unnamed;
    }
    // A file system without unnamed files: the name goes before anything is written.
    std::array<std::uint8_t, 16> random{};
    EFFACE_CHECK(environment.entropy.fill(std::as_writable_bytes(std::span{random})));
    const std::string path = directory + "/" + to_hex(random) + ".part";
    EFFACE_TRY(Descriptor file, environment.files.create(path));
    EFFACE_CHECK(environment.files.remove(path));
    return file;
}

Result<Descriptor> duplicate(const Descriptor& file) {
    Descriptor copy{::fcntl(file.get(), F_DUPFD_CLOEXEC, 0)};
    if (!copy.valid()) {
        return fail(Fault::kRetry, "cannot duplicate a descriptor", Where::number(errno));
    }
    return copy;
}

ReadFile read_bulk_file(
    Environment& environment, const BulkOptions& options, FoundFile& found, UnixMicros now
) {
    ReadFile out;
    out.outcome.in = found.path;
    out.outcome.reason = not_a_file(found);
    out.outcome.not_dicom = found.kind == FoundFile::Kind::kOther;
    if (!out.outcome.reason.empty()) {
        return out;
    }
    std::vector<std::byte> head(std::min<std::uint64_t>(found.bytes, kHeadBytes));
    const auto got = read_head(found.file, head);
    if (!got) {
        out.outcome.reason = got.error().message();
        return out;
    }
    const pipeline::FileKind kind = pipeline::classify(std::span{head}.first(*got));
    out.outcome.reason = not_an_instance(kind);
    out.outcome.not_dicom = kind == pipeline::FileKind::kNotDicom || kind == pipeline::FileKind::kDicomDir;
    if (!out.outcome.reason.empty()) {
        return out;
    }
    auto copy = copy_to_scratch(environment, options.scratch, found.file);

    struct stat info {};

    if (!copy || ::fstat(copy->get(), &info) != 0) {
        out.scratch_failed = !copy && is_scratch_full(copy.error());
        out.outcome.reason = copy ? "cannot read the scratch copy" : copy.error().message();
        return out;
    }
    const auto bytes = static_cast<std::uint64_t>(info.st_size);
    const auto mapped = MappedFile::map(*copy, bytes);
    if (!mapped) {
        out.outcome.reason = mapped.error().message();
        return out;
    }
    BulkInstance& instance = out.instance.emplace();
    instance.order.project = options.project;
    instance.order.original_bytes = bytes;
    instance.order.accepted_at = now;
    instance.order.rule_digest = options.rules.digest();
    instance.order.software_version = options.software_version;
    read_routing(mapped->bytes(), instance);
    instance.original = std::move(*copy);
    return out;
}

}  // namespace efface::node
