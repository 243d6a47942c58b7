#include "node/cli/evaluation_run.h"

#include "config/json.h"
#include "node/cli/new_file.h"
#include "node/cli/progress.h"
#include "node/cli/reader_folder.h"
#include "node/control/key_file.h"
#include "node/workers/worker_process.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/mman.h>
#include <unistd.h>

namespace efface::node {

namespace {

using pipeline::MessageKind;

constexpr std::chrono::milliseconds kStartDeadline{120'000};
constexpr std::chrono::minutes kCaseDeadline{20};
constexpr std::chrono::minutes kSummaryDeadline{60};  // Frechet distances of many features.
constexpr std::uint64_t kPicturesBytesMax = std::uint64_t{1} << 30U;

/// All bytes of a memory file that another process wrote; nothing where they are not so many.
std::optional<std::string> bytes_of(const Descriptor& file, std::uint64_t count) {
    const off_t length = ::lseek(file.get(), 0, SEEK_END);
    if (count > kPicturesBytesMax || length < 0 || static_cast<std::uint64_t>(length) != count) {
        return std::nullopt;
    }
    std::string bytes(count, '\0');
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t got =
            ::pread(file.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
        if (got == 0 || (got < 0 && errno != EINTR)) {
            return std::nullopt;
        }
        done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return bytes;
}

/// The evaluator's process and what is asked of it.
class Evaluation {
public:
    Evaluation(CommandContext& context, const EvaluationPlan& plan)
        : output_{context.output}, clock_{context.environment.clock}, plan_{plan} {}

    tl::expected<EvaluationOutcome, Exit> run() {
        const auto cases = read_cases();
        if (!cases) {
            return tl::unexpected(cases.error());
        }
        if (const auto ready = open_outputs(); !ready) {
            return tl::unexpected(ready.error());
        }
        if (const auto started = start(); !started) {
            return tl::unexpected(started.error());
        }
        EvaluationOutcome outcome;
        Progress progress{output_.error_stream(), clock_, "not filled"};
        progress.set_total(cases->size());
        for (const pipeline::EvaluationCase& one : *cases) {
            const auto result = judge(one, progress);
            if (!result) {
                return tl::unexpected(result.error());
            }
            outcome.cases.push_back({one, *result});
            progress.count(result->filled);
            if (cases_file_ && !cases_file_->line(dump_json(case_json(outcome.cases.back())))) {
                return stop(progress, "cannot write " + plan_.cases_json, Exit::kInternal);
            }
        }
        progress.hide();
        return finish(std::move(outcome));
    }

private:
    using Stopped = tl::unexpected<Exit>;

    Stopped stop(Progress& progress, const std::string& why, Exit exit) {
        progress.hide();
        return stop(why, exit);
    }

    Stopped stop(const std::string& why, Exit exit) {
        output_.error(why);
        return tl::unexpected(exit);
    }

    tl::expected<std::vector<pipeline::EvaluationCase>, Exit> read_cases() {
        const std::string path = plan_.folder + "/cases.ndjson";
        const auto text = read_small_file(path, pipeline::kCaseListBytesMax);
        if (!text) {
            return stop(
                text.error() + "; docs/evaluation.md says what a folder of cases holds", Exit::kUsage
            );
        }
        auto cases = pipeline::read_case_list(*text);
        if (!cases) {
            return stop(path + ": " + cases.error().message(), Exit::kUsage);
        }
        return std::move(*cases);
    }

    /// Before hours are spent: what cannot be written is said at once.
    tl::expected<void, Exit> open_outputs() {
        for (const auto& [path, file] :
             {std::pair{plan_.grid, &grid_file_}, {plan_.cases_json, &cases_file_}}) {
            if (path.empty()) {
                continue;
            }
            auto made = NewFile::make(path);
            if (!made) {
                return stop(made.error(), Exit::kRefused);
            }
            file->emplace(std::move(*made));
        }
        if (!plan_.kit.empty()) {
            auto made = ReaderFolder::make(plan_.kit, plan_.configuration.seed);
            if (!made) {
                return stop(made.error(), Exit::kRefused);
            }
            kit_.emplace(std::move(*made));
        }
        return {};
    }

    tl::expected<void, Exit> start() {
        const auto worker_path = default_worker_path();
        const std::string folder = worker_path ? worker_path->substr(0, worker_path->rfind('/')) : ".";
        const std::string path = folder + "/efface-evaluator";
        if (::access(path.c_str(), X_OK) != 0) {
            return stop(
                "this build has no efface-evaluator, which needs LibTorch; scripts/setup.sh installs it",
                Exit::kInternal
            );
        }
        std::string why;
        auto started = WorkerProcess::start(
            {.path = path,
             .configuration = dump_json(pipeline::to_json(plan_.configuration)),
             .start_deadline = kStartDeadline},
            &why
        );
        if (!started) {
            return stop(why.empty() ? started.error().message() : why, Exit::kConfiguration);
        }
        process_.emplace(std::move(*started));
        return {};
    }

    tl::expected<pipeline::CaseResult, Exit> judge(const pipeline::EvaluationCase& one, Progress& progress) {
        const std::string here =
            plan_.folder + "/cases.ndjson: line " + std::to_string(one.line) + " (" + one.name + "): ";
        std::array<Descriptor, 2> given;
        for (std::size_t i = 0; i < given.size(); ++i) {
            const std::string path = plan_.folder + "/" + (i == 0 ? one.truth : one.mask);
            // A pipe that stands in a case's place must not be waited for.
            given.at(i) = Descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
            if (!given.at(i).valid()) {
                return stop(
                    progress, here + (i == 0 ? "truth: " : "mask: ") + std::strerror(errno), Exit::kUsage
                );
            }
        }
        const bool pictures = kit_ && !kit_->full();
        const Descriptor drawn{::memfd_create("efface-pictures", MFD_CLOEXEC)};
        const auto reply = process_->call(
            MessageKind::kEvaluate,
            dump_json(pipeline::to_json(pipeline::CaseRequest{
                one.name, one.kind, one.occlusion, one.bits, pictures})),
            {given[0].get(), given[1].get(), drawn.get()}, MessageKind::kEvaluated, kCaseDeadline
        );
        const auto json = reply ? parse_json(*reply) : std::nullopt;
        const auto result = json ? pipeline::case_result_from_json(*json)
                                 : Result<pipeline::CaseResult>{fail(Fault::kRetry, "no answer")};
        if (!result) {
            const std::string& why = process_->failure_reason();
            const bool is_case = !reply && reply.error().fault == Fault::kRefuse;
            return stop(
                progress, here + (why.empty() ? (reply ? result.error() : reply.error()).message() : why),
                is_case ? Exit::kUsage : Exit::kInternal
            );
        }
        if (pictures && result->filled && !keep_pictures(one, *result, drawn)) {
            return stop(progress, "cannot write into " + plan_.kit, Exit::kInternal);
        }
        return *result;
    }

    bool keep_pictures(
        const pipeline::EvaluationCase& one, const pipeline::CaseResult& result, const Descriptor& drawn
    ) {
        // Each is bounded by the sum's check, so the sum cannot wrap unnoticed.
        const bool is_bounded =
            result.fill_png_bytes <= kPicturesBytesMax && result.truth_png_bytes <= kPicturesBytesMax;
        const auto bytes =
            is_bounded ? bytes_of(drawn, result.fill_png_bytes + result.truth_png_bytes) : std::nullopt;
        return bytes && kit_->add(
                            {one.name, one.kind, one.occlusion}, bytes->substr(0, result.fill_png_bytes),
                            bytes->substr(result.fill_png_bytes)
                        );
    }

    tl::expected<EvaluationOutcome, Exit> finish(EvaluationOutcome outcome) {
        const Descriptor drawn{::memfd_create("efface-grid", MFD_CLOEXEC)};
        const auto reply = process_->call(
            MessageKind::kSummarize, "{}", {drawn.get()}, MessageKind::kSummarized, kSummaryDeadline
        );
        const auto json = reply ? parse_json(*reply) : std::nullopt;
        const auto summary = json ? pipeline::evaluation_summary_from_json(*json)
                                  : Result<pipeline::EvaluationSummary>{fail(Fault::kRetry, "no answer")};
        if (!summary) {
            return stop(reply ? summary.error().message() : reply.error().message(), Exit::kInternal);
        }
        outcome.summary = *summary;
        if (grid_file_ && summary->grid_bytes > 0) {
            const auto grid = bytes_of(drawn, summary->grid_bytes);
            if (!grid || !grid_file_->write(*grid)) {
                return stop("cannot write " + plan_.grid, Exit::kInternal);
            }
        }
        if (kit_ && !kit_->finish()) {
            return stop("cannot write into " + plan_.kit, Exit::kInternal);
        }
        for (auto* file : {&grid_file_, &cases_file_}) {
            if (*file && !(*file)->keep()) {
                return stop("cannot write " + (*file)->path(), Exit::kInternal);
            }
        }
        return outcome;
    }

    Output& output_;
    Clock& clock_;
    const EvaluationPlan& plan_;
    std::optional<NewFile> grid_file_;
    std::optional<NewFile> cases_file_;
    std::optional<ReaderFolder> kit_;
    std::optional<WorkerProcess> process_;
};

}  // namespace

Json case_json(const EvaluatedCase& one) {
    const pipeline::CaseResult& result = one.result;
    Json measures = nullptr;
    if (result.filled) {
        measures = Json::object();
        for (std::size_t i = 0; i < pipeline::kFillers; ++i) {
            measures[std::string{pipeline::kFillerKeys.at(i)}] =
                pipeline::quality_json(result.qualities.at(i));
        }
    }
    return {
        {"name", one.facts.name},
        {"kind", one.facts.kind},
        {"occlusion", one.facts.occlusion},
        {"outcome", result.filled ? "filled" : "refused"},
        {"reason", result.filled ? Json(nullptr) : Json(result.reason)},
        {"holes", result.holes},
        {"marked", result.marked},
        {"confidence", std::isfinite(result.confidence) ? Json(result.confidence) : Json(nullptr)},
        {"wall_seconds", result.wall_seconds},
        {"cpu_seconds", result.cpu_seconds},
        {"measures", std::move(measures)},
    };
}

tl::expected<EvaluationOutcome, Exit> run_evaluation(CommandContext& context, const EvaluationPlan& plan) {
    return Evaluation{context, plan}.run();
}

}  // namespace efface::node
