// ReaderFolder: the kit of a blinded reading on disk (pipeline/evaluate/reader_kit.h): pairs/, sheet.csv and
// README.txt for the reader, key.json (mode 0600) for whoever scores. Neither names, dates nor the order in
// which pictures were written tell which is which. Thread rule: belongs to one thread.
#pragma once

#include "pipeline/evaluate/reader_kit.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

class ReaderFolder {
public:
    /// `path` must not be there. The error is for the person who typed.
    static tl::expected<ReaderFolder, std::string> make(const std::string& path, std::uint64_t seed);

    bool full() const { return cases_.size() == pipeline::kReaderPairsMax; }

    /// False: the disk did not take it.
    bool add(pipeline::ReaderCase one, std::string_view fill_png, std::string_view truth_png);
    /// Gives the pictures their names and writes the rest.
    bool finish();

private:
    ReaderFolder(std::string path, std::uint64_t seed) : path_{std::move(path)}, seed_{seed} {}

    std::string place(std::size_t index, char side) const;

    std::string path_;
    std::uint64_t seed_;
    std::vector<pipeline::ReaderCase> cases_;
};

}  // namespace efface::node
