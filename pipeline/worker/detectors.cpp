// For efface-model-worker: the detectors of text and of faces, the reader, and the generator.
#include "config/crypto/digest.h"
#include "pipeline/find/text_detector.h"
#include "pipeline/find/yunet_detector.h"
#include "pipeline/inference/face_detector.h"
#include "pipeline/inference/face_network.h"
#include "pipeline/inference/pp_ocr_network.h"
#include "pipeline/inference/rotating_detector.h"
#include "pipeline/inference/tensor_file.h"
#include "pipeline/inference/torchscript_detector.h"
#include "pipeline/inference/torchscript_generator.h"
#include "pipeline/inference/united_detector.h"
#include "pipeline/read/tesseract_reader.h"
#include "pipeline/worker/worker_finders.h"

#include <algorithm>
#include <array>

namespace efface::pipeline {

namespace {

constexpr std::string_view kTextModel = "/text-detector.bin";
constexpr std::string_view kFaceModel = "/mtcnn.bin";
constexpr std::string_view kComputeClass = "cpu";
constexpr std::string_view kFaceNetwork = "/face-detector.pt";

Result<Digest> pinned(std::string_view hex) {
    const auto digest = digest_from_hex(hex);
    if (!digest) {
        return fail(Fault::kHalt, "worker: a pinned digest is none");
    }
    return *digest;
}

/// One network for each lane.
Result<std::unique_ptr<Detector>> load_text(const std::string& path, Lanes& lanes) {
    EFFACE_TRY(const Digest digest, pinned(kTextModelSha256));
    std::vector<std::unique_ptr<TextNetwork>> networks;
    for (std::size_t lane = 0; lane < lanes.count(); ++lane) {
        EFFACE_TRY(std::unique_ptr<TextNetwork> network, PpOcrNetwork::load(path, digest));
        networks.push_back(std::move(network));
    }
    return TextDetector::make(std::move(networks), lanes);
}

/// One cascade for each lane.
Result<std::unique_ptr<Detector>> load_photographed(const std::string& path, Lanes& lanes) {
    EFFACE_TRY(const Digest digest, pinned(kMtcnnSha256));
    std::vector<std::unique_ptr<Detector>> upright;
    for (std::size_t lane = 0; lane < lanes.count(); ++lane) {
        EFFACE_TRY(std::unique_ptr<Detector> cascade, MtcnnDetector::load(path, digest));
        upright.push_back(std::move(cascade));
    }
    return std::unique_ptr<Detector>{
        std::make_unique<RotatingDetector>(std::move(upright), lanes, SearchPlan{})};
}

Result<std::unique_ptr<LineReader>> load_reader() {
    EFFACE_TRY(const Digest digest, pinned(kReaderModelSha256));
    EFFACE_TRY(const std::vector<std::byte> model, read_model(std::string{kReaderModelPath}, digest));
    return TesseractReader::make(model);
}

/// TorchScript is a ZIP archive; what is none is taken for an ONNX file of YuNet, which finds upright faces.
Result<std::unique_ptr<Detector>> load_site_detector(const std::string& path, const Digest& digest) {
    EFFACE_TRY(const std::vector<std::byte> model, read_model(path, digest));
    constexpr std::array kZip{std::byte{'P'}, std::byte{'K'}};
    if (std::ranges::equal(std::span{model}.first(std::min(model.size(), kZip.size())), kZip)) {
        return TorchScriptDetector::load(model, digest);
    }
    EFFACE_TRY(std::unique_ptr<Detector> upright, YunetDetector::make(model));
    const SearchPlan plan{.side = YunetDetector::kSide, .turns = {0, 90, 180, 270}};
    return std::unique_ptr<Detector>{std::make_unique<RotatingDetector>(std::move(upright), plan)};
}

Result<std::unique_ptr<Generator>> load_generator(const SiteModel& named) {
    EFFACE_TRY(const Digest digest, pinned(named.sha256));
    EFFACE_TRY(const std::vector<std::byte> model, read_model(named.path, digest));
    return TorchScriptGenerator::load(model, digest, kComputeClass);
}

}  // namespace

Result<WorkerFinders> load_finders(
    const std::string& directory, const SiteModels& site, std::size_t threads
) {
    if (directory.empty()) {
        return fail(Fault::kHalt, "worker: no models are named: scripts/setup.sh installs them");
    }
    EFFACE_TRY(const Digest network_digest, pinned(kFaceNetworkSha256));
    WorkerFinders finders;
    finders.lanes = std::make_unique<Lanes>(threads);
    EFFACE_TRY(finders.text, load_text(directory + std::string{kTextModel}, *finders.lanes));
    EFFACE_TRY(finders.reader, load_reader());
    EFFACE_TRY(
        finders.other_face, TorchScriptDetector::load(directory + std::string{kFaceNetwork}, network_digest)
    );
    // The cascade knows photographs; the network was trained on what the cascade does not see.
    EFFACE_TRY(
        finders.photographed_face, load_photographed(directory + std::string{kFaceModel}, *finders.lanes)
    );
    finders.own_face = std::make_unique<UnitedDetector>(*finders.photographed_face, *finders.other_face);
    std::string digests = std::string{kTextModelSha256} + std::string{kMtcnnSha256} +
                          std::string{kFaceNetworkSha256} + std::string{kReaderModelSha256};
    if (const SiteModel& named = site.face_detector; !named.path.empty()) {
        EFFACE_TRY(const Digest site_digest, pinned(named.sha256));
        EFFACE_TRY(finders.site_face, load_site_detector(named.path, site_digest));
        finders.every_face = std::make_unique<UnitedDetector>(*finders.own_face, *finders.site_face);
        digests += to_hex(site_digest);
    }
    if (const SiteModel& named = site.generator; !named.path.empty()) {
        EFFACE_TRY(finders.generator, load_generator(named));
        digests += to_hex(finders.generator->facts().digest);
    }
    finders.model_digest = to_hex(sha256(digests));
    return finders;
}

}  // namespace efface::pipeline
