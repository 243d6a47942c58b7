// The frame that Efface puts around every data set it writes: 128 zero bytes, "DICM" and a File Meta
// Information of its own (PS3.10 7.1; PS3.15 E.1.1 item 6). Nothing of the received one survives.
// Thread rule: a pure function.
#pragma once

#include <string>
#include <string_view>

namespace efface::pipeline {

struct FileMeta {
    std::string_view sop_class_uid;
    std::string_view sop_instance_uid;
    std::string_view transfer_syntax_uid;
};

/// Preamble to the last byte before the data set; exactly the elements of rules::kFileMetaTags.
std::string encode_file_meta(const FileMeta& meta);

}  // namespace efface::pipeline
