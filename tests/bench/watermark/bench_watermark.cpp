// What the mark of filled regions costs and survives: for each size and texture the PSNR in the region and
// the share of marks that read after each attack, with the region given and without; then readings where no
// mark is. Everything is drawn from the seed.
//   efface-bench-watermark [PICTURES_PER_ROW [UNMARKED_REGIONS [SEED]]]
#include "pipeline/watermark/evidence.h"
#include "pipeline/watermark/search.h"
#include "pipeline/watermark/watermark.h"
#include "tests/unit/pipeline/watermark/drawn_textures.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace efface {
namespace {

using namespace pipeline;
using testing::Texture;

constexpr std::size_t kAround = 64;  ///< Pixels of picture beyond the region to every side.
constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kSizes{
    {{64, 64}, {80, 80}, {96, 96}, {128, 128}, {256, 256}, {400, 296}}};
constexpr std::array<Texture, 3> kTextures{Texture::kSmooth, Texture::kNoisy, Texture::kPhotograph};

struct Attack {
    const char* name;
    GreyPlane (*apply)(const GreyPlane&);
};

const std::array<Attack, 6> kAttacks{{
    {"8 bit", [](const GreyPlane& p) { return testing::in_eight_bits(p); }},
    {".7x+30", [](const GreyPlane& p) { return testing::rewindowed(p, 0.7F, 30); }},
    {"invert", [](const GreyPlane& p) { return testing::inverted(p); }},
    {"JPEG 75", [](const GreyPlane& p) { return testing::through_jpeg(p, 75); }},
    {"JPEG 50", [](const GreyPlane& p) { return testing::through_jpeg(p, 50); }},
    {"1.4x-40", [](const GreyPlane& p) { return testing::rewindowed(p, 1.4F, -40); }},
}};

struct Interval {
    double low = 0;
    double high = 0;
};

/// Wilson's, 95 %.
Interval wilson(std::size_t hits, std::size_t n) {
    if (n == 0) {
        return {0, 1};
    }
    constexpr double z = 1.959964;
    const double count = static_cast<double>(n);
    const double p = static_cast<double>(hits) / count;
    const double middle = p + z * z / (2 * count);
    const double half = z * std::sqrt(p * (1 - p) / count + z * z / (4 * count * count));
    const double scale = 1 + z * z / count;
    return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

struct Row {
    std::size_t n = 0;
    std::size_t embedded = 0;
    std::size_t with_reserve = 0;
    double psnr_sum = 0;
    double psnr_worst = 99;
    std::array<std::size_t, kAttacks.size()> read{};
    std::array<std::size_t, kAttacks.size()> found{};
    double overlap_sum = 0;  ///< Of the found region, untouched picture: area of both over that of either.
    double embed_s = 0;
    double read_s = 0;
    double find_s = 0;

    void add(const Row& other) {
        n += other.n;
        embedded += other.embedded;
        with_reserve += other.with_reserve;
        psnr_sum += other.psnr_sum;
        psnr_worst = std::min(psnr_worst, other.psnr_worst);
        for (std::size_t i = 0; i < kAttacks.size(); ++i) {
            read[i] += other.read[i];
            found[i] += other.found[i];
        }
        overlap_sum += other.overlap_sum;
        embed_s += other.embed_s;
        read_s += other.read_s;
        find_s += other.find_s;
    }
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double overlap(const std::vector<Box>& found, const Box& region) {
    std::int64_t both = 0;
    std::int64_t all = region.area();
    for (const Box& box : found) {
        const Box shared{
            std::max(box.left, region.left), std::max(box.top, region.top), std::min(box.right, region.right),
            std::min(box.bottom, region.bottom)};
        both += shared.area();
        all += box.area() - shared.area();
    }
    return static_cast<double>(both) / static_cast<double>(all);
}

void measure_one(Row& row, Texture texture, std::size_t width, std::size_t height, std::uint32_t seed) {
    GreyPlane plane = testing::drawn(texture, width + 2 * kAround + 5, height + 2 * kAround + 3, seed);
    const auto side = static_cast<std::int64_t>(kAround);
    const Box region{
        side, side, side + static_cast<std::int64_t>(width), side + static_cast<std::int64_t>(height)};
    WatermarkKey key{};
    for (std::size_t i = 0; i < key.size(); ++i) {
        key[i] = static_cast<std::uint8_t>(seed >> (8 * (i % 4)));
    }
    const std::uint32_t when = 1796099400U + seed * 7919U;
    const bool twelve_bits = seed % 2 == 0;
    auto start = std::chrono::steady_clock::now();
    const EmbedOutcome outcome =
        embed(plane, {&region, 1}, key, when, {.stored_step = twelve_bits ? 255.0 / 4095.0 : 1.0});
    row.embed_s += seconds_since(start);
    ++row.n;
    if (outcome.result != EmbedResult::kEmbedded) {
        return;
    }
    ++row.embedded;
    row.with_reserve += outcome.has_reserve ? 1 : 0;
    row.psnr_sum += outcome.psnr_db;
    row.psnr_worst = std::min(row.psnr_worst, outcome.psnr_db);
    for (std::size_t i = 0; i < kAttacks.size(); ++i) {
        const GreyPlane attacked = kAttacks[i].apply(plane);
        start = std::chrono::steady_clock::now();
        const auto given = read(attacked, {&region, 1}, key);
        row.read_s += seconds_since(start);
        start = std::chrono::steady_clock::now();
        const auto searched = read(attacked, {}, key);
        row.find_s += seconds_since(start);
        row.read[i] += given && given->utc_seconds == when ? 1 : 0;
        row.found[i] += searched && searched->utc_seconds == when ? 1 : 0;
        if (i == 0 && searched) {
            row.overlap_sum += overlap(searched->region, region);
        }
    }
}

void print_share(std::size_t hits, std::size_t n) {
    const Interval interval = wilson(hits, n);
    std::printf(
        " %5.1f (%.1f-%.1f) |", n == 0 ? 0.0 : 100 * static_cast<double>(hits) / static_cast<double>(n),
        100 * interval.low, 100 * interval.high
    );
}

void print(const std::string& name, const Row& row) {
    const double n = static_cast<double>(std::max<std::size_t>(1, row.embedded));
    std::printf(
        "| %s | %zu | %zu | %zu | %.1f | %.1f |", name.c_str(), row.n, row.embedded, row.with_reserve,
        row.psnr_sum / n, row.psnr_worst
    );
    for (const std::size_t hits : row.read) {
        print_share(hits, row.n);
    }
    std::printf("\n|   no region: overlap %.2f | | | | | |", row.overlap_sum / n);
    for (const std::size_t hits : row.found) {
        print_share(hits, row.n);
    }
    std::printf(
        "  embed %.1f ms, read %.2f ms, find %.2f ms\n", 1000 * row.embed_s / static_cast<double>(row.n),
        1000 * row.read_s / (n * kAttacks.size()), 1000 * row.find_s / (n * kAttacks.size())
    );
    std::fflush(stdout);
}

void measure_marked(std::size_t pictures, std::uint32_t seed) {
    std::printf("| region | n | embedded | reserve | PSNR mean | worst |");
    for (const Attack& attack : kAttacks) {
        std::printf(" %s |", attack.name);
    }
    std::printf("\n");
    Row all;
    for (const auto& [width, height] : kSizes) {
        for (const Texture texture : kTextures) {
            Row row;
            for (std::size_t i = 0; i < pictures; ++i) {
                measure_one(row, texture, width, height, seed + static_cast<std::uint32_t>(i));
            }
            print(
                std::to_string(width) + "x" + std::to_string(height) + " " +
                    std::string{testing::texture_name(texture)},
                row
            );
            if (width >= 96) {
                all.add(row);
            }
        }
    }
    print("all from 96x96 on", all);
}

void measure_time(std::uint32_t seed) {
    GreyPlane plane = testing::drawn(Texture::kNoisy, 2048, 2048, seed);
    const Box region{512, 512, 1536, 1536};
    auto start = std::chrono::steady_clock::now();
    embed(plane, {&region, 1}, {}, seed);
    std::printf("2048x2048, region of 1024x1024: embed %.2f s,", seconds_since(start));
    start = std::chrono::steady_clock::now();
    const bool given = read(plane, {&region, 1}, {}).has_value();
    std::printf(" read %.2f s,", seconds_since(start));
    start = std::chrono::steady_clock::now();
    const bool found = read(plane, {}, {}).has_value();
    std::printf(" find %.2f s (%s)\n", seconds_since(start), given && found ? "read" : "not read");
}

void measure_unmarked(std::size_t regions, std::uint32_t seed) {
    std::size_t given = 0;
    std::size_t searched = 0;
    std::size_t pictures = 0;
    for (std::size_t i = 0; i < regions; ++i) {
        const auto number = seed + static_cast<std::uint32_t>(i);
        const GreyPlane plane = testing::in_eight_bits(testing::drawn(kTextures[i % 3], 128, 128, number));
        WatermarkKey key{};
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&number), sizeof number, key.begin());
        const Box region{16, 16, 112, 112};
        given += read(plane, {&region, 1}, key) ? 1 : 0;
        searched += find_marks(plane, key).size();
        ++pictures;
    }
    const Interval interval = wilson(given, pictures);
    std::printf(
        "unmarked: %zu of %zu regions of 96x96 read (Wilson 95 %%: 0 to %.3f %%), %zu found by searching; "
        "calculated at most %.1e and %.1e\n",
        given, pictures, 100 * interval.high, searched, false_read_rate_max(kRegionHypotheses),
        false_read_rate_max(kSearchHypotheses)
    );
}

}  // namespace
}  // namespace efface

int main(int argc, char** argv) {
    const auto argument = [&](int at, unsigned long other) {
        return argc > at ? std::strtoul(argv[at], nullptr, 10) : other;
    };
    const auto seed = static_cast<std::uint32_t>(argument(3, 20270101));
    std::printf("seed %u\n", seed);
    efface::measure_marked(argument(1, 100), seed);
    efface::measure_time(seed);
    efface::measure_unmarked(argument(2, 10000), seed);
    return 0;
}
