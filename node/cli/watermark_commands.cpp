// efface watermark read, efface watermark key: the invisible marks of filled regions.
#include "config/json.h"
#include "node/bulk/previewer.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/one_file.h"
#include "node/cli/rule_file.h"
#include "node/cli/typed.h"
#include "node/control/key_file.h"
#include "pipeline/picture/png.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/scanner.h"
#include "pipeline/watermark/mark_key.h"
#include "pipeline/watermark/stamp.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace efface::node {

namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 31U;
constexpr std::size_t kKeyBytesMax = 4096;
constexpr std::chrono::seconds kPictureDeadline{120};
constexpr std::string_view kPng = "\x89PNG";
constexpr rules::Tag kEquipment{0x0018, 0xA001};
constexpr rules::Tag kContribution{0x0018, 0xA003};

/// --key, or the key of the project; never made here. Errors are printed.
tl::expected<rules::ProjectKey, Exit> project_key(CommandContext& context, const Arguments& arguments) {
    std::string path = arguments.text("--key");
    if (path.empty()) {
        NodeAccess node{context};
        const auto settings = node.settings();
        if (!settings) {
            return tl::unexpected(settings.error());
        }
        const auto project = choose_project(**settings, arguments.text("--project"));
        if (!project) {
            context.output.error(project.error());
            return tl::unexpected(Exit::kUsage);
        }
        path = (*project)->key_file;
    }
    const auto key = read_key_file(path);
    if (!key) {
        context.output.error(key.error());
        return tl::unexpected(Exit::kConfiguration);
    }
    return *key;
}

tl::expected<pipeline::WatermarkKey, Exit> mark_key(CommandContext& context, const Arguments& arguments) {
    if (!arguments.has("--watermark-key")) {
        const auto key = project_key(context, arguments);
        return key ? tl::expected<pipeline::WatermarkKey, Exit>{pipeline::watermark_key(*key)}
                   : tl::unexpected(key.error());
    }
    const std::string path = arguments.text("--watermark-key");
    const auto text = read_small_file(path, kKeyBytesMax);
    const auto key = text ? pipeline::parse_watermark_key(*text) : std::nullopt;
    if (!key) {
        context.output.error(
            text ? path + ": not a key of marks; efface watermark key makes one" : text.error()
        );
        return tl::unexpected(Exit::kConfiguration);
    }
    return *key;
}

/// What the header says that Efface contributed to a fill; empty: nothing, or it is no DICOM file.
std::string contribution_of(std::string_view file) {
    const auto bytes = std::as_bytes(std::span{file});
    const auto part10 = pipeline::parse_part10(bytes);
    const auto syntax = part10 ? pipeline::scannable_syntax(*part10)
                               : Result<const rules::TransferSyntax*>{tl::unexpected(part10.error())};
    if (!syntax) {
        return {};
    }
    pipeline::Scanner scanner{bytes.subspan(part10->data_set_offset), **syntax};
    std::string found;
    for (;;) {
        const auto event = scanner.next();
        if (!event || event->kind == pipeline::EventKind::kEnd ||
            event->kind == pipeline::EventKind::kPixelBegin) {
            return found;
        }
        const bool here = event->kind == pipeline::EventKind::kElement && event->tag == kContribution &&
                          scanner.path().size() == 1 && scanner.path()[0] == kEquipment;
        const std::string_view text = here ? pipeline::trimmed_text(event->value) : std::string_view{};
        if (text.starts_with("GPEN-MED-")) {
            found = printable(text);
        }
    }
}

/// One frame of a DICOM file as a PNG, drawn by a worker. The error is for the person who typed.
tl::expected<std::string, std::string> frame_png(
    CommandContext& context, const std::string& path, std::uint64_t frame
) {
    const auto worker_path = default_worker_path();
    if (!worker_path) {
        return tl::unexpected(worker_path.error().message());
    }
    pipeline::WorkerConfiguration configuration;
    configuration.software_version = EFFACE_VERSION;
    const WorkerProgram program = make_program(*worker_path, std::move(configuration));
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return tl::unexpected(std::string{"the settings cannot be read"});
    }
    const auto scratch =
        ScratchFolder::make(context.environment, (*settings)->node.state_directory + "/scratch");
    if (!scratch) {
        return tl::unexpected(scratch.error());
    }
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.valid()) {
        return tl::unexpected(path + ": " + std::strerror(errno));
    }
    Previewer previewer{program, kPictureDeadline};
    const std::string picture = scratch->path() + "/frame.png";
    const std::string why_not =
        previewer.draw(file.get(), {.frame = frame, .mask = {}, .whole = true}, picture);
    if (!why_not.empty()) {
        return tl::unexpected(path + ": " + why_not);
    }
    return read_small_file(picture, kFileBytesMax);
}

Json region_json(const std::vector<pipeline::Box>& region) {
    Json boxes = Json::array();
    for (const pipeline::Box& box : region) {
        boxes.push_back({box.left, box.top, box.width(), box.height()});
    }
    return boxes;
}

void print_reading(Output& output, const pipeline::Reading& reading, const std::string& contribution) {
    const std::string stamp = pipeline::stamp_text(reading.utc_seconds);
    // Another fill's header says nothing of this mark.
    const bool agrees = contribution.starts_with(stamp);
    if (output.json()) {
        output.json_line({
            {"stamp", stamp},
            {"confidence", reading.confidence},
            {"correlation", reading.correlation},
            {"inverted", reading.inverted},
            {"region", region_json(reading.region)},
            {"model", agrees ? Json(contribution.substr(stamp.size() + 2)) : Json(nullptr)},
        });
        return;
    }
    const pipeline::Box& first = reading.region.front();
    std::array<char, 16> sure{};
    std::snprintf(sure.data(), sure.size(), "%.2f", reading.confidence);
    output.line(
        stamp + " (UTC), confidence " + sure.data() + ", at " + std::to_string(first.left) + "," +
        std::to_string(first.top) + (reading.inverted ? ", inverted" : "")
    );
    if (agrees) {
        output.line("  " + contribution.substr(stamp.size() + 2));
    }
}

}  // namespace

Exit run_watermark_read(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    const std::string path = arguments.text("FILE");
    const auto frame = typed_number(output, arguments, "--frame", 1);
    if (!frame || *frame == 0) {
        output.error("--frame counts from 1");
        return Exit::kUsage;
    }
    const auto key = mark_key(context, arguments);
    if (!key) {
        return key.error();
    }
    const auto file = read_small_file(path, kFileBytesMax);
    if (!file) {
        output.error(file.error());
        return Exit::kUsage;
    }
    const bool is_picture = file->starts_with(kPng);
    const auto png = is_picture ? file : frame_png(context, path, *frame - 1);
    const auto picture = png ? pipeline::decode_png_as_grey(*png)
                             : Result<pipeline::Picture>{fail(Fault::kRefuse, "there is no picture")};
    if (!picture) {
        output.error(png ? path + ": " + picture.error().message() : png.error());
        return Exit::kNegative;
    }
    const pipeline::GreyPlane plane{
        {picture->samples.begin(), picture->samples.end()}, picture->columns, picture->rows};
    const std::vector<pipeline::Reading> marks = pipeline::find_marks(plane, *key);
    if (marks.empty()) {
        output.error("no mark can be read under this key");
        return Exit::kNegative;
    }
    const std::string contribution = is_picture ? std::string{} : contribution_of(*file);
    for (const pipeline::Reading& reading : marks) {
        print_reading(output, reading, contribution);
    }
    return Exit::kOk;
}

Exit run_watermark_key(CommandContext& context, const Arguments& arguments) {
    const auto key = project_key(context, arguments);
    if (!key) {
        return key.error();
    }
    const std::string path = arguments.text("-o,--output");
    const std::string text = pipeline::watermark_key_text(pipeline::watermark_key(*key));
    FileSystem& files = context.environment.files;
    auto file = files.create(path);
    if (!file) {
        context.output.error(
            path + ": " + std::strerror(static_cast<int>(file.error().where.value)) +
            "; a key file is never overwritten"
        );
        return Exit::kRefused;
    }
    const bool written = files.write(*file, std::as_bytes(std::span{text})) && files.sync(*file) &&
                         files.close(std::move(*file));
    if (!written) {
        static_cast<void>(files.remove(path));
        context.output.error("cannot write " + path);
        return Exit::kInternal;
    }
    context.output.remark(path + ": reads marks, tells no pseudonym");
    return Exit::kOk;
}

}  // namespace efface::node
