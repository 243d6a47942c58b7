// efface-finders: what the finders of the model worker find in pictures, one JSON line each. It loads them as
// the worker does (load_finders) and grows what they find as the cleaner does (mask_box_of_*); nothing is set
// here.
//
//   efface-finders --models DIR [--text] [--markers] [--faces] [--occlusions] < paths   one PGM or PPM a line
//   {"model_digest":HEX}                                                        first line
//   {"path":P,"columns":C,"rows":R,"text":[[l,t,r,b,score]...],"text_mask":[[l,t,r,b]...],"text_doubts":[[l,t,r,b,score]...],
//    "text_ms":M,"faces":...,
//    "markers":[[l,t,r,b]...],"markers_left":[...],"markers_ms":M,"again":...: of the text of the first
//    search and of the second, what reading spares of all markers that a rule can name,
//    "occlusions":[[l,t,r,b,score]...],"occlusion_kinds":[K...],"occlusion_verdicts":["destroyed"...]}
//
// Exit codes: 0, 2 usage, 3 a model does not load, 4 a picture cannot be read or searched.
#include "config/json.h"
#include "pipeline/occlusions/occlusions.h"
#include "pipeline/picture/boxes.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/pixel/spared_markers.h"
#include "pipeline/worker/worker_finders.h"
#include "tests/bench/pixels/netpbm.h"

#include <cstdio>
#include <ctime>
#include <iostream>
#include <string_view>

namespace {

using namespace efface;
using pipeline::Box;

struct Options {
    std::string models;
    bool text = false;
    bool markers = false;
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
        } else if (argument == "--markers") {
            options.markers = true;
        } else if (argument == "--faces") {
            options.faces = true;
        } else if (argument == "--occlusions") {
            options.occlusions = true;
        } else {
            return false;
        }
    }
    return !options.models.empty() &&
           (options.text || options.markers || options.faces || options.occlusions);
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

/// Of one search's text, what reading spares of all markers that a rule can name, and what it leaves.
Status read_markers(
    const std::vector<pipeline::Detection>& found, const pipeline::Picture& picture,
    pipeline::LineReader& reader, const std::string& what, Json& answer
) {
    const double before = cpu_ms();
    EFFACE_TRY(
        const pipeline::SparedText spared,
        pipeline::spare_markers(found, picture.view(), rules::MarkerSet{}.set(), reader)
    );
    answer[what + "_ms"] = cpu_ms() - before;
    Json markers = Json::array();
    for (const Box& box : spared.markers) {
        markers.push_back(corners(box));
    }
    Json left = Json::array();
    for (const pipeline::Detection& line : spared.text) {
        left.push_back(corners(line.box));
    }
    answer[what] = std::move(markers);
    answer[what + "_left"] = std::move(left);
    return {};
}

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

Result<Json> search_file(const std::string& path, const Options& options, pipeline::WorkerFinders& finders) {
    EFFACE_TRY(const pipeline::Picture picture, bench::read_netpbm(path));
    Json answer{{"path", path}, {"columns", picture.columns}, {"rows", picture.rows}};
    if (options.text) {
        EFFACE_CHECK(search(*finders.text, picture, "text", pipeline::mask_box_of_text, answer));
    }
    if (options.markers) {
        EFFACE_TRY(const std::vector<pipeline::Detection> found, finders.text->find(picture.view()));
        EFFACE_CHECK(read_markers(found, picture, *finders.reader, "markers", answer));
        EFFACE_TRY(const std::vector<pipeline::Detection> again, finders.text->find_again(picture.view()));
        EFFACE_CHECK(read_markers(again, picture, *finders.reader, "again", answer));
    }
    if (options.faces) {
        EFFACE_CHECK(search(*finders.face(), picture, "faces", pipeline::mask_box_of_face, answer));
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
        std::cerr << "efface-finders --models DIR [--text] [--markers] [--faces] [--occlusions] < paths\n";
        return 2;
    }
    auto finders = pipeline::load_finders(options.models);
    if (!finders) {
        return complain(finders.error(), 3);
    }
    std::cout << dump_json(Json{{"model_digest", finders->model_digest}}) << std::endl;
    for (std::string path; std::getline(std::cin, path);) {
        const auto answer = search_file(path, options, *finders);
        if (!answer) {
            return complain(answer.error(), 4);
        }
        std::cout << dump_json(*answer) << std::endl;
    }
    return 0;
}
