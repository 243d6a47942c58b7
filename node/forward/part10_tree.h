// Part10Tree: cleaned instances as files, ROOT/PATIENT/STUDY/SERIES/INSTANCE.dcm.
//
// Every part of a path is a value that Efface made (a pseudonym, mapped UIDs) and is checked again
// here: nothing received ever becomes a path. A file appears whole and durable under its name or not
// at all, and one that is there is never overwritten.
// Thread rule: safe from any thread; two writers of one instance are told apart by the file system.
#pragma once

#include "config/environment.h"
#include "config/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace efface::node {

/// The names of one instance in the tree; all made by Efface.
struct TreeNames {
    std::string patient_id;
    std::string study_uid;
    std::string series_uid;
    std::string sop_instance_uid;
};

enum class Placed : std::uint8_t {
    kWritten,
    kAlreadyThere,  ///< The same bytes lie under that name.
};

class Part10Tree {
public:
    Part10Tree(Environment& environment, std::string root)
        : environment_{&environment}, root_{std::move(root)} {}

    /// Copies a cleaned file into the tree. Fault::kQuarantine: other bytes lie under that name, or a name
    /// is not one of ours. Fault::kRetry: the disk.
    Result<Placed> place(const Descriptor& cleaned, const TreeNames& names);
    /// ROOT/PATIENT/STUDY/SERIES/INSTANCE.dcm.
    Result<std::string> path_of(const TreeNames& names) const;

private:
    Result<std::string> make_directories(const TreeNames& names);
    Status publish(const Descriptor& cleaned, const std::string& directory, const std::string& path);

    Environment* environment_;
    std::string root_;
};

}  // namespace efface::node
