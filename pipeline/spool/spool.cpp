#include "pipeline/spool/spool.h"

#include <cerrno>

namespace efface::pipeline {

namespace {

constexpr std::string_view kOriginals = "/originals";
constexpr std::string_view kOutputs = "/outputs";

std::string part_path(const Shelves& originals, std::string_view name) {
    return originals.path(name) + std::string{Shelves::kPartSuffix};
}

}  // namespace

std::string original_path(std::string_view spool_directory, std::string_view name) {
    const std::string originals = std::string{spool_directory} + std::string{kOriginals};
    return shelf_path(originals, name) + "/" + std::string{name};
}

Spool::Spool(Environment& environment, const std::string& directory)
    : environment_{&environment},
      originals_{std::make_unique<Shelves>(environment, directory + std::string{kOriginals})},
      outputs_{std::make_unique<Shelves>(environment, directory + std::string{kOutputs})} {}

Result<Spool> Spool::open(Environment& environment, const std::string& directory) {
    Spool spool{environment, directory};
    EFFACE_CHECK(environment.files.make_directory(directory));
    EFFACE_CHECK(spool.originals_->open());
    EFFACE_CHECK(spool.outputs_->open());
    EFFACE_CHECK(environment.files.sync_directory(directory));
    return spool;
}

Result<SpoolFile> Spool::begin_original() {
    EFFACE_TRY(std::string name, originals_->new_name());
    auto unnamed = environment_->files.open_unnamed(original_directory(name));
    if (unnamed) {
        return SpoolFile{.file = std::move(*unnamed), .name = std::move(name)};
    }
    if (!is_unsupported(unnamed.error())) {
        return tl::unexpected<Error>(unnamed.error());
    }
    EFFACE_TRY(Descriptor part, environment_->files.create(part_path(*originals_, name)));
    return SpoolFile{.file = std::move(part), .name = std::move(name), .unnamed = false};
}

Status Spool::append(SpoolFile& file, std::span<const std::byte> bytes) {
    EFFACE_CHECK(environment_->files.write(file.file, bytes));
    file.bytes += bytes.size();
    return {};
}

Status Spool::publish(SpoolFile& file) {
    EFFACE_CHECK(environment_->files.sync(file.file));
    const std::string path = originals_->path(file.name);
    if (!file.unnamed) {
        return environment_->files.rename(part_path(*originals_, file.name), path);
    }
    Status linked = environment_->files.link_unnamed(file.file, path);
    if (!linked && linked.error().where.value == ENOENT) {
        EFFACE_CHECK(originals_->restore_shelf(file.name));
        linked = environment_->files.link_unnamed(file.file, path);
    }
    return linked;
}

void Spool::abandon(SpoolFile file) {
    if (!file.unnamed) {
        // A leftover is removed at the next start; nothing refers to it.
        static_cast<void>(environment_->files.remove(part_path(*originals_, file.name)));
    }
}

std::string Spool::original_directory(std::string_view name) const {
    return shelf_path(originals_->directory(), name);
}

Status Spool::sync_originals() {
    return originals_->sync();
}

Result<Descriptor> Spool::open_original(std::string_view name) {
    return environment_->files.open_read(originals_->path(name));
}

Result<Descriptor> Spool::open_output(std::string_view name) {
    if (!is_spool_name(name)) {
        return fail(Fault::kRetry, "there is no output of that name: it was lost, and is made again");
    }
    return environment_->files.open_read(outputs_->path(name));
}

Result<bool> Spool::has_original(std::string_view name, std::uint64_t bytes) {
    const auto size = environment_->files.size(originals_->path(name));
    if (!size && size.error().where.value != ENOENT) {
        return tl::unexpected<Error>(size.error());
    }
    return size && *size == bytes;
}

Result<SpoolFile> Spool::begin_output() {
    EFFACE_TRY(std::string name, outputs_->new_name());
    EFFACE_TRY(Descriptor file, environment_->files.create(outputs_->path(name)));
    return SpoolFile{.file = std::move(file), .name = std::move(name), .unnamed = false};
}

void Spool::note_judged(std::string_view name) {
    if (const auto output = open_output(name)) {
        judged_->note(name, *output);
    }
}

bool Spool::is_as_judged(std::string_view name, const Descriptor& output) const {
    return judged_->unchanged(name, output);
}

Status Spool::remove_original(std::string_view name) {
    return originals_->remove(name);
}

Status Spool::drop_empty_shelves(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        EFFACE_CHECK(originals_->drop_if_empty(name));
    }
    return {};
}

Status Spool::remove_output(std::string_view name) {
    EFFACE_CHECK(outputs_->remove(name));
    return outputs_->drop_if_empty(name);
}

Result<std::vector<std::string>> Spool::list_originals() {
    return originals_->list();
}

Result<std::vector<std::string>> Spool::list_outputs() {
    return outputs_->list();
}

Result<DiskSpace> Spool::space() {
    return environment_->files.space(originals_->directory());
}

std::string Spool::output_path(std::string_view name) const {
    return outputs_->path(name);
}

}  // namespace efface::pipeline
