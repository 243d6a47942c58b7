// NewFile: a file that a command makes, mode 0600, never in place of another; it goes again unless it is
// kept. Thread rule: belongs to one thread.
#pragma once

#include <tl/expected.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace efface::node {

class NewFile {
public:
    /// The error is for the person who typed: it stands there already, or cannot be made.
    static tl::expected<NewFile, std::string> make(const std::string& path);
    ~NewFile();
    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;

    const std::string& path() const { return path_; }

    bool write(std::string_view bytes);

    bool line(std::string_view text) { return write(text) && write("\n"); }

    /// Closes it for good. False: the disk did not take all of it.
    bool keep();

private:
    struct Closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    NewFile(std::string path, std::FILE* file) : path_{std::move(path)}, file_{file} {}

    std::string path_;  ///< Empty: moved from.
    std::unique_ptr<std::FILE, Closer> file_;
    bool kept_ = false;
};

}  // namespace efface::node
