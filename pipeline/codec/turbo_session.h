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

/// Where the library writes: memory that is ours whatever happens. Its own jpeg_mem_dest() says where its
/// memory is only at the end, so after an error nobody knows.
class TurboDestination {
public:
    TurboDestination() {
        parts_.manager.init_destination = begin;
        parts_.manager.empty_output_buffer = grow;
        parts_.manager.term_destination = end;
    }

    TurboDestination(const TurboDestination&) = delete;
    TurboDestination& operator=(const TurboDestination&) = delete;

    ~TurboDestination() { std::free(parts_.bytes); }  // NOLINT: the jump of an error skips no owner.

    jpeg_destination_mgr* manager() { return &parts_.manager; }

    std::span<const std::byte> written() const {
        return {reinterpret_cast<const std::byte*>(parts_.bytes), parts_.count};
    }

private:
    static constexpr std::size_t kFirstBytes = std::size_t{1} << 16U;
    static constexpr std::size_t kMostBytes = std::size_t{1} << 31U;

    struct Parts {
        jpeg_destination_mgr manager;  // First: the library hands out its address.
        JOCTET* bytes;
        std::size_t capacity;
        std::size_t count;
    };

    static Parts& parts_of(j_compress_ptr session) { return *reinterpret_cast<Parts*>(session->dest); }

    static void enlarge(j_compress_ptr session, std::size_t capacity) {
        Parts& parts = parts_of(session);
        // NOLINTNEXTLINE: as above.
        void* larger = capacity > kMostBytes ? nullptr : std::realloc(parts.bytes, capacity);
        if (larger == nullptr) {
            session->err->error_exit(reinterpret_cast<j_common_ptr>(session));
            return;
        }
        parts.bytes = static_cast<JOCTET*>(larger);
        parts.manager.next_output_byte = parts.bytes + parts.capacity;
        parts.manager.free_in_buffer = capacity - parts.capacity;
        parts.capacity = capacity;
    }

    static void begin(j_compress_ptr session) { enlarge(session, kFirstBytes); }

    static boolean grow(j_compress_ptr session) {
        enlarge(session, 2 * parts_of(session).capacity);
        return TRUE;
    }

    static void end(j_compress_ptr session) {
        Parts& parts = parts_of(session);
        parts.count = parts.capacity - parts.manager.free_in_buffer;
    }

    Parts parts_{};
};

/// Writes one stream into memory of its own, once.
class TurboWriter {
public:
    explicit TurboWriter(TurboErrors& errors) { info_.err = errors.manager(); }

    TurboWriter(const TurboWriter&) = delete;
    TurboWriter& operator=(const TurboWriter&) = delete;

    ~TurboWriter() { jpeg_destroy_compress(&info_); }

    /// Inside guarded().
    void begin() {
        jpeg_create_compress(&info_);
        info_.dest = destination_.manager();
    }

    jpeg_compress_struct& info() { return info_; }

    /// Empty where the library gave up on the way.
    std::span<const std::byte> written() const { return destination_.written(); }

private:
    TurboDestination destination_;
    jpeg_compress_struct info_{};
};

}  // namespace efface::pipeline
