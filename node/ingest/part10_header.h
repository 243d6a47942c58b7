// The preamble and File Meta Information that ingest writes before a received data set, so that a
// spooled original is a Part 10 file (PS3.10 7.1) that explains itself: start-up can adopt one that
// a crash left without a job. The AE titles stand in (0002,0016) to (0002,0018).
// Thread rule: a pure function.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace efface::node {

struct ReceivedMeta {
    std::string_view sop_class_uid;
    std::string_view sop_instance_uid;
    std::string_view transfer_syntax_uid;
    std::string_view calling_ae;
    std::string_view called_ae;
};

/// 128 zero bytes, "DICM", group 0002 in explicit VR little endian with its group length.
std::vector<std::byte> part10_header(const ReceivedMeta& meta);

}  // namespace efface::node
