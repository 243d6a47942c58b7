// One use of libjpeg-turbo: its structures, and its error exit, which is a jump. Only files of this folder
// that call the library include it. What runs inside guarded() must hold no object with a destructor: the
// jump skips them. Every warning is an error here: a stream that needs repair is not proven to be anything.
// Thread rule: an object belongs to one thread.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <jpeglib.h>  // Needs FILE and size_t to be declared.
#include <span>

namespace efface::pipeline {

class TurboErrors {
public:
    TurboErrors() {
        jpeg_std_error(&manager_.manager);
        manager_.manager.error_exit = give_up;
        manager_.manager.emit_message = judge_message;
        // The library's messages quote the stream.
        manager_.manager.output_message = [](j_common_ptr) {};
    }

    jpeg_error_mgr* manager() { return &manager_.manager; }

    /// False where the library gave up on the way.
    template <class Work>
    [[nodiscard]] bool guarded(Work work) {
        if (setjmp(manager_.back) != 0) {
            return false;
        }
        work();
        return true;
    }

private:
    struct Manager {
        jpeg_error_mgr manager;  // First: the library hands out its address.
        std::jmp_buf back;
    };

    [[noreturn]] static void give_up(j_common_ptr session) {
        std::longjmp(reinterpret_cast<Manager*>(session->err)->back, 1);
    }

    static void judge_message(j_common_ptr session, int level) {
        if (level < 0) {
            give_up(session);
        }
    }

    Manager manager_{};
};

/// Reads one stream.
class TurboReader {
public:
    explicit TurboReader(TurboErrors& errors) { info_.err = errors.manager(); }

    TurboReader(const TurboReader&) = delete;
    TurboReader& operator=(const TurboReader&) = delete;

    ~TurboReader() { jpeg_destroy_decompress(&info_); }

    /// Inside guarded().
    void begin(std::span<const std::byte> frame) {
        jpeg_create_decompress(&info_);
        jpeg_mem_src(
            &info_, reinterpret_cast<const unsigned char*>(frame.data()),
            static_cast<unsigned long>(frame.size())
        );
        jpeg_read_header(&info_, TRUE);
    }

    jpeg_decompress_struct& info() { return info_; }

private:
    jpeg_decompress_struct info_{};
};

/// Writes one stream into memory of its own.
class TurboWriter {
public:
    explicit TurboWriter(TurboErrors& errors) { info_.err = errors.manager(); }

    TurboWriter(const TurboWriter&) = delete;
    TurboWriter& operator=(const TurboWriter&) = delete;

    ~TurboWriter() {
        jpeg_destroy_compress(&info_);
        std::free(bytes_);  // NOLINT: the library's own malloc.
    }

    /// Inside guarded().
    void begin() {
        jpeg_create_compress(&info_);
        jpeg_mem_dest(&info_, &bytes_, &count_);
    }

    jpeg_compress_struct& info() { return info_; }

    std::span<const std::byte> written() const {
        return {reinterpret_cast<const std::byte*>(bytes_), count_};
    }

private:
    jpeg_compress_struct info_{};
    unsigned char* bytes_ = nullptr;
    unsigned long count_ = 0;
};

}  // namespace efface::pipeline
