// libFuzzer target over pipeline/scan and the Pixel Data walkers: any bytes, read in every encoding that
// the first byte chooses, must terminate with every span inside. Built with -DEFFACE_FUZZ=ON under clang:
//   build/tests/scan_fuzz -max_total_time=600 corpus/
#include "pipeline/codestream/pixel_data_plan.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"
#include "tests/unit/pipeline/scan/sound_walk.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace efface;
    if (size == 0) {
        return 0;
    }
    const auto syntaxes = rules::transfer_syntaxes();
    const rules::TransferSyntax& syntax = syntaxes[data[0] % syntaxes.size()];
    const auto bytes = std::as_bytes(std::span{data + 1, size - 1});
    if (!pipeline::sound_walk(bytes, syntax).empty()) {
        std::abort();
    }
    (void)pipeline::routing_attributes(bytes, syntax);
    const auto plan = pipeline::plan_pixel_data(bytes, syntax);
    for (const pipeline::Piece& piece : plan ? plan->pieces : std::vector<pipeline::Piece>{}) {
        const std::size_t room = piece.patched ? plan->patch.size() : bytes.size();
        if (piece.offset > room || piece.length > room - piece.offset) {
            std::abort();
        }
    }
    const auto part10 = pipeline::parse_part10(bytes);
    if (part10 && part10->data_set_offset > bytes.size()) {
        std::abort();
    }
    (void)pipeline::classify(bytes);
    return 0;
}
