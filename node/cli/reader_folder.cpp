#include "node/cli/reader_folder.h"

#include "config/json.h"
#include "node/cli/new_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::node {

namespace {

/// 2026-01-01T00:00:00Z, of every picture.
constexpr timespec kWritten{.tv_sec = 1'767'225'600, .tv_nsec = 0};

bool write_whole(const std::string& path, std::string_view bytes) {
    auto file = NewFile::make(path);
    return file && file->write(bytes) && file->keep();
}

}  // namespace

tl::expected<ReaderFolder, std::string> ReaderFolder::make(const std::string& path, std::uint64_t seed) {
    for (const std::string& folder : {path, path + "/pairs"}) {
        if (::mkdir(folder.c_str(), 0700) != 0) {
            return tl::unexpected(
                folder + ": " + std::strerror(errno) + "; a kit goes into a folder of its own"
            );
        }
    }
    return ReaderFolder{path, seed};
}

std::string ReaderFolder::place(std::size_t index, char side) const {
    return path_ + "/pairs/.case-" + std::to_string(index) + "-" + side + ".png";
}

bool ReaderFolder::add(pipeline::ReaderCase one, std::string_view fill_png, std::string_view truth_png) {
    const char truth = pipeline::truth_side(seed_, one.name);
    for (const char side : {'a', 'b'}) {  // Always in this order: the disk's own numbers say nothing.
        if (!write_whole(place(cases_.size(), side), side == truth ? truth_png : fill_png)) {
            return false;
        }
    }
    cases_.push_back(std::move(one));
    return true;
}

bool ReaderFolder::finish() {
    const std::vector<pipeline::ReaderPair> pairs = pipeline::shuffled_pairs(cases_, seed_);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        for (const char side : {'a', 'b'}) {
            const std::string from = place(i, side);
            const std::string to = path_ + "/pairs/" + pairs[i].pair + "-" + side + ".png";
            const timespec times[2] = {kWritten, kWritten};
            if (::utimensat(AT_FDCWD, from.c_str(), times, 0) != 0 ||
                ::rename(from.c_str(), to.c_str()) != 0) {
                return false;
            }
        }
    }
    return write_whole(path_ + "/sheet.csv", pipeline::reader_sheet(pairs.size())) &&
           write_whole(path_ + "/README.txt", pipeline::reader_instructions(pairs.size())) &&
           write_whole(path_ + "/key.json", dump_json(pipeline::reader_key_json(pairs, seed_)) + "\n");
}

}  // namespace efface::node
