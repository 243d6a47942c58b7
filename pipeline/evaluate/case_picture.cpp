#include "pipeline/evaluate/case_picture.h"

#include "pipeline/watermark/blocks.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>

namespace efface::pipeline {
namespace {

void put_number(std::string& out, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
    }
}

void put_element_head(std::string& out, std::uint32_t element, std::string_view vr, std::uint64_t length) {
    put_number(out, element >> 16U, 2);
    put_number(out, element & 0xFFFFU, 2);
    out += vr;
    if (vr == "OB" || vr == "OW") {
        put_number(out, 0, 2);
        put_number(out, length, 4);
    } else {
        put_number(out, length, 2);
    }
}

void put_us(std::string& out, std::uint32_t element, std::uint64_t value) {
    put_element_head(out, element, "US", 2);
    put_number(out, value, 2);
}

/// What of a data set says how samples are stored (PS3.3 C.7.6.3), Explicit VR Little Endian, and them.
std::string data_set_of(const PngSamples& truth) {
    const bool is_colour = truth.channels == 3;
    std::string out;
    put_us(out, 0x00280002, truth.channels);
    const std::string_view photometric = is_colour ? "RGB " : "MONOCHROME2 ";
    put_element_head(out, 0x00280004, "CS", photometric.size());
    out += photometric;
    if (is_colour) {
        put_us(out, 0x00280006, 0);
    }
    put_us(out, 0x00280010, truth.rows);
    put_us(out, 0x00280011, truth.columns);
    put_us(out, 0x00280100, truth.bits);
    put_us(out, 0x00280101, truth.bits);
    put_us(out, 0x00280102, truth.bits - 1);
    put_us(out, 0x00280103, 0);
    const std::size_t padding = truth.samples.size() % 2;
    put_element_head(out, 0x7FE00010, truth.bits == 8 ? "OB" : "OW", truth.samples.size() + padding);
    out.append(reinterpret_cast<const char*>(truth.samples.data()), truth.samples.size());
    out.append(padding, '\0');
    return out;
}

/// The pixels that are connected with `from`, taken out of `left`.
PixelSet take_part(PixelSet& left, std::size_t from) {
    PixelSet part{left.columns, left.rows};
    std::vector<std::size_t> open{from};
    left.in[from] = 0;
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        part.in[at] = 1;
        const std::size_t x = at % left.columns;
        const std::size_t y = at / left.columns;
        for (std::size_t down = y - std::min<std::size_t>(y, 1); down <= std::min(y + 1, left.rows - 1);
             ++down) {
            for (std::size_t across = x - std::min<std::size_t>(x, 1);
                 across <= std::min(x + 1, left.columns - 1); ++across) {
                const std::size_t next = down * left.columns + across;
                if (left.in[next] != 0) {
                    left.in[next] = 0;
                    open.push_back(next);
                }
            }
        }
    }
    return part;
}

std::vector<BlockPlace> blocks_in(const PixelSet& set) {
    std::vector<BlockPlace> blocks;
    for (std::size_t row = 0; row < set.rows / kBlockSide; ++row) {
        for (std::size_t column = 0; column < set.columns / kBlockSide; ++column) {
            bool whole = true;
            for (std::size_t i = 0; whole && i < kBlockSide * kBlockSide; ++i) {
                whole = set.at(column * kBlockSide + i % kBlockSide, row * kBlockSide + i / kBlockSide);
            }
            if (whole) {
                blocks.push_back({static_cast<std::uint32_t>(column), static_cast<std::uint32_t>(row)});
            }
        }
    }
    return blocks;
}

/// Runs of pixels, joined downwards where one lies below another of the same edges.
void add_runs(std::vector<Box>& boxes, const PixelSet& set) {
    std::vector<std::size_t> open;  // Boxes that end with the row before.
    for (std::size_t y = 0; y < set.rows; ++y) {
        std::vector<std::size_t> still;
        for (std::size_t x = 0; x < set.columns; ++x) {
            if (!set.at(x, y)) {
                continue;
            }
            const auto left = static_cast<std::int64_t>(x);
            while (x < set.columns && set.at(x, y)) {
                ++x;
            }
            const auto right = static_cast<std::int64_t>(x);
            const auto above = std::ranges::find_if(open, [&](std::size_t i) {
                return boxes[i].left == left && boxes[i].right == right;
            });
            if (above == open.end()) {
                still.push_back(boxes.size());
                boxes.push_back({left, static_cast<std::int64_t>(y), right, static_cast<std::int64_t>(y) + 1}
                );
            } else {
                ++boxes[*above].bottom;
                still.push_back(*above);
            }
        }
        open = std::move(still);
    }
}

}  // namespace

Result<std::vector<Hole>> holes_in(const PixelSet& set) {
    std::vector<Hole> holes;
    std::size_t count = 0;
    PixelSet left = set;
    for (std::size_t i = 0; i < left.in.size(); ++i) {
        if (left.in[i] == 0) {
            continue;
        }
        if (holes.size() == kCaseHolesMax) {
            return fail(Fault::kRefuse, "a mask of more than 64 parts that do not touch; make cases of them");
        }
        PixelSet part = take_part(left, i);
        Hole hole{boxes_of(blocks_in(part)), {0, 1}};
        for (const Box& box : hole.parts) {
            for (std::int64_t y = box.top; y < box.bottom; ++y) {
                const auto row = part.in.begin() + y * static_cast<std::int64_t>(part.columns);
                std::fill(row + box.left, row + box.right, std::uint8_t{0});
            }
        }
        add_runs(hole.parts, part);
        count += hole.parts.size();
        if (count > kCaseBoxesMax) {
            return fail(Fault::kRefuse, "a mask of more pieces than are judged; draw it with fewer edges");
        }
        holes.push_back(std::move(hole));
    }
    return holes;
}

Result<CasePicture> make_case_picture(const PngSamples& truth, const PictureView& mask) {
    if (truth.columns != mask.columns || truth.rows != mask.rows) {
        return fail(Fault::kRefuse, "a mask of another size than its truth; draw it at that size");
    }
    const std::uint64_t pixels = std::uint64_t{truth.columns} * truth.rows;
    if (truth.columns < kCaseSideMin || truth.rows < kCaseSideMin || pixels > kCasePixelsMax) {
        return fail(Fault::kRefuse, "a truth below 32 pixels a side, or of more than 16777216; scale it");
    }
    PixelSet hidden{truth.columns, truth.rows};
    for (std::size_t i = 0; i < hidden.in.size(); ++i) {
        hidden.in[i] = mask.samples[i] != 0 ? 1 : 0;
    }
    const std::size_t count = hidden.count();
    if (count == 0 || count == hidden.in.size()) {
        return fail(
            Fault::kRefuse, "a mask that hides nothing or everything; what is not 0 in it is destroyed"
        );
    }
    EFFACE_TRY(std::vector<Hole> holes, holes_in(hidden));
    const rules::TransferSyntax* syntax = rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
    const std::string data_set = data_set_of(truth);
    EFFACE_TRY(NativeImage image, NativeImage::read(std::as_bytes(std::span{data_set}), *syntax));
    CasePicture out{std::move(image), truth.samples, std::move(hidden), {}, std::move(holes)};
    for (const Hole& hole : out.holes) {
        out.mask.boxes.insert(out.mask.boxes.end(), hole.parts.begin(), hole.parts.end());
    }
    return out;
}

}  // namespace efface::pipeline
