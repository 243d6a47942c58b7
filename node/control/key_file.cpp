#include "node/control/key_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

tl::unexpected<std::string> cannot(const std::string& what, const std::string& path, const Error& error) {
    const int number = static_cast<int>(error.where.value);
    return tl::unexpected("cannot " + what + " " + path + ": " + std::strerror(number));
}

}  // namespace

tl::expected<rules::ProjectKey, std::string> make_key_file(
    Environment& environment, const std::string& path
) {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    if (!environment.entropy.fill(std::as_writable_bytes(std::span{bytes}))) {
        return tl::unexpected(std::string{"no randomness to make a key from"});
    }
    auto key = rules::ProjectKey::from_bytes(bytes);
    if (!key) {
        return tl::unexpected(key.error().message());
    }
    FileSystem& files = environment.files;
    const std::string directory = directory_of(path);
    if (const Status made = files.make_directory(directory); !made) {
        return cannot("make", directory, made.error());
    }
    auto file = files.create(path);
    if (!file) {
        if (file.error().where.value == EEXIST) {
            return tl::unexpected(path + " is there already; a key file is never overwritten");
        }
        return cannot("make", path, file.error());
    }
    const std::string text = key->to_file_text();
    const Status written = [&]() -> Status {
        EFFACE_CHECK(files.write(*file, std::as_bytes(std::span{text})));
        EFFACE_CHECK(files.sync(*file));
        EFFACE_CHECK(files.close(std::move(*file)));
        return files.sync_directory(directory);
    }();
    if (!written) {
        static_cast<void>(files.remove(path));
        return cannot("write", path, written.error());
    }
    return std::move(*key);
}

tl::expected<rules::ProjectKey, std::string> read_key_file(const std::string& path) {
    auto text = read_small_file(path, kKeyFileBytesMax);
    if (!text) {
        return tl::unexpected(text.error());
    }

    struct stat info {};

    if (::stat(path.c_str(), &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return tl::unexpected(path + ": others may read this key; run: chmod 600 " + path);
    }
    auto key = rules::ProjectKey::from_file_text(*text);
    if (!key) {
        return tl::unexpected(path + ": " + key.error().message());
    }
    return std::move(*key);
}

tl::expected<std::string, std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    if (!file.valid()) {
        return tl::unexpected("cannot read " + path + ": " + std::strerror(errno));
    }
    std::string text(bytes_max + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return tl::unexpected("cannot read " + path + ": " + std::strerror(errno));
        }
        if (got == 0) {
            text.resize(size);
            return text;
        }
        size += static_cast<std::size_t>(got);
    }
    return tl::unexpected(path + " is larger than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace efface::node
