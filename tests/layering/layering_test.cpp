// Goal: the tree is the architecture. Method: parse every #include of the sources and fail on
//   - a back edge between the layers config <- rules <- db <- pipeline <- node,
//   - a cycle between leaf folders,
//   - a third-party library outside the folders that may include it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace efface {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kLayers{"config", "rules", "db", "pipeline", "node"};

struct Library {
    std::string prefix;
    std::set<std::string> folders;
};

/// The only places that include a library (docs/dependencies.md says what each is for). tl/expected is
/// std::expected before C++23 and counts as the standard library.
const std::vector<Library> kLibraries{
    {"nlohmann/", {"config"}},
    {"toml++/", {"config/settings", "rules/matching"}},
    {"openssl/", {"config/crypto"}},
    {"re2/", {"rules/matching"}},
    {"unicode/", {"rules/text"}},
    {"sqlite3", {"db/sqlite"}},
    {"dcmtk/", {"pipeline/dicom", "pipeline/codec"}},
    {"charls/", {"pipeline/codec"}},
    {"openjpeg", {"pipeline/codec"}},
    {"jpeglib", {"pipeline/codec"}},
    {"png.h", {"pipeline/picture"}},
    {"opencv2/", {"pipeline/find", "pipeline/evaluate"}},
    {"tesseract/", {"pipeline/read"}},
    {"omp.h", {"pipeline/read"}},
    {"torch/", {"pipeline/inference"}},
    {"ATen/", {"pipeline/inference"}},
    {"c10/", {"pipeline/inference"}},
    {"caffe2/", {"pipeline/inference"}},
    {"boost/asio", {"node/dimse", "node/web", "node/control", "node/forward", "node/runtime", "node/cli"}},
    {"boost/beast", {"node/web"}},
    {"boost/system", {"node/dimse", "node/control"}},
    {"CLI/", {"node", "node/cli"}},
};
const std::vector<std::string> kLibraryPrefixes{
    "nlohmann/", "toml++/",  "openssl/", "re2/",      "unicode/",   "sqlite3",    "dcmtk/",
    "boost/",    "CLI/",     "opencv2/", "torch/",    "ATen/",      "c10/",       "caffe2/",
    "charls/",   "openjpeg", "jpeglib",  "turbojpeg", "tesseract/", "leptonica/", "omp.h"};

struct Include {
    std::string file;    // "node/web/route_table.cpp"
    std::string folder;  // "node/web"
    std::string target;
    bool angled = false;
};

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

int layer_of(const std::string& folder) {
    const std::string top = folder.substr(0, folder.find('/'));
    for (std::size_t i = 0; i < kLayers.size(); ++i) {
        if (kLayers[i] == top) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

std::vector<Include> all_includes() {
    std::vector<Include> out;
    const fs::path root{EFFACE_SOURCE_DIR};
    for (const std::string& layer : kLayers) {
        for (const auto& entry : fs::recursive_directory_iterator{root / layer}) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".h" && extension != ".cpp" && extension != ".inc") {
                continue;
            }
            const std::string file = fs::relative(entry.path(), root).string();
            std::ifstream in{entry.path()};
            for (std::string line; std::getline(in, line);) {
                if (!line.starts_with("#include ")) {
                    continue;
                }
                const char open = line[9];
                const std::size_t end = line.find(open == '<' ? '>' : '"', 10);
                out.push_back({file, folder_of(file), line.substr(10, end - 10), open == '<'});
            }
        }
    }
    return out;
}

TEST(Layering, TheParserSeesTheSources) {
    EXPECT_GT(all_includes().size(), 200U);
}

TEST(Layering, NoLayerIncludesALaterOne) {
    for (const Include& include : all_includes()) {
        const bool generated = include.target.ends_with(".inc") && folder_of(include.target).empty();
        if (include.angled || generated) {
            continue;
        }
        const int to = layer_of(folder_of(include.target));
        ASSERT_GE(to, 0) << include.file << " includes " << include.target
                         << ": quoted includes start at the repository's root";
        EXPECT_LE(to, layer_of(include.folder)) << include.file << " includes " << include.target;
    }
}

TEST(Layering, DatabaseAndPipelineDoNotKnowEachOther) {
    for (const Include& include : all_includes()) {
        if (include.file.starts_with("pipeline/")) {
            EXPECT_FALSE(include.target.starts_with("db/")) << include.file << " includes " << include.target;
        }
    }
}

TEST(Layering, LeafFoldersHaveNoCycle) {
    std::map<std::string, std::set<std::string>> edges;
    for (const Include& include : all_includes()) {
        const std::string to = folder_of(include.target);
        if (!include.angled && !to.empty() && to != include.folder) {
            edges[include.folder].insert(to);
        }
    }
    std::map<std::string, int> colour;  // 0 new, 1 on the path, 2 done.
    std::vector<std::string> path;
    const std::function<void(const std::string&)> visit = [&](const std::string& folder) {
        colour[folder] = 1;
        path.push_back(folder);
        for (const std::string& next : edges[folder]) {
            if (colour[next] == 1) {
                std::string cycle;
                for (const std::string& step : path) {
                    cycle += step + " -> ";
                }
                ADD_FAILURE() << "cycle: " << cycle << next;
            } else if (colour[next] == 0) {
                visit(next);
            }
        }
        path.pop_back();
        colour[folder] = 2;
    };
    std::vector<std::string> folders;
    for (const auto& [folder, targets] : edges) {
        folders.push_back(folder);
    }
    for (const std::string& folder : folders) {
        if (colour[folder] == 0) {
            visit(folder);
        }
    }
}

TEST(Layering, EveryLibraryStaysInItsFolders) {
    for (const Include& include : all_includes()) {
        if (!include.angled) {
            continue;
        }
        bool third_party = false;
        for (const std::string& prefix : kLibraryPrefixes) {
            third_party = third_party || include.target.starts_with(prefix);
        }
        if (!third_party) {
            continue;
        }
        bool allowed = false;
        for (const Library& library : kLibraries) {
            allowed = allowed || (include.target.starts_with(library.prefix) &&
                                  library.folders.contains(include.folder));
        }
        EXPECT_TRUE(allowed) << include.file << " includes <" << include.target << ">";
    }
}

}  // namespace
}  // namespace efface
