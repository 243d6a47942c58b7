// WrittenFile: a cleaned Part 10 file taken apart at its top level, so that a test can plant a bug in
// one place and leave everything else as the cleaner wrote it. Explicit VR little endian.
#pragma once

#include "pipeline/scan/part10.h"
#include "pipeline/scan/scanner.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace efface::testing {

class WrittenFile {
public:
    explicit WrittenFile(const std::string& file) {
        const auto part10 = pipeline::parse_part10(bytes_of(file)).value();
        frame_ = file.substr(0, part10.data_set_offset);
        const std::string data_set = file.substr(part10.data_set_offset);
        pipeline::Scanner scanner{bytes_of(data_set), **pipeline::scannable_syntax(part10)};
        std::uint64_t begin = 0;
        std::uint32_t tag = 0;
        for (auto event = scanner.next();; event = scanner.next()) {
            using enum pipeline::EventKind;
            const bool element =
                event->kind == kElement || event->kind == kSequenceBegin || event->kind == kPixelBegin;
            if (event->kind == kEnd || (event->depth == 0 && element)) {
                if (tag != 0) {
                    elements_[tag] = data_set.substr(begin, event->header_offset - begin);
                }
                begin = event->header_offset;
                tag = event->tag.value;
            }
            if (event->kind == kEnd) {
                return;
            }
        }
    }

    /// Everything before the data set.
    std::string& frame() { return frame_; }

    /// An element's bytes, header included; must stand there.
    std::string& at(std::uint32_t tag) {
        EXPECT_TRUE(elements_.contains(tag));
        return elements_[tag];
    }

    bool has(std::uint32_t tag) const { return elements_.contains(tag); }

    WrittenFile& put(std::uint32_t tag, rules::Vr vr, std::string_view value) {
        DicomWriter element;
        element.element(tag, vr, value);
        elements_[tag] = element.text();
        return *this;
    }

    WrittenFile& put_raw(std::uint32_t tag, const std::string& bytes) {
        elements_[tag] = bytes;
        return *this;
    }

    WrittenFile& erase(std::uint32_t tag) {
        EXPECT_EQ(elements_.erase(tag), 1u);
        return *this;
    }

    /// Replaces bytes inside an element by as many others.
    WrittenFile& change(std::uint32_t tag, std::string_view from, std::string_view to) {
        std::string& bytes = at(tag);
        const std::size_t found = bytes.find(from);
        EXPECT_NE(found, std::string::npos);
        EXPECT_EQ(from.size(), to.size());
        bytes.replace(found, from.size(), to);
        return *this;
    }

    std::string text() const {
        std::string all = frame_;
        for (const auto& [tag, bytes] : elements_) {
            all += bytes;
        }
        return all;
    }

private:
    std::string frame_;
    std::map<std::uint32_t, std::string> elements_;
};

}  // namespace efface::testing
