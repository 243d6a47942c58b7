#include "node/forward/forwarder.h"

#include "node/forward/dicom_carrier.h"
#include "node/forward/folder_carrier.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace efface::node {

namespace {

constexpr std::chrono::seconds kTick{1};

DicomCarrierOptions dicom_options(const DestinationSettings& destination, RunBlocking resolve) {
    DicomCarrierOptions options{
        .remote =
            {.host = destination.host,
             .port = destination.port,
             .called_ae = destination.called_ae,
             .calling_ae = destination.calling_ae},
        .limits = {},
        .idle = std::chrono::seconds{destination.idle_timeout_seconds},
        .resolve = std::move(resolve),
    };
    options.limits.connect = std::chrono::seconds{destination.connect_timeout_seconds};
    options.limits.associate = options.limits.connect;
    options.limits.response = std::chrono::seconds{destination.response_timeout_seconds};
    return options;
}

}  // namespace

struct Forwarder::State : std::enable_shared_from_this<Forwarder::State> {
    State(boost::asio::io_context& context, ForwarderParts given)
        : io{context}, parts{std::move(given)}, timer{context} {}

    boost::asio::io_context& io;
    ForwarderParts parts;
    boost::asio::steady_timer timer;
    std::map<std::string, std::vector<std::shared_ptr<Lane>>> lanes;
    bool draining = false;

    std::unique_ptr<Carrier> make_carrier(const DestinationSettings& destination) {
        if (destination.kind == DestinationKind::kFolder) {
            FolderParts folder{
                .environment = parts.environment,
                .spool = parts.spool,
                .run_blocking = parts.run_blocking,
                .post = [&context = io](std::function<void()> work) {
                    boost::asio::post(context, std::move(work));
                }};
            return std::make_unique<FolderCarrier>(std::move(folder), destination.path);
        }
        return std::make_unique<DicomCarrier>(
            io, parts.environment, parts.spool, dicom_options(destination, parts.resolve)
        );
    }

    void add(const DestinationSettings& destination) {
        const auto back_off = std::make_shared<BackOff>(
            parts.environment, std::chrono::seconds{destination.retry_seconds_min},
            std::chrono::seconds{destination.retry_seconds_max}
        );
        const LaneParts lane_parts{
            .environment = parts.environment,
            .writer = parts.writer,
            .audit = parts.audit,
            .identity = parts.identity,
            .metrics = parts.metrics,
            .post = [&context =
                         io](std::function<void()> work) { boost::asio::post(context, std::move(work)); },
            .jobs_changed = parts.jobs_changed,
            .drop_output =
                [&spool = parts.spool](const std::string& name) {
                    if (pipeline::is_spool_name(name)) {
                        static_cast<void>(spool.remove_output(name));  // Else the next start does.
                    }
                }};
        const std::uint32_t count = destination.kind == DestinationKind::kFolder
                                        ? 1
                                        : std::max<std::uint32_t>(1, destination.associations_max);
        for (std::uint32_t i = 0; i < count; ++i) {
            lanes[destination.name].push_back(
                std::make_shared<Lane>(lane_parts, destination.name, make_carrier(destination), back_off)
            );
        }
    }

    void tick() {
        if (draining) {
            return;
        }
        for (const auto& [name, of_destination] : lanes) {
            for (const auto& lane : of_destination) {
                lane->wake();
            }
        }
        timer.expires_after(kTick);
        timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
            if (!error) {
                self->tick();
            }
        });
    }

    void wake(const std::vector<std::string>& destinations) {
        for (const std::string& destination : destinations) {
            if (const auto found = lanes.find(destination); found != lanes.end()) {
                for (const auto& lane : found->second) {
                    lane->wake();
                }
            }
        }
    }

    void drain(const std::function<void()>& done) {
        draining = true;
        timer.cancel();
        auto left = std::make_shared<std::size_t>(1);
        const auto one_less = [left, done] {
            if (--*left == 0) {
                done();
            }
        };
        for (const auto& [name, of_destination] : lanes) {
            for (const auto& lane : of_destination) {
                ++*left;
                lane->drain(one_less);
            }
        }
        one_less();
    }
};

Forwarder::Forwarder(
    boost::asio::io_context& io, ForwarderParts parts, const std::vector<DestinationSettings>& destinations
)
    : state_{std::make_shared<State>(io, std::move(parts))} {
    for (const DestinationSettings& destination : destinations) {
        state_->add(destination);
    }
}

Forwarder::~Forwarder() = default;

void Forwarder::start() {
    boost::asio::post(state_->io, [state = state_] { state->tick(); });
}

void Forwarder::due(const std::vector<std::string>& destinations) {
    boost::asio::post(state_->io, [state = state_, destinations] { state->wake(destinations); });
}

void Forwarder::drain(std::function<void()> done) {
    boost::asio::post(state_->io, [state = state_, done = std::move(done)] { state->drain(done); });
}

}  // namespace efface::node
