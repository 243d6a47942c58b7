// Key files: one line of text, mode 600, made once and never overwritten. Whoever loses the file can no
// longer give the same pseudonyms; whoever reads it can undo them.
// Thread rule: pure but for the file system.
#pragma once

#include "config/environment.h"
#include "rules/keys/project_key.h"

#include <tl/expected.hpp>

#include <string>

namespace efface::node {

/// Makes a key from the entropy source and writes it to a new file, durably, with its directory (0700) if
/// that is missing. The error text is for an operator and names the path.
tl::expected<rules::ProjectKey, std::string> make_key_file(Environment& environment, const std::string& path);
/// Reads a key file; refuses one that others may read.
tl::expected<rules::ProjectKey, std::string> read_key_file(const std::string& path);

/// Reads a small text file whole; the error names the path.
tl::expected<std::string, std::string> read_small_file(const std::string& path, std::size_t bytes_max);

}  // namespace efface::node
