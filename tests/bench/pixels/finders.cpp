// efface-finders: what the finders of the model worker find in pictures, one JSON line each. It loads them as
// the worker does (load_finders) and grows what they find as the cleaner does (mask_box_of_*); nothing is set
// here.
//
//   efface-finders --models DIR [--text] [--read] [--faces] [--occlusions] < paths   one PGM or PPM a line
//   {"model_digest":HEX}                                                        first line
//   {"path":P,"columns":C,"rows":R,"text":[[l,t,r,b,score]...],"text_mask":[[l,t,r,b]...],"text_doubts":[[l,t,r,b,score]...],
//    "text_ms":M,"faces":...,
//    "read":[TEXT...],"read_ms":M: of each line of PATH<tab>l t r b[ l t r b...], "" where it is not surely
//    read, "occlusions":[[l,t,r,b,score]...],"occlusion_kinds":[K...],"occlusion_verdicts":["destroyed"...]}
//
// Exit codes: 0, 2 usage, 3 a model does not load, 4 a picture cannot be read or searched.
#include "config/json.h"
#include "pipeline/occlusions/occlusions.h"
#include "pipeline/picture/boxes.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/worker/worker_finders.h"
#include "tests/bench/pixels/netpbm.h"

#include <cstdio>
#include <ctime>
#include <iostream>
#include <sstream>
#include <string_view>

namespace {

using namespace efface;
using pipeline::Box;

struct Options {
    std::string models;
    bool text = false;
    bool read = false;
    bool faces = false;
    bool occlusions = false;
};

bool read_options(int argc, char** argv, Options& options) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument{argv[i]};
        if (argument == "--models" && i + 1 < argc) {
            options.models = argv[++i];
        } else if (argument == "--text") {
            options.text = true;
        } else if (argument == "--read") {
            options.read = true;
        } else if (argument == "--faces") {
            options.faces = true;
        } else if (argument == "--occlusions") {
            options.occlusions = true;
        } else {
            return false;
        }
    }
    return !options.models.empty() && (options.text || options.read || options.faces || options.occlusions);
}

/// Of this process: other programs on the machine do not count.
double cpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Json corners(const Box& box) {
    return Json::array({box.left, box.top, box.right, box.bottom});
}

using Grow = Box (*)(const Box&, std::size_t, std::size_t);

Status search(
    pipeline::Detector& detector, const pipeline::Picture& picture, const std::string& what, Grow grow,
    Json& answer
) {
    const double before = cpu_ms();
    EFFACE_TRY(const std::vector<pipeline::Detection> found, detector.find(picture.view()));
    answer[what + "_ms"] = cpu_ms() - before;
    Json boxes = Json::array();
    Json mask = Json::array();
    for (const pipeline::Detection& detection : found) {
        Json box = corners(detection.box);
        box.push_back(detection.score);
        boxes.push_back(std::move(box));
        mask.push_back(corners(grow(detection.box, picture.columns, picture.rows)));
    }
    answer[what] = std::move(boxes);
    answer[what + "_mask"] = std::move(mask);
    Json doubts = Json::array();
    for (const pipeline::Detection& doubt : detector.doubts()) {
        const bool known = std::ranges::any_of(found, [&](const pipeline::Detection& one) {
            return pipeline::meet(one.box, doubt.box);
        });
        if (!known) {
            Json box = corners(doubt.box);
            box.push_back(doubt.score);
            doubts.push_back(std::move(box));
        }
    }
    answer[what + "_doubts"] = std::move(doubts);
    return {};
}

/// Of the grids that the masks of these faces lie on, the coarsest; 0: of none.
std::int64_t coarsest_step(const Json& faces) {
    std::int64_t step = 0;
    for (const Json& face : faces) {
        const auto at = [&](std::size_t k) { return face.at(k).get<std::int64_t>(); };
        step = std::max(step, pipeline::face_mask_step({at(0), at(1), at(2), at(3)}));
    }
    return step;
}

/// What a reader makes of each box of the picture, as of a line that was found there.
Status read_lines(
    pipeline::LineReader& reader, const pipeline::Picture& picture, const std::vector<Box>& lines,
    Json& answer
) {
    const double before = cpu_ms();
    Json texts = Json::array();
    for (const Box& line : lines) {
        EFFACE_TRY(std::string text, reader.read(picture.view(), line));
        texts.push_back(std::move(text));
    }
    answer["read_ms"] = cpu_ms() - before;
    answer["read"] = std::move(texts);
    return {};
}

/// "PATH", or "PATH" and four numbers for each line behind it, all parted by tabs.
struct Question {
    explicit Question(const std::string& text) {
        std::istringstream fields{text};
        std::getline(fields, path, '\t');
        for (Box box; fields >> box.left >> box.top >> box.right >> box.bottom;) {
            lines.push_back(box);
        }
    }

    std::string path;
    std::vector<Box> lines;
};

Status search_occlusions(const pipeline::Picture& picture, Json& answer) {
    const double before = cpu_ms();
    EFFACE_TRY(const std::vector<pipeline::Occlusion> found, pipeline::find_occlusions(picture.view()));
    answer["occlusions_ms"] = cpu_ms() - before;
    Json boxes = Json::array();
    Json kinds = Json::array();
    Json verdicts = Json::array();
    for (const pipeline::Occlusion& occlusion : found) {
        Json box = corners(occlusion.box);
        box.push_back(occlusion.score);
        boxes.push_back(std::move(box));
        kinds.push_back(std::string{pipeline::occlusion_kind_name(occlusion.kind)});
        const bool destroyed = occlusion.verdict == pipeline::OcclusionVerdict::kDestroyed;
        verdicts.push_back(destroyed ? "destroyed" : "insufficient");
    }
    answer["occlusions"] = std::move(boxes);
    answer["occlusion_kinds"] = std::move(kinds);
    answer["occlusion_verdicts"] = std::move(verdicts);
    return {};
}

Result<Json> search_file(const Question& question, const Options& options, pipeline::WorkerFinders& finders) {
    EFFACE_TRY(const pipeline::Picture picture, bench::read_netpbm(question.path));
    Json answer{{"path", question.path}, {"columns", picture.columns}, {"rows", picture.rows}};
    if (options.text) {
        EFFACE_CHECK(search(*finders.text, picture, "text", pipeline::mask_box_of_text, answer));
    }
    if (options.read) {
        EFFACE_CHECK(read_lines(*finders.reader, picture, question.lines, answer));
    }
    if (options.faces) {
        EFFACE_CHECK(search(*finders.face(), picture, "faces", pipeline::mask_box_of_face, answer));
        answer["faces_step"] = coarsest_step(answer["faces"]);
    }
    if (options.occlusions) {
        EFFACE_CHECK(search_occlusions(picture, answer));
    }
    return answer;
}

int complain(const Error& error, int exit_code) {
    std::cerr << "efface-finders: " << error.text.view() << '\n';
    return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    if (!read_options(argc, argv, options)) {
        std::cerr << "efface-finders --models DIR [--text] [--read] [--faces] [--occlusions] < paths\n";
        return 2;
    }
    auto finders = pipeline::load_finders(options.models);
    if (!finders) {
        return complain(finders.error(), 3);
    }
    std::cout << dump_json(Json{{"model_digest", finders->model_digest}}) << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        const auto answer = search_file(Question{line}, options, *finders);
        if (!answer) {
            return complain(answer.error(), 4);
        }
        std::cout << dump_json(*answer) << std::endl;
    }
    return 0;
}
