#include "pipeline/unit/transcoding.h"

#include "pipeline/codec/frame_decoder.h"
#include "pipeline/unit/decoded_pixels.h"
#include "pipeline/unit/native_transcoding.h"

namespace efface::pipeline {

Result<const rules::TransferSyntax*> native_target(std::string_view uid) {
    const rules::TransferSyntax* target = rules::find_transfer_syntax(uid);
    const bool little = uid == rules::kExplicitVrLittleEndian || uid == rules::kImplicitVrLittleEndian;
    if (target == nullptr || !little) {
        return fail(Fault::kQuarantine, "this version cannot transcode to the syntax that the peer accepts");
    }
    return target;
}

Result<const rules::TransferSyntax*> transcoding_target(const Original& original, std::string_view uid) {
    const rules::TransferSyntax& from = *original.syntax;
    EFFACE_TRY(const rules::TransferSyntax* target, native_target(uid));
    if (!from.encapsulated || !original.pixels.present) {
        return target;
    }
    if (from.lossy_possible) {
        return fail(
            Fault::kQuarantine,
            "the peer refuses the received syntax, which may be lossy and so is never decoded: have it "
            "accept "
            "that syntax"
        );
    }
    if (!is_decodable(from)) {
        return fail(
            Fault::kQuarantine,
            "the peer refuses the received syntax, which this version cannot decode: have it accept that "
            "syntax"
        );
    }
    return target;
}

Status transcode_header(Original& original) {
    EFFACE_CHECK(original.data_set.resolve_ambiguous_vrs());
    return original.syntax->encapsulated && original.pixels.present ? decode_header(original) : Status{};
}

Status append_transcoded(const Original& original, const rules::TransferSyntax& target, OutputFile& output) {
    if (!original.pixels.present) {
        return {};
    }
    return original.syntax->encapsulated ? append_decoded_pixels(original, target, output)
                                         : append_transcoded_pixels(original, target, output);
}

}  // namespace efface::pipeline
