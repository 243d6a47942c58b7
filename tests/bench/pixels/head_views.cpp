// efface-head-views: what the finder of profiles sees in radiographs, one JSON line each; nothing is set
// here.
//
//   efface-head-views < lines                      "pixels-a-millimetre path of a PGM or PPM" a line; 0:
//   unknown
//   {"path":P,"band":[[l,t,r,b]...],"score":S,"looks_left":B,"turn":D,"cpu_ms":M}
//
// The boxes are those of all profiles, on the mask's grid. Exit codes: 0, 4 a picture cannot be read or
// searched.
#include "config/json.h"
#include "pipeline/head_profile/head_profile.h"
#include "pipeline/pixel/mask.h"
#include "tests/bench/pixels/netpbm.h"

#include <ctime>
#include <iostream>
#include <sstream>

namespace {

using namespace efface;

double cpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Result<Json> look(const std::string& path, double pixels_a_millimetre) {
    EFFACE_TRY(const pipeline::Picture picture, bench::read_netpbm(path));
    const double before = cpu_ms();
    EFFACE_TRY(
        const std::vector<pipeline::HeadProfile> profiles,
        pipeline::find_head_profiles(picture.view(), pixels_a_millimetre)
    );
    Json answer{{"path", path}, {"cpu_ms", cpu_ms() - before}};
    Json band = Json::array();
    for (const pipeline::HeadProfile& profile : profiles) {
        for (const pipeline::Box& one : profile.band) {
            const pipeline::Box box = pipeline::mask_box_of_region(one, picture.columns, picture.rows);
            band.push_back(Json::array({box.left, box.top, box.right, box.bottom}));
        }
    }
    answer["band"] = std::move(band);
    if (!profiles.empty()) {
        answer["score"] = profiles.front().score;
        answer["looks_left"] = profiles.front().looks_left;
        answer["turn"] = profiles.front().turn;
    }
    return answer;
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream in{line};
        double pixels_a_millimetre = 0;
        std::string path;
        in >> pixels_a_millimetre >> std::ws;
        std::getline(in, path);
        const auto answer = look(path, pixels_a_millimetre);
        if (!answer) {
            std::cerr << "efface-head-views: " << answer.error().text.view() << '\n';
            return 4;
        }
        std::cout << dump_json(*answer) << std::endl;
    }
    return 0;
}
