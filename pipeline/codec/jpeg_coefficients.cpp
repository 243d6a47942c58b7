// See jpeg_coefficients.h.
#include "pipeline/codec/jpeg_coefficients.h"

#include "pipeline/codec/turbo_session.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

tl::unexpected<Error> broken() {
    return fail(
        Fault::kQuarantine, "the coefficients of a JPEG frame cannot be read", Where::tag(0x7FE00010)
    );
}

void copy_blocks(TurboReader& reader, jvirt_barray_ptr blocks, JpegComponent& component) {
    auto* common = reinterpret_cast<j_common_ptr>(&reader.info());
    std::int16_t* to = component.values.data();
    for (std::size_t row = 0; row < component.blocks_down; ++row) {
        const JBLOCKARRAY lines =
            reader.info().mem->access_virt_barray(common, blocks, static_cast<JDIMENSION>(row), 1, FALSE);
        for (std::size_t column = 0; column < component.blocks_across; ++column) {
            to = std::copy_n(&lines[0][column][0], kJpegBlockCoefficients, to);
        }
    }
}

// The table that the scan used; null only where the stream has no scan of the component.
bool note_component(const jpeg_component_info& info, JpegComponent& component) {
    if (info.quant_table == nullptr) {
        return false;
    }
    component.id = static_cast<std::uint64_t>(info.component_id);
    component.across = static_cast<std::size_t>(info.h_samp_factor);
    component.down = static_cast<std::size_t>(info.v_samp_factor);
    component.blocks_across = info.width_in_blocks;
    component.blocks_down = info.height_in_blocks;
    std::copy_n(
        std::begin(info.quant_table->quantval), kJpegBlockCoefficients, component.quantisation.begin()
    );
    component.values.resize(component.blocks_across * component.blocks_down * kJpegBlockCoefficients);
    return true;
}

}  // namespace

Result<JpegCoefficients> read_jpeg_coefficients(std::span<const std::byte> frame, const SampleShape& shape) {
    JpegCoefficients read;
    EFFACE_TRY(read.header, read_dct_header(frame, shape));
    TurboErrors errors;
    TurboReader reader{errors};
    jvirt_barray_ptr* blocks = nullptr;
    const bool begun = errors.guarded([&] {
        reader.begin(frame);
        blocks = jpeg_read_coefficients(&reader.info());
    });
    if (!begun || static_cast<std::uint64_t>(reader.info().num_components) != read.header.components) {
        return broken();
    }
    read.restart_interval = reader.info().restart_interval;
    read.components.resize(read.header.components);
    for (std::size_t i = 0; i < read.components.size(); ++i) {
        JpegComponent& component = read.components[i];
        if (!note_component(reader.info().comp_info[i], component)) {
            return broken();
        }
        if (!errors.guarded([&] { copy_blocks(reader, blocks[i], component); })) {
            return broken();
        }
    }
    if (!errors.guarded([&] { jpeg_finish_decompress(&reader.info()); })) {
        return broken();
    }
    return read;
}

}  // namespace efface::pipeline
